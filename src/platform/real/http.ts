/**
 * HTTP over undici, loaded at the first request: most commands never send one. Only the parts in
 * use are loaded, for the package's main module costs three times as much at start.
 */
import type { Agent, Dispatcher } from 'undici';
import type { Http, HttpRequest, HttpResponse } from '../http.ts';
import { unreachable } from '../http-error.ts';

type SendRequest = (
  this: Dispatcher,
  options: Dispatcher.RequestOptions,
) => Promise<Dispatcher.ResponseData>;

interface Client {
  readonly agentClass: typeof Agent;
  readonly send: SendRequest;
}

export class RealHttp implements Http {
  private client: Promise<Client> | null = null;
  /** One per connect limit; callers have one or two. */
  private readonly agents = new Map<number, Agent>();

  async request(request: HttpRequest): Promise<HttpResponse> {
    const url = parseUrl(request);
    this.client ??= loadClient();
    const { agentClass, send } = await this.client;
    const agent = this.agent(request.limits.connectMs, agentClass);
    try {
      const answer = await send.call(agent, {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        headersTimeout: request.limits.headersMs,
        bodyTimeout: request.limits.bodyIdleMs,
      });
      return {
        status: answer.statusCode,
        headers: joinHeaders(answer.headers),
        body: await readBody(answer.body, request),
      };
    } catch (error) {
      throw unreachable(request, error);
    }
  }

  async close(): Promise<void> {
    const agents = [...this.agents.values()];
    this.agents.clear();
    await Promise.all(agents.map((agent) => agent.destroy()));
  }

  private agent(connectMs: number, agentClass: typeof Agent): Agent {
    let agent = this.agents.get(connectMs);
    if (agent === undefined) {
      agent = new agentClass({ connect: { timeout: connectMs } });
      this.agents.set(connectMs, agent);
    }
    return agent;
  }
}

async function loadClient(): Promise<Client> {
  const [agent, request] = await Promise.all([
    import('undici/lib/dispatcher/agent.js'),
    import('undici/lib/api/api-request.js'),
  ]);
  return { agentClass: agent.default, send: request.default };
}

function parseUrl(request: HttpRequest): URL {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw unreachable(request, null, 'invalid-url');
  }
  return url;
}

async function readBody(
  body: AsyncIterable<Uint8Array>,
  request: HttpRequest,
): Promise<Uint8Array> {
  const limit = request.limits.bodyBytesMax;
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early destroys the body and with it the connection.
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw unreachable(request, null, 'too-large');
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function joinHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const joined: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}
