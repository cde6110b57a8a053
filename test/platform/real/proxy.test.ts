import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HttpConnection, HttpResponse } from '../../../src/platform/http.ts';
import { RealHttp } from '../../../src/platform/real/http.ts';
import { Authority } from '../../support/certificates.ts';
import { recordingCluster, recordingProxy } from '../../support/recording-servers.ts';

const authority = new Authority('the authority');
const { certificate: cert, privateKey: key } = authority.issue({
  name: 'localhost',
  hosts: ['localhost', 'cluster.example'],
});
const limits = { connectMs: 3_000, headersMs: 3_000, bodyIdleMs: 3_000, bodyBytesMax: 10_000 };

function through(proxyPort: number, login = ''): HttpConnection {
  return {
    verifiesPeer: true,
    authorities: authority.own.certificate,
    proxyUrl: `http://${login}127.0.0.1:${proxyPort}`,
  };
}

async function ask(url: string, connection: HttpConnection): Promise<HttpResponse> {
  const http = new RealHttp();
  onTestFinished(() => http.close());
  const headers = { authorization: 'Bearer secret-token' };
  return http.request({
    method: 'POST',
    url,
    headers,
    body: Buffer.from('{"a":1}'),
    limits,
    connection,
  });
}

describe('through a proxy', () => {
  it('https goes in a tunnel, in which the proxy sees nothing', async () => {
    const cluster = await recordingCluster({ tls: { cert, key } });
    const proxy = await recordingProxy();
    const url = `https://localhost:${cluster.port}/jars?x=1`;
    expect((await ask(url, through(proxy.port))).status).toBe(200);
    expect(cluster.received[0]).toContain('authorization: Bearer secret-token');
    expect(proxy.received[0]).toMatch(new RegExp(`^CONNECT localhost:${cluster.port}\\n`));
    expect(proxy.received.length).toBeGreaterThan(1);
    expect(proxy.received.join('')).not.toContain('secret-token');
  });

  it('https is verified for the target, and its name goes to the proxy unresolved', async () => {
    const cluster = await recordingCluster({ tls: { cert, key } });
    const proxy = await recordingProxy({ leadsToPort: cluster.port });
    expect((await ask('https://cluster.example:8081/', through(proxy.port))).status).toBe(200);
    await expect(ask('https://other.example:8081/', through(proxy.port))).rejects.toMatchObject({
      details: { reason: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    expect(cluster.received).toHaveLength(1);
  });

  it('http goes as a whole request, as proxies take it for any port', async () => {
    const cluster = await recordingCluster();
    const proxy = await recordingProxy();
    const url = `http://localhost:${cluster.port}/jars?x=1`;
    expect((await ask(url, through(proxy.port))).status).toBe(200);
    expect(proxy.received).toHaveLength(1);
    expect(proxy.received[0]).toMatch(new RegExp(`^POST ${url.replace('?', '\\?')}\\n`));
    expect(cluster.received[0]).toMatch(/^POST \/jars\?x=1\n/);
  });

  it('several requests go one after the other and at the same time', async () => {
    const cluster = await recordingCluster();
    const proxy = await recordingProxy();
    const http = new RealHttp();
    onTestFinished(() => http.close());
    const connection = through(proxy.port);
    const get = (path: string): Promise<HttpResponse> =>
      http.request({
        method: 'GET',
        url: `http://localhost:${cluster.port}${path}`,
        limits,
        connection,
      });
    await get('/first');
    const statuses = await Promise.all(
      ['/a', '/b', '/c', '/d'].map(async (p) => (await get(p)).status),
    );
    expect(statuses).toEqual([200, 200, 200, 200]);
  });
});

describe('user and password of a proxy', () => {
  const login = 'me:p%40ss@';

  it.each(['http', 'https'])('go to the proxy and no further over %s', async (scheme) => {
    const cluster = await recordingCluster(scheme === 'https' ? { tls: { cert, key } } : {});
    const proxy = await recordingProxy({ login: 'me:p@ss' });
    const url = `${scheme}://localhost:${cluster.port}/`;
    expect((await ask(url, through(proxy.port, login))).status).toBe(200);
    expect(proxy.received[0]).toContain('proxy-authorization: Basic');
    expect(cluster.received.join()).not.toContain('proxy-authorization');
  });

  it.each(['http', 'https'])('that are missing are asked for over %s', async (scheme) => {
    const cluster = await recordingCluster(scheme === 'https' ? { tls: { cert, key } } : {});
    const proxy = await recordingProxy({ login: 'me:p@ss' });
    await expect(
      ask(`${scheme}://localhost:${cluster.port}/`, through(proxy.port)),
    ).rejects.toMatchObject({
      retry: 'never',
      message: expect.stringContaining(`through the proxy 127.0.0.1:${proxy.port}`) as string,
      hint: expect.stringContaining('The proxy wants user and password') as string,
      details: { reason: 'proxy', proxyStatus: 407 },
    });
    expect(cluster.received).toEqual([]);
  });

  it('are in no message', async () => {
    const proxy = await recordingProxy({ tunnelStatus: 403 });
    const failure = await ask('https://h.example/', through(proxy.port, 'me:canary@')).catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify([String(failure), failure])).not.toContain('canary');
  });
});

describe('a proxy that', () => {
  it.each([
    [403, 'never'],
    [502, 'later'],
  ])('answers a tunnel with %d is told from the cluster', async (tunnelStatus, retry) => {
    const proxy = await recordingProxy({ tunnelStatus });
    await expect(ask('https://h.example/', through(proxy.port))).rejects.toMatchObject({
      retry,
      message: expect.stringMatching(
        new RegExp(`^no answer from h.example through the proxy .*HTTP ${tunnelStatus}`),
      ) as string,
      details: { host: 'h.example', reason: 'proxy', proxyStatus: tunnelStatus },
    });
  });

  it.each(['http', 'https'])('is not there is told from the cluster over %s', async (scheme) => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(ask(`${scheme}://h.example/`, through(port))).rejects.toMatchObject({
      message: expect.stringContaining(`through the proxy 127.0.0.1:${port}`) as string,
      hint: expect.stringContaining('Check the address of the proxy') as string,
      details: { reason: 'refused' },
    });
  });
});
