import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Authority, selfSigned } from '../support/certificates.ts';
import { CONFIG_ANSWER, recordingCluster, recordingProxy } from '../support/recording-servers.ts';
import { dreyHome } from './drey-home.ts';

/** Words that stand for secrets: each occurs once, as one input, and must not come out again. */
class Canaries {
  readonly words: string[] = [];

  next(): string {
    const word = `canary${Math.random().toString(36).slice(2)}${this.words.length}`;
    this.words.push(word);
    return word;
  }

  /** Those that are found in a text, also as Base64 and as part of a URL. */
  in(text: string): readonly string[] {
    return this.words.filter((word) =>
      [word, Buffer.from(`me:${word}`).toString('base64')].some((form) => text.includes(form)),
    );
  }
}

const echo =
  (status: number, form: (headers: string) => string, headers: Record<string, string> = {}) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const lines: string[] = [];
    for (const [name, value] of Object.entries(request.headers)) {
      lines.push(`${name}: ${String(value)}`);
      // A server may know what is inside.
      const login = /^Basic (.*)$/.exec(String(value))?.[1];
      if (login !== undefined) lines.push(Buffer.from(login, 'base64').toString());
    }
    const said = lines.join('; ');
    const own = Object.entries(headers).map(([name, value]) => [name, value.replace('{}', said)]);
    response.writeHead(status, Object.fromEntries(own) as Record<string, string>);
    response.end(form(said));
  };

const errors = (text: string): string => JSON.stringify({ errors: ['no', text] });

/** Everything that a server, or what stands before it, may do with what it was sent. */
const answers: Readonly<Record<string, RequestListener>> = {
  'says 401 with it': echo(401, errors),
  'says 403 with it as a page': echo(403, (text) => `<html>${text}</html>`),
  'says 400 with it': echo(400, errors),
  'says 500 with it': echo(500, errors),
  'says 503 with it': echo(503, errors),
  'says 200 with it as an error': echo(200, errors),
  'says 200 with it as a version': echo(200, (text) =>
    JSON.stringify({ ...CONFIG_ANSWER, 'flink-version': text, jobs: text }),
  ),
  'says 200 with it as a page': echo(200, (text) => `<html>${text}</html>`),
  'redirects with it': echo(302, String, { location: 'http://elsewhere.example/?sent={}' }),
  'redirects to it': echo(307, String, { location: 'http://[{}' }),
  'breaks off': (request) => request.socket.destroy(),
  'sends half of it': (request, response) => {
    response.writeHead(200, { 'content-length': '9999' });
    response.write(request.headers.authorization ?? '');
    setImmediate(() => request.socket.destroy());
  },
};

interface Kept {
  readonly canaries: Canaries;
  readonly environment: Record<string, string>;
  /** Writes a program that prints this and ends with that. */
  readonly program: (text: string, status?: number) => readonly string[];
  /** Writes a file that only we can read. */
  readonly file: (text: string) => string;
}

function keeper(folder: string): Kept {
  let count = 0;
  const file = (text: string): string => {
    const path = join(folder, `kept-${count++}`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    canaries: new Canaries(),
    environment: {},
    file,
    program: (text, status = 0) => {
      const path = file(`#!/bin/sh\ncat <<'END'\n${text}\nEND\nexit ${status}\n`);
      chmodSync(path, 0o700);
      return [path];
    },
  };
}

/** In every place where a secret can be, with a proxy that asks for one, too. */
function contextsWith({ canaries, environment, program, file }: Kept, url: string): object {
  const next = (): string => canaries.next();
  environment['S_ENV'] = next();
  environment['S_HEADER'] = next();
  const common = {
    url,
    allowInsecureToken: true,
    timeout: '400ms',
    headers: { 'x-file': { file: file(`${next()}\n`) }, 'x-env': { env: 'S_HEADER' } },
  };
  return {
    env: { ...common, auth: { type: 'bearer', token: { env: 'S_ENV' } } },
    basic: {
      ...common,
      auth: { type: 'basic', user: 'me', password: { command: program(next()) } },
    },
    header: {
      ...common,
      auth: {
        type: 'header',
        name: 'X-Secret',
        value: { command: program(JSON.stringify({ token: next() })) },
      },
    },
  };
}

/** Two at a time, as the machine has two cores at least. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

const FORMS = [[], ['--json']];

describe('a secret comes out nowhere', { timeout: 240_000 }, () => {
  it('whatever the server does with it', async () => {
    const found: string[] = [];
    let sentCount = 0;
    for (const [turn, [name, answer]] of Object.entries(answers).entries()) {
      const { port, received } = await recordingCluster({ answer });
      const { folder, run } = dreyHome();
      const kept = keeper(folder);
      const contexts = contextsWith(kept, `http://127.0.0.1:${port}`);
      const config = join(folder, 'config.yaml');
      writeFileSync(config, JSON.stringify({ contexts }), { mode: 0o600 });
      const verbs = ['job list', 'context test', 'doctor'];
      // Every verb for every server, and every credential in turn.
      const cases = Object.keys(contexts).map((context, index) => {
        const verb = verbs[(turn + index) % verbs.length] ?? '';
        const form = FORMS[(Math.floor(turn / verbs.length) + index) % FORMS.length] ?? [];
        return [...verb.split(' '), '--context', context, '--debug', ...form];
      });
      const before = namesIn(folder);
      await eachOf(cases, async (argv) => {
        const { output, error } = await run(argv, kept.environment);
        for (const word of kept.canaries.in(output + error)) {
          found.push(`${name}: ${argv.join(' ')}: ${word}\n${output}${error}`);
        }
        expect(error, argv.join(' ')).not.toContain('DREY_BUG');
      });
      sentCount += kept.canaries.in(received.join('\n')).length;
      expect(namesIn(folder)).toEqual(before);
    }
    expect(found).toEqual([]);
    // A secret that was never sent proves nothing.
    expect(sentCount).toBe(Object.keys(answers).length * 5);
  });

  it('when the way to the server fails', async () => {
    const { certificate: cert, privateKey: key } = selfSigned({ name: 'x', hosts: ['x'] });
    const stranger = await recordingCluster({ tls: { cert, key } });
    const proxy = await recordingProxy({ login: 'me:unknown' });
    const closed = await recordingProxy({ tunnelStatus: 403 });
    const { folder, run } = dreyHome();
    const { canaries, environment, program, file } = keeper(folder);
    const secret = (): string => canaries.next();
    environment['S'] = secret();
    environment['P'] = secret();
    const auth = { type: 'bearer', token: { env: 'S' } };
    const through = (port: number): object => ({
      url: 'https://h.example',
      auth,
      proxy: { url: `http://127.0.0.1:${port}`, user: 'me', password: { env: 'P' } },
    });
    const bearer = (token: object): object => ({
      url: 'https://h.example',
      auth: { type: 'bearer', token },
    });
    const authority = new Authority('own');
    const own = { certificate: file(authority.own.certificate) };
    const contexts: Record<string, object> = {
      stranger: { url: `https://127.0.0.1:${stranger.port}`, auth },
      refused: { url: 'https://127.0.0.1:1', auth, timeout: '500ms' },
      unknown: { url: 'https://unknown.invalid', auth, timeout: '500ms' },
      plain: { url: 'http://h.example', auth },
      proxy: through(proxy.port),
      closed: through(closed.port),
      'proxy-away': { ...through(1), timeout: '500ms' },
      'helper-fails': bearer({ command: program(secret(), 3) }),
      'helper-lines': bearer({ command: program(`${secret()}\n${secret()}`) }),
      'helper-no-token': bearer({ command: program(JSON.stringify({ key: secret() })) }),
      'helper-over': bearer({
        command: program(JSON.stringify({ token: secret(), expiresAt: 1000 })),
      }),
      'helper-much': bearer({ command: program(secret().repeat(5000)) }),
      'file-open': bearer({ file: open(file(secret())) }),
      'file-lines': bearer({ file: file(`${secret()}\n${secret()}\n`) }),
      'key-broken': { url: 'https://h', tls: { ...own, key: file(pem(secret())) } },
      'key-open': { url: 'https://h', tls: { ...own, key: open(file(pem(secret()))) } },
      passphrase: {
        url: 'https://h',
        tls: { ...own, key: file(pem(secret(), 'ENCRYPTED ')), passphrase: { env: 'P' } },
      },
    };
    writeFileSync(join(folder, 'config.yaml'), JSON.stringify({ contexts }), { mode: 0o600 });
    const cases = Object.keys(contexts).flatMap((context) =>
      FORMS.map((form) => ['job', 'list', '--context', context, '--debug', ...form]),
    );
    const found: string[] = [];
    await eachOf(cases, async (argv) => {
      const { exit, output, error } = await run(argv, environment);
      const words = canaries.in(output + error);
      if (words.length > 0) found.push(`${argv.join(' ')}: ${words.join()}\n${output}${error}`);
      expect([3, 4], `${argv.join(' ')}: ${error}`).toContain(exit);
      expect(output + error).not.toContain('DREY_BUG');
    });
    expect(found).toEqual([]);
    expect(canaries.in(stranger.received.join())).toEqual([]);
  });

  it('where somebody puts it into the wrong place', async () => {
    const { folder, run } = dreyHome();
    const canaries = new Canaries();
    const secret = (): string => canaries.next();
    const inUrl = (): string => `http://me:${secret()}@h.example`;
    const config = (context: object): string => {
      const path = join(folder, `wrong-${canaries.words.length}.yaml`);
      writeFileSync(path, JSON.stringify({ contexts: { a: context } }), { mode: 0o600 });
      return path;
    };
    const url = 'https://h.example';
    const cases: readonly [argv: readonly string[], environment: Record<string, string>][] = [
      [['job', 'list', '--url', inUrl()], {}],
      [['job', 'list', '--url', `ftp://${secret()}@h`], {}],
      [['job', 'list', inUrl()], {}],
      [['job', 'list'], { DREY_URL: inUrl() }],
      [['job', 'list', '--url', url], { DREY_PROXY: inUrl() }],
      [['job', 'list', '--url', url], { DREY_SQL_GATEWAY: inUrl() }],
      [['job', 'list', '--url', url], { DREY_TIMEOUT: `password=${secret()}` }],
      [
        ['job', 'show', `${inUrl()}/#/job/d65e9cfac6aeaf2d92302d96f6ae4385`],
        { DREY_URL: 'http://127.0.0.1:1', DREY_TIMEOUT: '300ms' },
      ],
      [['job', 'list', `--token=${secret()}`], {}],
      [['context', 'add', 'x', '--url', inUrl()], {}],
      [['context', 'add', 'x', '--url', url, '--gateway', inUrl()], {}],
      [['context', 'add', 'x', '--url', url, '--proxy', inUrl()], {}],
      [['context', 'add', 'x', '--url', url, '--token-env', `${secret()}.x`], {}],
      [['context', 'add', 'x', '--url', url, `--password=${secret()}`], {}],
      [['context', 'list'], { DREY_CONFIG: config({ url: inUrl() }) }],
      [
        ['context', 'list'],
        { DREY_CONFIG: config({ url, auth: { type: 'bearer', token: secret() } }) },
      ],
      [
        ['context', 'list'],
        { DREY_CONFIG: config({ url, headers: { authorization: `Bearer ${secret()}` } }) },
      ],
      [
        ['context', 'list'],
        {
          DREY_CONFIG: config({ url, tls: { certificate: pem(secret()), key: pem(secret()) } }),
        },
      ],
    ];
    const all = cases.flatMap(([argv, environment]) =>
      FORMS.map((form) => ({ argv: [...argv, '--debug', ...form], environment })),
    );
    const found: string[] = [];
    await eachOf(all, async ({ argv, environment }) => {
      const { exit, output, error } = await run(argv, environment);
      const words = canaries.in(output + error);
      if (words.length > 0) found.push(`${argv.join(' ')}\n${output}${error}`);
      expect([2, 3, 4], `${argv.join(' ')}: ${error}`).toContain(exit);
    });
    expect(found).toEqual([]);
  });

  it('when all is well', async () => {
    const { port } = await recordingCluster();
    const { folder, run } = dreyHome();
    const kept = keeper(folder);
    const contexts = contextsWith(kept, `http://127.0.0.1:${port}`);
    writeFileSync(
      join(folder, 'config.yaml'),
      JSON.stringify({ currentContext: 'env', contexts }),
      { mode: 0o600 },
    );
    const cases = ['context list -o wide', 'context show', 'context test', 'doctor'].flatMap(
      (verb) =>
        [...FORMS, ['-o', 'yaml'], ['-o', 'csv']].map((form) => [...verb.split(' '), ...form]),
    );
    const found: string[] = [];
    await eachOf(cases, async (argv) => {
      // A second -o is one too many for the parser.
      const words = argv.includes('--json')
        ? argv.filter((word) => !/^(-o|wide)$/.test(word))
        : argv;
      const { output, error } = await run(words, {
        ...kept.environment,
        DREY_TOKEN: kept.canaries.next(),
      });
      if (kept.canaries.in(output + error).length > 0) found.push(words.join(' '));
    });
    expect(found).toEqual([]);
  });
});

function pem(secret: string, kind = ''): string {
  const body = Buffer.from(secret).toString('hex');
  return `-----BEGIN ${kind}PRIVATE KEY-----\n${secret}\n${body}\n-----END ${kind}PRIVATE KEY-----\n`;
}

function open(path: string): string {
  chmodSync(path, 0o644);
  return path;
}

/** With their sizes: nothing is left behind, and nothing is written into what is there. */
function namesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => `${name} ${statSync(join(folder, name)).size}`);
}
