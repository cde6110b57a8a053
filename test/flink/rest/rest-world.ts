/** A transport before a server that the test writes, in virtual time. */
import { FlinkClient } from '../../../src/flink/rest/flink-client.ts';
import type { TransportOptions } from '../../../src/flink/rest/transport.ts';
import type { HttpRequest } from '../../../src/platform/http.ts';
import type { SimulatedAnswer } from '../../../src/platform/simulated/http.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';

export interface RestWorld {
  readonly platform: SimulatedPlatform;
  readonly client: FlinkClient;
  /** All that were sent, as `GET /jobs/overview`. */
  readonly requests: string[];
}

export const BASE_URL = 'http://jobmanager:8081';
export const TOKEN = 'a-secret-token';

export function restWorld(
  respond: (request: HttpRequest, count: number) => SimulatedAnswer,
  options: TransportOptions = {},
  seed = 1,
): RestWorld {
  const requests: string[] = [];
  const platform = createSimulatedPlatform({
    seed,
    http: (request) => {
      requests.push(`${request.method} ${new URL(request.url).pathname}`);
      return respond(request, requests.length);
    },
  });
  const target = {
    baseUrl: BASE_URL,
    credentials: () => Promise.resolve({ authorization: `Bearer ${TOKEN}` }),
  };
  return { platform, client: new FlinkClient(target, platform, options), requests };
}

export function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): SimulatedAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers, body: new TextEncoder().encode(text) };
}
