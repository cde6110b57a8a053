/**
 * HTTP over undici, loaded at the first request: most commands never send one. Only the parts in
 * use are loaded, for the package's main module costs three times as much at start.
 */
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import type { Agent, Dispatcher, ProxyAgent } from 'undici';
import type { Http, HttpConnection, HttpRequest, HttpResponse, HttpStream } from '../http.ts';
import { unreachable } from '../http-error.ts';

type SendRequest = (
  this: Dispatcher,
  options: Dispatcher.RequestOptions,
) => Promise<Dispatcher.ResponseData>;

interface Client {
  readonly agentClass: typeof Agent;
  readonly send: SendRequest;
}

/** The oldest TLS that is spoken. */
const TLS_VERSION_MIN = 'TLSv1.2';
const DIRECT: HttpConnection = { verifiesPeer: true };

export class RealHttp implements Http {
  private client: Promise<Client> | null = null;
  private hasAnswered = false;
  /** By connection and connect limit; callers have one or two of each. */
  private readonly dispatchers = new Map<HttpConnection, Map<number, Agent | ProxyAgent>>();

  async request(request: HttpRequest): Promise<HttpResponse> {
    const { totalMs } = request.limits;
    const signal = totalMs === undefined ? null : AbortSignal.timeout(totalMs);
    const { status, headers, chunks } = await this.send(request, signal);
    return { status, headers, body: await readBody(chunks, request) };
  }

  stream(request: HttpRequest): Promise<HttpStream> {
    return this.send(request, null);
  }

  private async send(request: HttpRequest, signal: AbortSignal | null): Promise<HttpStream> {
    const url = parseUrl(request);
    this.client ??= loadClient();
    const { agentClass, send } = await this.client;
    const dispatcher = await this.dispatcher(request, agentClass);
    try {
      const answer = await send.call(dispatcher, {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: headersOf(request),
        body: bodyOf(request),
        headersTimeout: request.limits.headersMs,
        bodyTimeout: request.limits.bodyIdleMs,
        signal,
      });
      this.onFirstAnswer();
      return {
        status: answer.statusCode,
        headers: joinHeaders(answer.headers),
        chunks: translatedChunks(answer.body, request),
      };
    } catch (error) {
      throw unreachable(request, error);
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
          ? new agentClass({ connect })
          : await createProxyAgent(connection.proxyUrl, connect);
      byLimit.set(limits.connectMs, dispatcher);
    }
    return dispatcher;
  }
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

async function createProxyAgent(
  proxyUrl: string,
  requestTls: { readonly timeout: number },
): Promise<ProxyAgent> {
  const { default: proxyAgentClass } = await import('undici/lib/dispatcher/proxy-agent.js');
  const { username, password, origin } = new URL(proxyUrl);
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return new proxyAgentClass({
    uri: origin,
    requestTls,
    connect: { timeout: requestTls.timeout },
    ...(username === '' ? {} : { token: `Basic ${Buffer.from(secret).toString('base64')}` }),
  });
}

function tlsOf({ authorities, certificate, privateKey, verifiesPeer }: HttpConnection): object {
  return {
    minVersion: TLS_VERSION_MIN,
    rejectUnauthorized: verifiesPeer,
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(privateKey === undefined ? {} : { key: privateKey }),
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

async function readBody(
  body: AsyncIterable<Uint8Array>,
  request: HttpRequest,
): Promise<Uint8Array> {
  const limit = request.limits.bodyBytesMax;
  const chunks: Uint8Array[] = [];
  let size = 0;
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
