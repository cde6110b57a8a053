/**
 * A small HTTP server that acts like a cluster: what a request does is up to the test, and its
 * answer can be lost after it was done. Has a session that reaches it, without pauses.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { openSession, type ClusterSession } from '../../src/cli/cluster/cluster-session.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createRealPlatform } from '../../src/platform/real/real-platform.ts';
import { Refusal } from './answering-cluster.ts';

export interface Acted {
  /** `GET /jobs/overview`, without the query. */
  readonly request: string;
  readonly query: string;
  /** Parsed where it is JSON, else its text; undefined without one. */
  readonly body: unknown;
}

/** The connection ends without an answer. */
export const LOST = Symbol('lost');
/** Undefined: there is no such thing, which is 404 in Flink's form. */
export type Act = (acted: Acted) => object | Refusal | typeof LOST | undefined;

export interface ActingCluster {
  readonly session: ClusterSession;
  /** What was asked, in order. */
  readonly acted: readonly Acted[];
  /** What a command would have written to standard error. */
  readonly errorText: () => string;
}

/** Ends with the test. */
export async function actingCluster(
  act: Act,
  options: { readonly isReadOnly?: boolean } = {},
): Promise<ActingCluster> {
  const acted: Acted[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const one = { request: `${request.method} ${decodeURIComponent(path)}`, query, body };
      acted.push(one);
      respond(response, act(one) ?? new Refusal(404, `Not found: ${one.request}`));
    });
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const written: string[] = [];
  const platform = impatientPlatform(written);
  onTestFinished(async () => {
    await platform.http.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const target = {
    rest: { baseUrl: url },
    gateway: null,
    contextName: options.isReadOnly === true ? 'production' : null,
    because: 'the test says so',
    isReadOnly: options.isReadOnly === true,
    timeoutMs: null,
    flags: [],
  };
  const terminal = {
    isInputTerminal: false,
    isOutputTerminal: false,
    isErrorTerminal: false,
    errorColumns: () => 80,
  };
  const session = openSession(target, { platform, terminal });
  return { session, acted, errorText: () => written.join('') };
}

/** As Flink shows a job in its list. */
export function listedJob(
  id: string,
  state: string,
  more: Readonly<Record<string, unknown>> = {},
): object {
  const count = { running: state === 'RUNNING' ? 2 : 0, finished: state === 'FINISHED' ? 2 : 0 };
  return {
    jid: id,
    name: `job ${id.slice(0, 1)}`,
    state,
    'start-time': 1_700_000_000_000,
    'end-time': -1,
    tasks: { total: 2, ...count },
    ...more,
  };
}

/** The real one, but pauses take no time, and standard error is kept. */
function impatientPlatform(written: string[]): Platform {
  const real = createRealPlatform();
  return {
    ...real,
    timers: {
      after: (_delayMs, task) => real.timers.after(0, task),
      yield: () => real.timers.yield(),
    },
    streams: {
      readInput: () => Promise.resolve(0),
      writeOutput: () => Promise.resolve(true),
      writeError: (text) => {
        written.push(text);
      },
    },
    environment: {},
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('latin1');
  if (text === '') return undefined;
  return text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
}

function respond(response: ServerResponse, answer: NonNullable<ReturnType<Act>>): void {
  if (answer === LOST) {
    response.destroy();
    return;
  }
  const isRefused = answer instanceof Refusal;
  response.writeHead(isRefused ? answer.status : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isRefused ? { errors: [answer.message] } : answer));
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
