import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkNames, type CheckName } from '../../../src/cli/doctor/check.ts';
import { doctorExitStatus, type DoctorResult } from '../../../src/cli/doctor/diagnose.ts';
import { doctorView } from '../../../src/cli/doctor/doctor-view.ts';
import { Authority, selfSigned } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { shown } from '../taskmanager/taskmanager-cluster.ts';
import {
  answering,
  CONFIG,
  contextWith,
  doctor,
  FLINK,
  serve,
  serveBytes,
  serveNothing,
  type Pages,
} from './doctored.ts';

const HOUR = 3_600_000;

/** The first failure: step, exit status, and what it says to do. */
function verdict(result: DoctorResult) {
  const bad = result.checks.find(({ status }) => status === 'failed');
  return { step: bad?.name, exit: doctorExitStatus(result), next: bad?.next };
}

function checkOf({ checks }: DoctorResult, name: CheckName) {
  const check = checks.find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`there is no check ${name}`);
  return check;
}

const statusesOf = ({ checks }: DoctorResult) =>
  Object.fromEntries(checks.map(({ name, status }) => [name, status]));

test('a cluster that is well passes every step, in order', async () => {
  const result = await doctor({ url: await serve(FLINK) });
  expect(result).toMatchObject({ isHealthy: true, failure: null, version: '2.3.0' });
  expect(doctorExitStatus(result)).toBe(0);
  expect(result.checks.map(({ name }) => name)).toEqual([...checkNames]);
  expect(new Set(Object.values(statusesOf(result)))).toEqual(new Set(['ok', 'skipped']));
  expect(shown(doctorView(result))).toMatch(/All is well between here and the cluster\.\n$/);
});

test('what failed says what to do, and every step behind it is skipped', async () => {
  const result = await doctor({ url: 'http://127.0.0.1:1' });
  const statuses = statusesOf(result);
  expect(result.checks).toHaveLength(checkNames.length);
  expect(statuses).toMatchObject({
    target: 'ok',
    tcp: 'failed',
    http: 'skipped',
    upload: 'skipped',
  });
  expect(shown(doctorView(result))).toMatch(/\ntcp: failed\n {2}Nothing listens there\. [^]*\n$/);
});

describe('the way to the server', () => {
  test('a host that does not exist', async () => {
    const result = await doctor({ url: 'http://no-such-host.invalid:8081' });
    expect(verdict(result)).toMatchObject({ step: 'dns', exit: 4 });
  });

  test('a port on which nothing listens', async () => {
    const result = await doctor({ url: 'http://127.0.0.1:1' });
    expect(verdict(result)).toMatchObject({ step: 'tcp', exit: 4 });
    expect(result.failure?.code).toBe('DREY_UNREACHABLE');
  });

  test('a port that never says anything does not take longer than the limit', async () => {
    const startedAtMs = performance.now();
    const result = await doctor({ url: await serveNothing(), stepTimeoutMs: 300 });
    expect(verdict(result)).toMatchObject({ step: 'http', exit: 4 });
    expect(verdict(result).next).toContain('--timeout');
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
  });

  test('a port that is no web server', async () => {
    const result = await doctor({ url: await serveBytes('SSH-2.0-OpenSSH_9.6\r\n') });
    expect(verdict(result)).toMatchObject({ step: 'http', exit: 4 });
    expect(verdict(result).next).toContain('no web server');
  });
});

describe('TLS', () => {
  const authority = new Authority('ours');
  const good = authority.issue({ name: 'flink', hosts: ['127.0.0.1'] });

  test.each([
    ['by an unknown authority', good, 'authority behind the certificate'],
    ['of itself', selfSigned({ name: 'x', hosts: ['127.0.0.1'] }), 'signed its certificate itself'],
  ])('a certificate %s', async (_what, certified, next) => {
    const result = await doctor({ url: await serve(FLINK, certified) });
    expect(verdict(result)).toMatchObject({ step: 'tls', exit: 4 });
    expect(verdict(result).next).toContain(next);
  });

  test.each([
    [{ name: 'x', hosts: ['127.0.0.1'], years: [2020, 2021] as const }, 'has expired'],
    [{ name: 'x', hosts: ['elsewhere.example'] }, 'for other names'],
  ])('a certificate %j of a trusted authority', async (request, next) => {
    const folder = temporaryFolder();
    const result = await doctor({
      ...(await contextWith(folder, {
        url: await serve(FLINK, authority.issue(request)),
        authorities: authority.own.certificate,
      })),
    });
    expect(verdict(result)).toMatchObject({ step: 'tls', exit: 4 });
    expect(verdict(result).next).toContain(next);
  });

  test('an authority that the context names', async () => {
    const folder = temporaryFolder();
    const result = await doctor({
      ...(await contextWith(folder, {
        url: await serve(FLINK, good),
        authorities: authority.own.certificate,
      })),
    });
    expect(result.isHealthy).toBe(true);
    expect(checkOf(result, 'tls').detail).toContain('valid and trusted');
    expect(result.context).toBe('here');
  });

  test('https where the port speaks http', async () => {
    const url = await serve(FLINK);
    const result = await doctor({ url: `${url.replace('http', 'https')}/flink` });
    expect(verdict(result)).toMatchObject({
      step: 'tls',
      next: `The port speaks http: use ${url}/flink.`,
    });
  });

  test('http where the port speaks https', async () => {
    const url = await serve(FLINK, good);
    const result = await doctor({ url: url.replace('https', 'http') });
    expect(verdict(result).next).toBe(`The port speaks https: use ${url}.`);
  });
});

describe('who answers', () => {
  const login = '<html><head><title>Sign in to Acme</title></head></html>';

  test.each<[string, Pages, Partial<ReturnType<typeof verdict>>, string]>([
    ['a page of something else', { '/config': login }, { step: 'flink', exit: 4 }, 'in a browser'],
    ['another program', { '/config': '{"a":1}' }, { step: 'flink', exit: 4 }, '8081'],
    [
      'a HistoryServer',
      { '/config': { ...CONFIG, features: { 'web-history': true } } },
      { step: 'flink', exit: 4 },
      '8082',
    ],
    [
      'a SQL Gateway',
      { '/v1/info': { productName: 'Apache Flink', version: '2.3.0' } },
      { step: 'flink', exit: 4 },
      '--gateway http://127.0.0.1:',
    ],
    [
      'a proxy that lost Flink',
      { '/config': answering(502, '<h1>Bad Gateway</h1>') },
      { step: 'flink', exit: 4 },
      'whether the JobManager runs',
    ],
    [
      'a login elsewhere',
      { '/config': answering(302, '', { location: 'https://login.example/?a=secret' }) },
      { step: 'flink', exit: 4 },
      'login page',
    ],
    [
      'a server that wants a user',
      { '/config': answering(401, '', { 'www-authenticate': 'Basic realm="x"' }) },
      { step: 'authorization', exit: 5 },
      'user and password',
    ],
    [
      'a server that wants a token',
      { '/config': answering(401, '', { 'www-authenticate': 'Bearer' }) },
      { step: 'authorization', exit: 5 },
      'DREY_TOKEN',
    ],
  ])('%s is told', async (_what, pages, expected, next) => {
    const result = await doctor({ url: await serve(pages) });
    expect(verdict(result)).toMatchObject(expected);
    expect(verdict(result).next).toContain(next);
  });

  test('where a redirect leads is told without its query', async () => {
    const to = answering(302, '', { location: 'https://login.example/?a=secret' });
    const result = await doctor({ url: await serve({ '/config': to }) });
    expect(checkOf(result, 'flink').detail).toBe('it sends the request to https://login.example/');
  });

  test('the title of a foreign page is told', async () => {
    const result = await doctor({ url: await serve({ '/config': login }) });
    expect(checkOf(result, 'flink').detail).toContain('"Sign in to Acme"');
  });

  test('the API above a path that is too long is found', async () => {
    const pages = { '/prod/config': CONFIG, '/prod/overview': {} };
    const url = await serve(pages);
    const result = await doctor({ url: `${url}/prod/jobs/overview` });
    expect(verdict(result)).toMatchObject({
      step: 'flink',
      exit: 4,
      next: `The REST API is at ${url}/prod: use --url ${url}/prod.`,
    });
  });

  test('credentials that were sent and refused are told apart from none', async () => {
    const result = await doctor({
      url: await serve({ '/config': answering(403, 'no') }),
      environment: { DREY_TOKEN: 'secret-token' },
    });
    expect(verdict(result)).toMatchObject({ step: 'authorization', exit: 5 });
    expect(verdict(result).next).toContain('sent and refused');
    expect(checkOf(result, 'credentials').detail).toBe('sent as authorization');
    expect(JSON.stringify(result)).not.toContain('secret-token');
  });
});

describe('the cluster', () => {
  const withPages = async (pages: Pages) => doctor({ url: await serve({ ...FLINK, ...pages }) });

  test('without a leader fails, and is asked for the rest nevertheless', async () => {
    const errors = ['Service temporarily unavailable due to an ongoing leader election.'];
    const result = await withPages({ '/overview': answering(503, JSON.stringify({ errors })) });
    expect(verdict(result)).toMatchObject({ step: 'leader', exit: 4 });
    expect(checkOf(result, 'leader').detail).toContain('ongoing leader election');
    expect(checkOf(result, 'upload').status).toBe('ok');
  });

  test.each(['<html></html>', '[1]', '{"a":'])('whose overview is %s fails', async (page) => {
    const result = await withPages({ '/overview': page });
    expect(verdict(result)).toMatchObject({ step: 'leader', exit: 4 });
    expect(result.failure?.code).toBe('DREY_FLINK_ANSWER');
  });

  test.each<[string, Pages, CheckName, string]>([
    ['no TaskManager', { '/overview': { taskmanagers: 0 } }, 'task-managers', 'no TaskManager'],
    [
      'no free slot',
      { '/overview': { taskmanagers: 1, 'slots-total': 2, 'slots-available': 0 } },
      'task-managers',
      '0 of 2 slots free',
    ],
    ['an old version', { '/config': { ...CONFIG, 'flink-version': '1.14.6' } }, 'version', '1.17'],
    ['an unknown version', { '/config': { ...CONFIG, 'flink-version': 'x' } }, 'version', '"x"'],
    [
      'no submission by REST',
      { '/config': { ...CONFIG, features: { 'web-submit': false } } },
      'web-submit',
      'web.submit.enable',
    ],
    ['a small limit of a proxy', { '/jars/upload': answering(413, '') }, 'upload', '413'],
    ['a proxy without POST', { '/jars/upload': answering(405, 'no') }, 'upload', '405'],
    [
      'a clock that is off',
      { '/': answering(200, '', { date: new Date(Date.now() - HOUR).toUTCString() }) },
      'clock',
      'behind ours',
    ],
  ])('with %s is warned of, which is no failure', async (_what, pages, name, detail) => {
    const result = await withPages(pages);
    expect(checkOf(result, name)).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining(detail) as string,
      next: expect.stringMatching(/\.$/) as string,
    });
    expect(doctorExitStatus(result)).toBe(0);
  });

  test('is asked for an upload of a file that is no jar', async () => {
    const bodies: string[] = [];
    await withPages({
      '/jars/upload': (request, response) => {
        request.on('data', (chunk: Buffer) => bodies.push(String(chunk)));
        request.on('end', () => response.end('{}'));
      },
    });
    expect(bodies.join('')).toMatch(/filename="drey-doctor\.txt"\r\n[^]*\r\n\r\nx\r\n--/);
  });

  test('of a read-only context gets no upload', async () => {
    const asked: string[] = [];
    const url = await serve({
      ...FLINK,
      '/jars/upload': (request, response) => {
        asked.push(request.url ?? '');
        response.end('{}');
      },
    });
    const folder = temporaryFolder();
    const result = await doctor(await contextWith(folder, { url, isReadOnly: true }));
    expect(checkOf(result, 'upload').status).toBe('skipped');
    expect(asked).toEqual([]);
  });
});

describe('the SQL Gateway', () => {
  const info = (version: string): Pages => ({
    '/v1/info': { productName: 'Apache Flink', version },
  });
  const withGateway = async (gateway: string) => doctor({ url: await serve(FLINK), gateway });

  test('that was named answers', async () => {
    expect(checkOf(await withGateway(await serve(info('2.3.0'))), 'sql-gateway').status).toBe('ok');
  });

  test('of another version is warned of', async () => {
    const result = await withGateway(await serve(info('1.20.3')));
    expect(checkOf(result, 'sql-gateway').status).toBe('warning');
    expect(result.isHealthy).toBe(true);
  });

  test('that was named and is not there is a failure', async () => {
    expect(verdict(await withGateway('http://127.0.0.1:1'))).toMatchObject({
      step: 'sql-gateway',
      exit: 4,
    });
    const stranger = await withGateway(await serve({ '/v1/info': { productName: 'Kafka' } }));
    expect(verdict(stranger)).toMatchObject({ step: 'sql-gateway', exit: 4 });
  });
});

describe('this machine', () => {
  test('NODE_TLS_REJECT_UNAUTHORIZED=0 is a failure', async () => {
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const result = await doctor({ url: await serve(FLINK), environment });
    expect(verdict(result)).toMatchObject({ step: 'environment', exit: 2 });
  });

  test('a proxy of the environment is not used, which is said without its password', async () => {
    const environment = { https_proxy: 'http://me:hunter2@proxy:3128' };
    const result = await doctor({ url: await serve(FLINK), environment });
    expect(checkOf(result, 'proxy')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('HTTPS_PROXY is set') as string,
    });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('a configuration that cannot be read is a failure only where it is needed', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'config.yaml');
    await writeFile(path, 'contexts: [');
    const environment = { DREY_CONFIG: path };
    expect(verdict(await doctor({ environment }))).toMatchObject({ step: 'config-file', exit: 3 });
    const result = await doctor({ environment, url: await serve(FLINK) });
    expect(checkOf(result, 'config-file').status).toBe('warning');
    expect(result.isHealthy).toBe(true);
  });

  test.each([
    [{ context: 'nope' }, 'target', 3],
    [{ url: 'ftp://x' }, 'target', 2],
  ])('%j names no cluster', async (patient, step, exit) => {
    const result = await doctor(patient);
    expect(verdict(result)).toMatchObject({ step, exit });
    expect(result.url).toBeNull();
  });

  test('a command that prints the secret runs once', async () => {
    const folder = temporaryFolder();
    const log = join(folder, 'runs');
    const script = `echo run >> ${log}; echo the-token`;
    const seen: (string | undefined)[] = [];
    const url = await serve({
      ...FLINK,
      '/overview': (request, response) => {
        seen.push(request.headers.authorization);
        response.end('{"taskmanagers":1}');
      },
    });
    const auth = `{type: bearer, token: {command: [/bin/sh, -c, ${JSON.stringify(script)}]}}`;
    const result = await doctor(await contextWith(folder, { url, auth }));
    expect(result.isHealthy).toBe(true);
    expect(seen).toEqual(['Bearer the-token']);
    expect(readFileSync(log, 'utf8')).toBe('run\n');
  });

  test('a secret that cannot be read is a failure of the credentials', async () => {
    const folder = temporaryFolder();
    const patient = await contextWith(folder, {
      url: await serve(FLINK),
      auth: '{type: bearer, token: {env: NO_SUCH_VARIABLE}}',
    });
    expect(verdict(await doctor(patient))).toMatchObject({ step: 'credentials', exit: 3 });
  });
});
