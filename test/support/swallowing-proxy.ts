/**
 * A proxy on loopback that forwards every request and swallows chosen answers: the server has done
 * its work, and the client's connection breaks. What a lost answer looks like.
 */
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface SwallowedAnswer {
  readonly method: string;
  readonly path: string;
  /** Of the answer that never arrived. */
  readonly status: number;
}

export interface SwallowingProxy {
  readonly url: string;
  /** In the order of the requests. */
  readonly swallowed: readonly SwallowedAnswer[];
  /** How often a request of this kind reached the server. */
  readonly forwarded: (method: string, path: RegExp) => number;
  readonly close: () => Promise<void>;
}

/** `isSwallowed`: asked when the server has answered; `count`: such requests so far, from 1 on. */
export async function startSwallowingProxy(
  target: string,
  isSwallowed: (method: string, path: string, count: number) => boolean,
): Promise<SwallowingProxy> {
  const swallowed: SwallowedAnswer[] = [];
  const seen: { readonly method: string; readonly path: string }[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    const { method = 'GET', url: path = '/' } = incoming;
    seen.push({ method, path });
    const count = seen.filter((entry) => entry.method === method && entry.path === path).length;
    const forward = request(`${target}${path}`, { method, headers: incoming.headers }, (answer) => {
      void readAll(answer).then((body) => {
        if (isSwallowed(method, path, count)) {
          swallowed.push({ method, path, status: answer.statusCode ?? 0 });
          incoming.socket.destroy();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(body);
      });
    });
    forward.on('error', () => incoming.socket.destroy());
    incoming.pipe(forward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallowed,
    forwarded: (method, path) =>
      seen.filter((entry) => entry.method === method && path.test(entry.path)).length,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
