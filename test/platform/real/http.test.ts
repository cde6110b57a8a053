import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createSocketServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HttpLimits } from '../../../src/platform/http.ts';
import { RealHttp } from '../../../src/platform/real/http.ts';

const limits: HttpLimits = {
  connectMs: 2_000,
  headersMs: 5_000,
  bodyIdleMs: 5_000,
  bodyBytesMax: 1_000,
};

function client(): RealHttp {
  const http = new RealHttp();
  onTestFinished(() => http.close());
  return http;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  );
  return (server.address() as AddressInfo).port;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`;
}

/** A server that says these raw bytes to whoever connects, and hangs up when told to. */
async function serveRaw(said: string, hangsUp: boolean): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (hangsUp) socket.end(said);
      else socket.write(said);
    });
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

async function checkUnreachable(
  url: string,
  reason: string,
  tightened: Partial<HttpLimits> = {},
): Promise<void> {
  const request = { method: 'GET', url, limits: { ...limits, ...tightened } } as const;
  await expect(client().request(request)).rejects.toMatchObject({
    name: 'UnreachableError',
    code: 'DREY_UNREACHABLE',
    exitCode: 4,
    details: { reason, host: url.replace(/^http:\/\//, ''), method: 'GET' },
  });
}

describe('real HTTP', () => {
  it('sends method, path, headers and body, and gives status, headers and body', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        response.writeHead(202, { 'X-Trigger': 'a', 'Set-Cookie': ['one', 'two'] });
        response.end(`${request.method} ${request.url} ${String(request.headers['x-id'])} ${body}`);
      });
    });
    const answer = await client().request({
      method: 'POST',
      url: `${url}/jobs/1?mode=cancel`,
      headers: { 'x-id': '7', 'content-type': 'application/json' },
      body: new TextEncoder().encode('{"a":1}'),
      limits,
    });
    expect(answer.status).toBe(202);
    expect(answer.headers).toMatchObject({ 'x-trigger': 'a', 'set-cookie': 'one, two' });
    expect(new TextDecoder().decode(answer.body)).toBe('POST /jobs/1?mode=cancel 7 {"a":1}');
  });

  it('an answer is an answer whatever its status, and redirects are not followed', async () => {
    const url = await serve((request, response) => {
      response.writeHead(request.url === '/moved' ? 302 : 503, { location: '/elsewhere' });
      response.end('busy');
    });
    const http = client();
    const get = async (path: string): Promise<number> =>
      (await http.request({ method: 'GET', url: url + path, limits })).status;
    expect(await get('/')).toBe(503);
    expect(await get('/moved')).toBe(302);
  });

  it('a body of just the limit is taken, one byte more is not', async () => {
    const url = await serve((request, response) => {
      response.end(Buffer.alloc(request.url === '/fits' ? 1_000 : 1_001));
    });
    const answer = await client().request({ method: 'GET', url: `${url}/fits`, limits });
    expect(answer.body).toHaveLength(1_000);
    await checkUnreachable(url, 'too-large');
  });

  it('an endless body is cut at the limit', async () => {
    const url = await serve((_, response) => {
      const pump = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000)));
      };
      response.on('drain', pump);
      pump();
    });
    await checkUnreachable(url, 'too-large');
  });

  it('a body that says it is too long is not read at all', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1001' });
      response.write('the beginning');
    });
    await checkUnreachable(url, 'too-large');
  });

  it('a body of unknown length is whole', async () => {
    const url = await serve((_, response) => {
      for (const letter of 'abc') response.write(letter.repeat(100_000));
      response.end();
    });
    const request = { method: 'GET', url, limits: { ...limits, bodyBytesMax: 300_000 } } as const;
    const { body } = await client().request(request);
    expect(new TextDecoder().decode(body)).toBe('abc'.replaceAll(/./g, (it) => it.repeat(100_000)));
  });

  it('the whole time holds also while there is no connection yet, and nothing was sent', async () => {
    const url = (await serveRaw('', false)).replace('http:', 'https:');
    const request = { method: 'GET', url, limits: { ...limits, totalMs: 200 } } as const;
    const started = performance.now();
    for (const asked of [client().request(request), client().stream(request)]) {
      await expect(asked).rejects.toMatchObject({ details: { reason: 'connect-timeout' } });
    }
    expect(performance.now() - started).toBeLessThan(limits.connectMs);
  });

  it('the whole time is over with a connection: the request may have been taken', async () => {
    const url = await serveRaw('', false);
    const request = { method: 'POST', url, limits: { ...limits, totalMs: 200 } } as const;
    await expect(client().request(request)).rejects.toMatchObject({
      details: { reason: 'total-timeout' },
    });
  });

  it('a closed port refuses', async () => {
    const server = createSocketServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await checkUnreachable(`http://127.0.0.1:${port}`, 'refused');
  });

  it('a host without an address is named', async () => {
    await checkUnreachable('http://drey.invalid', 'unknown-host');
  });

  it('an answer that never begins ends at the headers limit', async () => {
    await checkUnreachable(await serveRaw('', false), 'headers-timeout', { headersMs: 200 });
  });

  it('a body that stalls ends at the idle limit', async () => {
    const said = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin';
    await checkUnreachable(await serveRaw(said, false), 'body-timeout', { bodyIdleMs: 200 });
  });

  it.each([
    ['before the headers', ''],
    ['in the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['in a body of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin'],
    ['in a chunked body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbeg'],
  ])('a connection cut %s gives no answer', async (_, said) => {
    await checkUnreachable(await serveRaw(said, true), 'cut-off');
  });

  it('a server that does not speak HTTP is told from one that is away', async () => {
    await checkUnreachable(await serveRaw('SSH-2.0-OpenSSH_9.2\r\n', false), 'not-http');
  });

  it.each(['ftp://host/x', 'no url', ''])('the address %j is refused unsent', async (url) => {
    const request = { method: 'GET', url, limits } as const;
    await expect(client().request(request)).rejects.toMatchObject({
      code: 'DREY_UNREACHABLE',
      details: { reason: 'invalid-url' },
    });
  });
});
