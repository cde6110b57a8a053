/**
 * A server on real sockets whose answers are written byte by byte, so that every way of being
 * broken can be had. It reads requests properly; what is said, and whether, is the fault's choice.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface HostileRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface HonestAnswer {
  readonly status: number;
  /** An object or a list is sent as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request and the means to answer it badly. */
export interface Exchange {
  readonly request: HostileRequest;
  /** How many requests this server has had, this one included. */
  readonly number: number;
  /** Does what was asked for, at the first call, and says what an honest server would answer. */
  readonly honest: () => HonestAnswer;
  readonly socket: Socket;
  /** Resolves when all is handed over to the system. */
  readonly write: (bytes: Buffer | string) => Promise<void>;
  /** From now on nobody gets a connection, and those that stand are reset. */
  readonly vanish: () => void;
}

/** How a request is answered; resolves when the answer is complete or given up. */
export type Answering = (exchange: Exchange) => Promise<void>;

export interface HostileServerOptions {
  readonly honest: (request: HostileRequest) => HonestAnswer;
  readonly answer: Answering;
  /** Present: HTTPS. */
  readonly tls?: TlsOptions;
  /** Instead of any answer: what is done with a new connection. */
  readonly meet?: (socket: Socket) => void;
}

export class HostileServer {
  readonly requests: HostileRequest[] = [];
  private readonly options: HostileServerOptions;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(options: HostileServerOptions) {
    this.options = options;
    const meet = (socket: Socket): void => this.meet(socket);
    this.server =
      options.tls === undefined ? createServer(meet) : createTlsServer(options.tls, meet);
    // Handshakes that fail are what some faults are about.
    this.server.on('tlsClientError', () => undefined);
  }

  /** Resolves to the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private vanish(): void {
    this.server.close();
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  private meet(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    if (this.options.meet !== undefined) {
      this.options.meet(socket);
      return;
    }
    void this.serve(socket);
  }

  /** One request after the other, as long as the connection stands. */
  private async serve(socket: Socket): Promise<void> {
    try {
      for await (const request of requestsOn(socket)) {
        this.requests.push(request);
        let answer: HonestAnswer | null = null;
        await this.options.answer({
          request,
          number: this.requests.length,
          honest: () => (answer ??= this.options.honest(request)),
          socket,
          write: (bytes) => write(socket, bytes),
          vanish: () => this.vanish(),
        });
      }
    } catch (error) {
      // The other side hung up in the middle, which some of the cases are about.
      if (!socket.destroyed) socket.destroy(error instanceof Error ? error : undefined);
    }
  }
}

/** The whole answer as bytes. */
export function answerBytes(answer: HonestAnswer): Buffer {
  const body = bodyBytes(answer);
  return Buffer.concat([headBytes(answer, body.length), body]);
}

export function bodyBytes({ body }: HonestAnswer): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Status line and headers with the empty line; `contentLength` null: without that header. */
export function headBytes(
  { status, headers = {} }: HonestAnswer,
  contentLength: number | null,
): Buffer {
  const fields = {
    'content-type': 'application/json; charset=UTF-8',
    ...(contentLength === null ? {} : { 'content-length': String(contentLength) }),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} Said\r\n${lines.join('')}\r\n`);
}

function write(socket: Socket, bytes: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) return reject(new Error('nobody listens any more'));
    socket.write(bytes, (error) => (error == null ? resolve() : reject(error)));
  });
}

const HEAD_BYTES_MAX = 64 * 1024;

async function* requestsOn(socket: Socket): AsyncGenerator<HostileRequest> {
  let buffer: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end === -1) break;
      if (end > HEAD_BYTES_MAX) throw new Error('the head of the request is too long');
      const head = headOf(buffer.subarray(0, end).toString('latin1'));
      const length = Number(head.headers.get('content-length') ?? 0);
      const bodyAt = end + 4;
      if (buffer.length < bodyAt + length) break;
      yield { ...head, body: buffer.subarray(bodyAt, bodyAt + length) };
      buffer = buffer.subarray(bodyAt + length);
    }
  }
}

function headOf(text: string): Omit<HostileRequest, 'body'> {
  const [start = '', ...lines] = text.split('\r\n');
  const [method = '', target = ''] = start.split(' ');
  const [path = '', query = ''] = target.split('?');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { method, path, query, headers: new Map(headers) };
}
