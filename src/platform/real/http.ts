/**
 * HTTP over undici, loaded at the first request: most commands never send one. Only the parts in
 * use are loaded, for the package's main module costs three times as much at start.
 */
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import type { Agent, Dispatcher, ProxyAgent } from 'undici';
import type { Http, HttpConnection, HttpRequest, HttpResponse, HttpStream } from '../http.ts';
import { unreachable } from '../http-error.ts';
import { TLS_VERSION_MIN } from './tls-version.ts';

type SendRequest = (
  this: Dispatcher,
  options: Dispatcher.RequestOptions,
) => Promise<Dispatcher.ResponseData>;

interface Client {
  readonly agentClass: typeof Agent;
  readonly send: SendRequest;
}

const DIRECT: HttpConnection = { verifiesPeer: true };

export class RealHttp implements Http {
  private client: Promise<Client> | null = null;
  private hasAnswered = false;
  /** By connection and connect limit; callers have one or two of each. */
  private readonly dispatchers = new Map<HttpConnection, Map<number, Agent | ProxyAgent>>();
  /** Origins that a connection of the dispatcher has reached. */
  private readonly reached = new WeakMap<Dispatcher, Set<string>>();

  async request(request: HttpRequest): Promise<HttpResponse> {
    const { totalMs } = request.limits;
    const signal = totalMs === undefined ? null : AbortSignal.timeout(totalMs);
    const answer = await this.send(request, signal);
    const { status, headers } = answer;
    return { status, headers, body: await readBody(answer, request) };
  }

  stream(request: HttpRequest): Promise<HttpStream> {
    return this.send(request, null);
  }

  /** `signal`: of the whole answer. Until its headers the request's own limit holds in any case. */
  private async send(request: HttpRequest, signal: AbortSignal | null): Promise<HttpStream> {
    const url = parseUrl(request);
    const { totalMs } = request.limits;
    const limit = signal ?? (totalMs === undefined ? null : AbortSignal.timeout(totalMs));
    this.client ??= loadClient();
    const { agentClass, send } = await this.client;
    const dispatcher = await this.dispatcher(request, agentClass);
    try {
      const answering = send.call(dispatcher, {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: headersOf(request),
        body: bodyOf(request),
        headersTimeout: request.limits.headersMs,
        bodyTimeout: request.limits.bodyIdleMs,
        signal,
      });
      const answer = await untilAborted(answering, limit);
      this.onFirstAnswer();
      return {
        status: answer.statusCode,
        headers: joinHeaders(answer.headers),
        chunks: translatedChunks(answer.body, request),
      };
    } catch (error) {
      const isUnsent =
        limit?.aborted === true && this.reached.get(dispatcher)?.has(url.origin) === false;
      throw unreachable(request, error, isUnsent ? 'connect-timeout' : undefined);
    }
  }

  async close(): Promise<void> {
    const all = [...this.dispatchers.values()].flatMap((byLimit) => [...byLimit.values()]);
    this.dispatchers.clear();
    await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
  }

  private onFirstAnswer(): void {
    if (this.hasAnswered) return;
    this.hasAnswered = true;
    setFlagsFromString('--no-liftoff-only');
  }

  private async dispatcher(
    { connection = DIRECT, limits }: HttpRequest,
    agentClass: typeof Agent,
  ): Promise<Agent | ProxyAgent> {
    let byLimit = this.dispatchers.get(connection);
    if (byLimit === undefined) this.dispatchers.set(connection, (byLimit = new Map()));
    let dispatcher = byLimit.get(limits.connectMs);
    if (dispatcher === undefined) {
      const connect = { ...tlsOf(connection), timeout: limits.connectMs };
      dispatcher =
        connection.proxyUrl === undefined
          ? this.watched(new agentClass({ connect }))
          : await proxyAgent(connection.proxyUrl, connection, connect);
      byLimit.set(limits.connectMs, dispatcher);
    }
    return dispatcher;
  }

  /** Not through a proxy: a connection to that one says nothing about the host behind it. */
  private watched(agent: Agent): Agent {
    const origins = new Set<string>();
    this.reached.set(agent, origins);
    agent.on('connect', (origin) => origins.add(origin.origin));
    return agent;
  }
}

/** undici hears of a signal only once there is a connection; then it drops the request unsent. */
function untilAborted<T>(answering: Promise<T>, signal: AbortSignal | null): Promise<T> {
  if (signal === null) return answering;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    void answering.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/**
 * undici's parser is WebAssembly that V8 would optimise while the first answers come in, which
 * takes a fifth of the CPU time of a command with one request and pays after thousands. So it is
 * compiled the quick way, and only it: its compilation is over when the first answer is there.
 */
async function loadClient(): Promise<Client> {
  setFlagsFromString('--liftoff-only');
  const [agent, request] = await Promise.all([
    import('undici/lib/dispatcher/agent.js'),
    import('undici/lib/api/api-request.js'),
  ]);
  return { agentClass: agent.default, send: request.default };
}

/** Loaded with its first use: few clusters are behind a proxy. */
async function proxyAgent(
  proxyUrl: string,
  { authorities }: HttpConnection,
  targetTls: { readonly timeout: number },
): Promise<ProxyAgent> {
  const { createProxyAgent } = await import('./proxy-agent.ts');
  return createProxyAgent(proxyUrl, { targetTls, authorities });
}

function tlsOf(connection: HttpConnection): object {
  const { authorities, certificate, privateKey, passphrase, verifiesPeer } = connection;
  return {
    minVersion: TLS_VERSION_MIN,
    rejectUnauthorized: verifiesPeer,
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(privateKey === undefined ? {} : { key: privateKey }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

function parseUrl(request: HttpRequest): URL {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw unreachable(request, null, 'invalid-url');
  }
  return url;
}

function headersOf({ headers, body }: HttpRequest): Record<string, string> {
  if (body === undefined || body instanceof Uint8Array) return { ...headers };
  return { ...headers, 'content-length': String(body.byteCount) };
}

function bodyOf({ body }: HttpRequest): Uint8Array | Readable | null {
  if (body === undefined) return null;
  return body instanceof Uint8Array ? body : Readable.from(body.chunks, { objectMode: false });
}

/** Leaving the loop over it early destroys the body and with it the connection. */
async function* translatedChunks(
  body: AsyncIterable<Uint8Array>,
  request: HttpRequest,
): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (error) {
    throw unreachable(request, error);
  }
}

/** What a body is first given room for, when it does not say how long it is. */
const ROOM_FIRST_BYTES = 64 * 1024;

/** Into one piece of memory at once: a large body in pieces and as a whole is there twice. */
async function readBody(
  { headers, chunks }: HttpStream,
  request: HttpRequest,
): Promise<Uint8Array> {
  const limit = request.limits.bodyBytesMax;
  const said = Number(headers['content-length'] ?? Number.NaN);
  let whole = new Uint8Array(said <= limit ? said : Math.min(ROOM_FIRST_BYTES, limit));
  let size = 0;
  for await (const chunk of chunks) {
    if (said > limit || size + chunk.length > limit) {
      throw unreachable(request, null, 'too-large');
    }
    if (size + chunk.length > whole.length) {
      const more = new Uint8Array(Math.min(limit, Math.max(2 * whole.length, size + chunk.length)));
      more.set(whole.subarray(0, size));
      whole = more;
    }
    whole.set(chunk, size);
    size += chunk.length;
  }
  return whole.subarray(0, size);
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
