import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gatewayAnswers } from '../../../src/cli/context/gateway-answers.ts';
import {
  resolveCluster,
  type ClusterQuestion,
  type ClusterTarget,
} from '../../../src/cli/context/resolve-cluster.ts';
import { openSession } from '../../../src/cli/cluster/cluster-session.ts';
import type { Platform } from '../../../src/platform/platform.ts';
import { createRealPlatform } from '../../../src/platform/real/real-platform.ts';
import { realTerminal } from '../../../src/platform/real/terminal.ts';
import { Authority, selfSigned } from '../../support/certificates.ts';
import { recordingCluster, recordingProxy } from '../../support/recording-servers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const none: ClusterQuestion = { url: null, context: null, gateway: null, timeoutMs: null };
const authority = new Authority('the authority');
const server = authority.issue({ name: 'localhost', hosts: ['localhost'] });
const tls = { cert: server.certificate, key: server.privateKey };
const me = authority.issue({ name: 'me' });

interface World {
  readonly platform: Platform;
  readonly folder: string;
  /** What went to standard error. */
  readonly said: string[];
}

/** `contexts`: of the file, as JSON; the first one is current. Files are private unless said. */
function world(
  contexts: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): World {
  const folder = temporaryFolder();
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, name), text, { mode: name.startsWith('open-') ? 0o644 : 0o600 });
  const config = { currentContext: Object.keys(contexts)[0], contexts };
  write('config.yaml', JSON.stringify(config));
  for (const [name, text] of Object.entries(files)) write(name, text);
  const real = createRealPlatform();
  onTestFinished(() => real.http.close());
  const said: string[] = [];
  const streams = Object.assign(Object.create(real.streams) as Platform['streams'], {
    writeError: (text: string) => void said.push(text),
  });
  const config_ = { DREY_CONFIG: join(folder, 'config.yaml') };
  const platform = { ...real, streams, environment: { ...config_, ...environment } };
  return { platform, folder, said };
}

/** Asks the cluster for its configuration, as the first request of most commands. */
async function ask({ platform }: World, question: Partial<ClusterQuestion> = {}): Promise<string> {
  const target = await resolveCluster({ ...none, timeoutMs: 3_000, ...question }, platform);
  return (await sessionOf(target, platform).client.clusters.config()).versionText ?? '';
}

function sessionOf(target: ClusterTarget, platform: Platform) {
  return openSession(target, { platform, terminal: realTerminal });
}

const token = { type: 'bearer', token: { env: 'T' } };
const T = { T: 'secret-token' };

describe('a credential', () => {
  const insecure = { insecure: true };
  test.each<[string, object, boolean]>([
    ['over https', { url: 'https://h.example', auth: token }, true],
    ['over http to this machine', { url: 'http://127.0.0.1:8081', auth: token }, true],
    ['over http to this machine by name', { url: 'http://localhost:8081', auth: token }, true],
    ['over http to this machine by IPv6', { url: 'http://[::1]:8081', auth: token }, true],
    ['over http', { url: 'http://h.example', auth: token }, false],
    ['over http to a private network', { url: 'http://10.0.0.1:8081', auth: token }, false],
    ['over http to a name like it', { url: 'http://localhost.example', auth: token }, false],
    ['over http to an address like it', { url: 'http://127.0.0.1.example', auth: token }, false],
    [
      'over http through a proxy',
      { url: 'http://localhost:8081', auth: token, proxy: 'http://p:3128' },
      false,
    ],
    ['in a header over http', { url: 'http://h.example', headers: { 'x-a': { env: 'T' } } }, false],
    ['to who is not verified', { url: 'https://h.example', auth: token, tls: insecure }, false],
    [
      'over http where the context allows it',
      { url: 'http://h.example', auth: token, allowInsecureToken: true },
      true,
    ],
    [
      'to who is not verified where the context allows it',
      { url: 'https://h.example', auth: token, tls: insecure, allowInsecureToken: true },
      true,
    ],
  ])('%s', async (_, context, isSent) => {
    const { platform } = world({ a: context }, T);
    const resolving = resolveCluster(none, platform);
    if (isSent) expect((await resolving).contextName).toBe('a');
    else await expect(resolving).rejects.toMatchObject({ code: 'DREY_CREDENTIAL_EXPOSED' });
    const allowed = await resolveCluster({ ...none, allowsInsecureToken: true }, platform);
    expect(allowed.contextName).toBe('a');
  });

  test('of the environment is held to the same', async () => {
    const { platform } = world({}, { DREY_TOKEN: 'x' });
    const question = { ...none, url: 'http://h.example' };
    await expect(resolveCluster(question, platform)).rejects.toMatchObject({
      code: 'DREY_CREDENTIAL_EXPOSED',
      hint: expect.stringContaining('--insecure-token') as string,
    });
  });

  test('for a gateway that others could read does not stop what needs no gateway', async () => {
    const { port } = await recordingCluster();
    const url = `http://127.0.0.1:${port}`;
    const one = world({ a: { url, gateway: 'http://sql.example', auth: token } }, T);
    expect(await ask(one)).toBe('2.3.0');
    const target = await resolveCluster(none, one.platform);
    await expect(gatewayAnswers(sessionOf(target, one.platform))).rejects.toMatchObject({
      code: 'DREY_CREDENTIAL_EXPOSED',
    });
  });

  test('goes to the cluster', async () => {
    const { port, received } = await recordingCluster();
    await ask(world({ a: { url: `http://127.0.0.1:${port}`, auth: token } }, T));
    expect(received[0]).toContain('authorization: Bearer secret-token');
  });

  test('goes nowhere that a redirect leads to', async () => {
    const elsewhere = await recordingCluster();
    const { port, received } = await recordingCluster({
      answer: (_, response) =>
        response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/config` }).end(),
    });
    const headers = { 'x-key': { env: 'T' } };
    const one = world({ a: { url: `http://127.0.0.1:${port}`, auth: token, headers } }, T);
    await expect(ask(one)).rejects.toMatchObject({ code: 'DREY_FLINK_REDIRECT' });
    expect(received).toHaveLength(1);
    expect(elsewhere.received).toEqual([]);
  });

  test('of a context goes to no gateway that this context does not name', async () => {
    const named = await recordingCluster({ answer: gatewayInfo });
    const other = await recordingCluster({ answer: gatewayInfo });
    const [url, gateway] = ['http://127.0.0.1:1', `http://127.0.0.1:${named.port}`];
    const headers = { 'x-key': { env: 'T' }, 'x-team': 'streams' };
    const { platform } = world({ a: { url, gateway, auth: token, headers } }, T);
    const asked = async (question: Partial<ClusterQuestion>): Promise<void> => {
      const target = await resolveCluster({ ...none, ...question }, platform);
      await gatewayAnswers(sessionOf(target, platform));
    };
    await asked({});
    expect(named.received.join()).toContain('authorization: Bearer secret-token');
    await asked({ gateway: `http://127.0.0.1:${other.port}` });
    expect(other.received).toHaveLength(1);
    expect(other.received.join()).not.toMatch(/secret-token|authorization|x-key|x-team/);
  });
});

function gatewayInfo(_: unknown, response: { end: (text: string) => void }): void {
  response.end(JSON.stringify({ productName: 'Apache Flink', version: '2.3.0' }));
}

describe('TLS of a context', () => {
  const files = {
    'ca.pem': authority.own.certificate,
    'me.pem': me.certificate,
    'me.key': me.privateKey,
  };
  const own = { authorities: 'ca.pem', certificate: 'me.pem', key: 'me.key' };

  test('shows our certificate to a server that wants one', async () => {
    const { port } = await recordingCluster({
      tls: { ...tls, ca: authority.own.certificate, requestCert: true },
    });
    const url = `https://localhost:${port}`;
    expect(await ask(world({ a: { url, tls: own } }, {}, files))).toBe('2.3.0');
  });

  test('opens an encrypted key with its passphrase', async () => {
    const { port } = await recordingCluster({
      tls: { ...tls, ca: authority.own.certificate, requestCert: true },
    });
    const encrypted = String(
      createPrivateKey(me.privateKey).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'open sesame',
      }),
    );
    const url = `https://localhost:${port}`;
    const asked = (passphrase: object | undefined, P: string): Promise<string> => {
      const context = { url, tls: { ...own, passphrase } };
      return ask(world({ a: context }, { P }, { ...files, 'me.key': encrypted }));
    };
    expect(await asked({ env: 'P' }, 'open sesame')).toBe('2.3.0');
    for (const [passphrase, given] of [
      [{ env: 'P' }, 'wrong'],
      [undefined, ''],
    ] as const) {
      await expect(asked(passphrase, given)).rejects.toMatchObject({
        code: 'DREY_CREDENTIAL',
        message: expect.stringContaining('me.key holds an encrypted key') as string,
      });
    }
  });

  test('says at each use that a server is not verified', async () => {
    const { certificate: cert, privateKey: key } = selfSigned({ name: 'x', hosts: ['x'] });
    const { port } = await recordingCluster({ tls: { cert, key } });
    const one = world({ a: { url: `https://localhost:${port}`, tls: { insecure: true } } });
    expect(await ask(one)).toBe('2.3.0');
    expect(await ask(one)).toBe('2.3.0');
    expect(one.said).toHaveLength(2);
    expect(one.said[0]).toContain('is not verified (tls.insecure in the context a)');
  });

  const over = authority.issue({ name: 'me', years: [2020, 2021] });
  test.each<[string, Record<string, string>, string, string]>([
    ['a key that others can read', { 'me.key': '' }, 'DREY_CREDENTIAL_EXPOSED', 'open-me.key'],
    ['a key that is none', { 'me.key': 'canary' }, 'DREY_CREDENTIAL', 'no private key'],
    ['a key of another', { 'me.key': server.privateKey }, 'DREY_CREDENTIAL', 'is not the key'],
    ['no certificate', { 'me.pem': 'canary' }, 'DREY_CREDENTIAL', 'no certificate as PEM'],
    [
      'a broken certificate',
      { 'me.pem': '-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----' },
      'DREY_CREDENTIAL',
      'cannot be read',
    ],
    [
      'a certificate that is over',
      { 'me.pem': over.certificate, 'me.key': over.privateKey },
      'DREY_CREDENTIAL',
      'is over since 2021-12-31',
    ],
    ['authorities that are none', { 'ca.pem': 'canary' }, 'DREY_CREDENTIAL', 'ca.pem holds no'],
  ])('refuses %s before it connects', async (_, broken, code, message) => {
    const { port, received } = await recordingCluster({ tls });
    const isOpen = message.startsWith('open-');
    const context = {
      url: `https://localhost:${port}`,
      tls: isOpen ? { ...own, key: 'open-me.key' } : own,
    };
    const given = { ...files, ...broken, ...(isOpen ? { 'open-me.key': me.privateKey } : {}) };
    const failure: unknown = await ask(world({ a: context }, {}, given)).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect(String(failure)).not.toContain('canary');
    expect(received).toEqual([]);
  });

  test('cannot be turned off by a variable of Node', async () => {
    const one = world({ a: { url: 'https://h' } }, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    await expect(ask(one)).rejects.toThrow('NODE_TLS_REJECT_UNAUTHORIZED=0');
  });
});

describe('a proxy', () => {
  test('of a context leads to the cluster and sees no credential of it', async () => {
    const cluster = await recordingCluster({ tls });
    const proxy = await recordingProxy({ login: 'me:proxy-password' });
    const context = {
      url: `https://localhost:${cluster.port}`,
      auth: token,
      tls: { authorities: 'ca.pem' },
      proxy: { url: `http://127.0.0.1:${proxy.port}`, user: 'me', password: { env: 'P' } },
    };
    const environment = { ...T, P: 'proxy-password' };
    const one = world({ a: context }, environment, { 'ca.pem': authority.own.certificate });
    expect(await ask(one)).toBe('2.3.0');
    expect(proxy.received[0]).toMatch(/^CONNECT /);
    expect(proxy.received.join()).not.toContain('secret-token');
    expect(cluster.received.join()).toContain('Bearer secret-token');
    expect(cluster.received.join()).not.toMatch(/proxy-authorization/);
  });

  test('of the variable for drey is used, and that of a browser is not', async () => {
    const cluster = await recordingCluster();
    const proxy = await recordingProxy();
    const url = `http://localhost:${cluster.port}`;
    const address = `http://127.0.0.1:${proxy.port}`;
    const others = { HTTP_PROXY: address, http_proxy: address, ALL_PROXY: address };
    expect(await ask(world({ a: { url } }, others))).toBe('2.3.0');
    expect(proxy.received).toEqual([]);
    expect(await ask(world({ a: { url } }, { DREY_PROXY: address }))).toBe('2.3.0');
    expect(proxy.received).toEqual([expect.stringMatching(/^GET http:\/\/localhost/)]);
  });
});

describe('an embedded cluster', () => {
  test.each([
    ['is found by its note', '{"url":"http://127.0.0.1:8481","pid":1}', 'http://127.0.0.1:8481'],
    ['that is just starting is not there yet', '{"url":"http://127', 'http://localhost:8081'],
    ['without an address is not there', '{"pid":1}', 'http://localhost:8081'],
  ])('%s', async (_, note, url) => {
    const one = world({}, {}, { 'cluster.json': note });
    const environment = { ...one.platform.environment, DREY_STATE_DIR: one.folder };
    const target = await resolveCluster(none, { ...one.platform, environment });
    expect(target.rest.baseUrl).toBe(url);
  });

  test('comes after the current context', async () => {
    const note = '{"url":"http://127.0.0.1:8481"}';
    const one = world({ a: { url: 'http://h' } }, {}, { 'cluster.json': note });
    const environment = { ...one.platform.environment, DREY_STATE_DIR: one.folder };
    expect((await resolveCluster(none, { ...one.platform, environment })).contextName).toBe('a');
  });
});
