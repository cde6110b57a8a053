import { request as httpRequest, type RequestListener } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dreyHome } from '../e2e/drey-home.ts';
import { Authority } from '../support/certificates.ts';
import { recordingCluster, recordingProxy } from '../support/recording-servers.ts';
import { realFlinks, type Json } from './real-flink.ts';
import { uniqueJar } from './unique-jar.ts';

const authority = new Authority('the authority');
const server = authority.issue({ name: 'localhost', hosts: ['localhost'] });
const me = authority.issue({ name: 'me' });
const TOKEN = 'the-right-token';

/** What stands before clusters: it wants a certificate and a token, and leads to the cluster. */
function guardTo(restUrl: string): Promise<{ readonly port: number }> {
  const answer: RequestListener = (request, response) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('<html>sign in</html>');
      return;
    }
    const { authorization: _, ...headers } = request.headers;
    const path = (request.url ?? '').replace(/^\/flink/, '');
    const onward = httpRequest(`${restUrl}${path}`, { method: request.method, headers }, (got) => {
      response.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  };
  const tls = {
    cert: server.certificate,
    key: server.privateKey,
    ca: authority.own.certificate,
    requestCert: true,
  };
  return recordingCluster({ tls, answer });
}

describe.each(realFlinks())('contexts of Flink $version', (flink) => {
  const { version, restUrl, gatewayUrl } = flink;

  it('are added, tried and used', async () => {
    const { run } = dreyHome();
    const add = ['context', 'add', 'peer', '--url', restUrl, '--gateway', gatewayUrl];
    expect((await run(add)).exit).toBe(0);
    const tested = await run(['context', 'test', '--json']);
    expect(JSON.parse(tested.output)).toMatchObject({
      version,
      because: 'the context peer',
      gateway: { url: gatewayUrl, version, error: null },
    });
    expect((await run(['job', 'list', '--json'])).exit).toBe(0);
    expect((await run(['sql', 'run', '-e', 'SELECT 1'])).exit).toBe(0);
  });

  it('lead through mutual TLS, a token, a path prefix and a proxy with a login', async (test) => {
    const guard = await guardTo(restUrl);
    const proxy = await recordingProxy({ login: 'me:proxy-password' });
    const { run, folder } = dreyHome({
      guarded: {
        url: `https://localhost:${guard.port}/flink`,
        auth: { type: 'bearer', token: { env: 'T' } },
        tls: { authorities: 'ca.pem', certificate: 'me.pem', key: 'me.key' },
        proxy: { url: `http://127.0.0.1:${proxy.port}`, user: 'me', password: { env: 'P' } },
      },
    });
    const write = (name: string, text: string): void =>
      writeFileSync(join(folder, name), text, { mode: 0o600 });
    write('ca.pem', authority.own.certificate);
    write('me.pem', me.certificate);
    write('me.key', me.privateKey);
    const environment = { T: TOKEN, P: 'proxy-password' };
    const tested = await run(['context', 'test', '--json'], environment);
    expect(JSON.parse(tested.output)).toMatchObject({ version, isOpen: false });

    // A body that is streamed, through all of it.
    const { jar } = uniqueJar(test, flink);
    const uploaded = await run(['jar', 'upload', jar, '--json'], environment);
    expect(uploaded.exit, uploaded.output).toBe(0);
    const { jarId } = JSON.parse(uploaded.output) as Json;
    const deleted = await run(['jar', 'delete', String(jarId), '--yes'], environment);
    expect(deleted.exit, deleted.error).toBe(0);
    expect(proxy.received.join()).not.toContain(TOKEN);

    const refused = await run(['context', 'test'], { ...environment, T: 'a-wrong-token' });
    expect(refused.exit).toBe(5);
    expect(refused.error).toContain('the bearer token from the variable T (the context guarded)');
    expect(refused.error).not.toContain('a-wrong-token');
  });

  it('lead over http through a proxy, with uploads', async (test) => {
    const proxy = await recordingProxy();
    const { run } = dreyHome({ plain: { url: restUrl } });
    const environment = { DREY_PROXY: `http://127.0.0.1:${proxy.port}` };
    const { jar } = uniqueJar(test, flink);
    const uploaded = await run(['jar', 'upload', jar, '--json'], environment);
    expect(uploaded.exit, uploaded.output + uploaded.error).toBe(0);
    const { jarId } = JSON.parse(uploaded.output) as Json;
    expect((await run(['jar', 'delete', String(jarId), '--yes'], environment)).exit).toBe(0);
    expect(proxy.received.some((request) => request.startsWith(`POST ${restUrl}/`))).toBe(true);
  });

  it('that are read-only let nothing be changed', async (test) => {
    const { run } = dreyHome({ safe: { url: restUrl, readOnly: true } });
    const { jar } = uniqueJar(test, flink);
    const refused = await run(['jar', 'upload', jar, '--json']);
    expect(refused.exit).toBe(5);
    expect(JSON.parse(refused.output)).toMatchObject({ error: { code: 'DREY_CONTEXT_READ_ONLY' } });
  });
});
