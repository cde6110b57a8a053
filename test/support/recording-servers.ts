/**
 * Servers on loopback that keep what they were sent: a cluster over http or https, and a proxy that
 * opens tunnels and forwards whole requests. What a test asks them is who got to see a secret.
 */
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RecordingServer {
  readonly port: number;
  /** All that came, in order: request line, headers, as text. */
  readonly received: readonly string[];
}

export interface ClusterOptions {
  /** Present: https. */
  readonly tls?: ServerOptions;
  readonly answer?: RequestListener;
}

/** What Flink says to `GET /config` and `GET /overview`, for whatever is asked. */
export const CONFIG_ANSWER = {
  'flink-version': '2.3.0',
  features: { 'web-submit': true },
  taskmanagers: 1,
  'slots-total': 4,
  'slots-available': 4,
  'jobs-running': 0,
  jobs: [],
};

/** Ends with the test. */
export async function recordingCluster(options: ClusterOptions = {}): Promise<RecordingServer> {
  const received: string[] = [];
  const answer: RequestListener =
    options.answer ?? ((_, response) => response.end(JSON.stringify(CONFIG_ANSWER)));
  const listener: RequestListener = (request, response) => {
    received.push(described(request));
    request.resume();
    answer(request, response);
  };
  const server =
    options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  // Handshakes that fail are what some tests are about.
  server.on('tlsClientError', () => undefined);
  return { port: await listen(server), received };
}

export interface ProxyOptions {
  /** The only user and password that it knows, as `user:password`; missing: it asks for none. */
  readonly login?: string;
  /** In place of opening a tunnel. */
  readonly tunnelStatus?: number;
  /** Where all tunnels and requests lead, whatever is asked for; missing: where it is asked for. */
  readonly leadsToPort?: number;
}

/** Its `received` has the bytes of tunnels, too, as they passed: Latin-1 text. */
export async function recordingProxy(options: ProxyOptions = {}): Promise<RecordingServer> {
  const received: string[] = [];
  const isKnown = ({ headers }: IncomingMessage): boolean =>
    options.login === undefined ||
    headers['proxy-authorization'] === `Basic ${Buffer.from(options.login).toString('base64')}`;
  const server = createServer((request, response) => {
    received.push(described(request));
    if (!isKnown(request)) return void response.writeHead(407).end();
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const url = new URL(request.url ?? '');
    const port = options.leadsToPort ?? Number(url.port);
    const path = url.pathname + url.search;
    const onward = httpRequest({ port, path, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
    return undefined;
  });
  server.on('connect', (request, socket: Socket) => {
    received.push(described(request));
    const status = isKnown(request) ? (options.tunnelStatus ?? 200) : 407;
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const port = options.leadsToPort ?? Number((request.url ?? '').split(':').at(-1));
    const onward = connect({ port, host: '127.0.0.1' }, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.on('data', (bytes: Buffer) => received.push(bytes.toString('latin1')));
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => undefined);
    onTestFinished(() => {
      onward.destroy();
      socket.destroy();
    });
    return undefined;
  });
  return { port: await listen(server), received };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

function described({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at]?.toLowerCase()}: ${rawHeaders[at + 1]}`);
  }
  return lines.join('\n');
}
