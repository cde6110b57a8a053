import { describe, expect, test } from 'vitest';
import { addContext, type AddRequest } from '../../../src/cli/context/add-context.ts';
import { removeContext, useContext, useText } from '../../../src/cli/context/change-current.ts';
import { contextFilePath, readContexts } from '../../../src/cli/context/context-store.ts';
import { listContexts } from '../../../src/cli/context/list-contexts.ts';
import { readSecret } from '../../../src/cli/context/read-secret.ts';
import type { SecretReference } from '../../../src/cli/context/context.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
  type SimulationOptions,
} from '../../../src/platform/simulated/simulated-platform.ts';

const FILE = '/users/me/.config/drey/config.yaml';

const nowhere = { env: null, file: null, command: null };

const plain: AddRequest = {
  name: 'local',
  url: 'http://localhost:8081',
  gateway: null,
  authentication: {
    type: null,
    token: nowhere,
    user: null,
    password: nowhere,
    headerName: null,
  },
  authorities: null,
  certificate: null,
  key: null,
  proxy: null,
  isInsecure: false,
  isReadOnly: false,
  allowsInsecureToken: false,
  timeoutMs: null,
  use: false,
  force: false,
};

const yes = (): Promise<void> => Promise.resolve();

function world(options: Partial<SimulationOptions> = {}): SimulatedPlatform {
  return createSimulatedPlatform({ seed: 1, environment: { HOME: '/users/me' }, ...options });
}

describe('the file with the contexts', () => {
  test('is for its owner only, and the first context is the current one', async () => {
    const platform = world();
    const added = await platform.drive(addContext(plain, platform));
    expect(added).toMatchObject({ file: FILE, current: true });
    expect(await platform.drive(platform.files.permissions(FILE))).toBe(0o600);
    expect(await platform.drive(platform.files.permissions('/users/me/.config/drey'))).toBe(0o700);
    // Nothing temporary stays.
    expect(await platform.drive(platform.files.list('/users/me/.config/drey'))).toEqual([
      'config.yaml',
    ]);
  });

  test('keeps the comments of its user', async () => {
    const text = '# on call: 555\ncontexts:\n  # the old one\n  a: { url: http://a }\n';
    const platform = world({ files: { [FILE]: text } });
    await platform.drive(addContext({ ...plain, name: 'b' }, platform));
    await platform.drive(useContext('a', platform));
    const after = new TextDecoder().decode(
      await platform.drive(platform.files.readAll(FILE, 10_000)),
    );
    expect(after).toContain('# on call: 555');
    expect(after).toContain('# the old one');
    expect(await platform.drive(listContexts(platform))).toMatchObject({
      currentContext: 'a',
      contexts: [
        { name: 'a', current: true },
        { name: 'b', current: false },
      ],
    });
  });

  test('holds where a secret is, and reads back as it was written', async () => {
    const platform = world();
    const password = { ...nowhere, file: 'secret' };
    const authentication = { ...plain.authentication, user: 'me', password };
    await platform.drive(
      addContext({ ...plain, authentication, isReadOnly: true, timeoutMs: 1500 }, platform),
    );
    const { contexts } = await platform.drive(readContexts(platform));
    expect(contexts[0]).toMatchObject({
      authentication: {
        kind: 'basic',
        user: 'me',
        password: { kind: 'file', path: '/work/secret' },
      },
      isReadOnly: true,
      timeoutMs: 1500,
    });
  });

  test('is not changed by a context that is there already, unless it is forced', async () => {
    const platform = world();
    await platform.drive(addContext(plain, platform));
    await expect(platform.drive(addContext(plain, platform))).rejects.toMatchObject({
      code: 'DREY_CONTEXT_EXISTS',
    });
    await platform.drive(addContext({ ...plain, url: 'http://other', force: true }, platform));
    const { contexts } = await platform.drive(readContexts(platform));
    expect(contexts.map(({ url }) => url)).toEqual(['http://other']);
  });

  test('forgets a context, and that it was the current one', async () => {
    const platform = world();
    await platform.drive(addContext(plain, platform));
    expect(await platform.drive(removeContext('local', platform, yes))).toMatchObject({
      removed: 'local',
      currentContext: null,
    });
    await expect(platform.drive(removeContext('local', platform, yes))).rejects.toMatchObject({
      code: 'DREY_CONTEXT_UNKNOWN',
    });
  });

  test('is asked about once it is known that there is such a context, and stays after a no', async () => {
    const platform = world();
    await platform.drive(addContext(plain, platform));
    const no = (): Promise<void> => Promise.reject(new Error('no'));
    await expect(platform.drive(removeContext('gone', platform, no))).rejects.toMatchObject({
      code: 'DREY_CONTEXT_UNKNOWN',
    });
    await expect(platform.drive(removeContext('local', platform, no))).rejects.toThrow('no');
    expect((await platform.drive(readContexts(platform))).contexts).toHaveLength(1);
  });

  test('is nowhere without a home, and says so when it is to be written', async () => {
    const platform = world({ environment: {} });
    expect(await platform.drive(listContexts(platform))).toMatchObject({ file: null });
    await expect(platform.drive(addContext(plain, platform))).rejects.toMatchObject({
      code: 'DREY_CONTEXT_FILE',
      hint: expect.stringContaining('DREY_CONFIG') as string,
    });
  });

  test('has the place that the environment names', () => {
    const placeOf = (environment: Record<string, string>): string | null =>
      contextFilePath({ environment, workingDirectory: '/work' });
    expect(placeOf({ DREY_CONFIG: 'own.yaml', HOME: '/users/me' })).toBe('/work/own.yaml');
    expect(placeOf({ XDG_CONFIG_HOME: '/xdg', HOME: '/users/me' })).toBe('/xdg/drey/config.yaml');
    // As the XDG specification has it, a relative path does not count.
    expect(placeOf({ XDG_CONFIG_HOME: 'xdg', HOME: '/users/me' })).toBe(FILE);
    expect(placeOf({ APPDATA: '/data', HOME: '/users/me' })).toBe('/data/drey/config.yaml');
  });
});

test('a variable that goes before the current context is told when one changes it', async () => {
  const environment = { HOME: '/users/me', DREY_CONTEXT: 'other' };
  const platform = world({ environment });
  await platform.drive(addContext(plain, platform));
  const used = await platform.drive(useContext('local', platform));
  expect(used).toMatchObject({ currentContext: 'local', overriddenBy: 'DREY_CONTEXT' });
  expect(useText(used)).toContain('unset DREY_CONTEXT');
});

describe('a secret', () => {
  const command = { kind: 'command', words: ['helper', '--for', 'flink'] } as const;

  async function secretOf(
    reference: SecretReference,
    options: Partial<SimulationOptions>,
  ): Promise<string> {
    const platform = world(options);
    return platform.drive(readSecret(reference, platform));
  }

  test('comes from a variable, without the line break at its end', async () => {
    const environment = { TOKEN: 'abc\n' };
    expect(await secretOf({ kind: 'env', name: 'TOKEN' }, { environment })).toBe('abc');
  });

  test('comes from a command, as text or as the token of a JSON object', async () => {
    const program = (output: string) => () => ({ kind: 'ended', status: 0, output }) as const;
    expect(await secretOf(command, { program: program('abc\n') })).toBe('abc');
    expect(await secretOf(command, { program: program('{"token":"xyz"}') })).toBe('xyz');
  });

  test('in a file that others can read is refused', async () => {
    const reading = secretOf({ kind: 'file', path: '/t' }, { files: { '/t': 'canary' } });
    await expect(reading).rejects.toMatchObject({ code: 'DREY_CREDENTIAL_EXPOSED' });
    await expect(reading).rejects.not.toMatchObject({
      message: expect.stringContaining('canary') as string,
    });
  });

  test.each<[string, SecretReference, Partial<SimulationOptions>]>([
    ['a variable that is not set', { kind: 'env', name: 'TOKEN' }, {}],
    ['a variable that is empty', { kind: 'env', name: 'TOKEN' }, { environment: { TOKEN: '' } }],
    [
      'a value that is no header',
      { kind: 'env', name: 'TOKEN' },
      { environment: { TOKEN: 'a\r\nb' } },
    ],
    ['a command that is not there', command, {}],
    [
      'a command that fails',
      command,
      { program: () => ({ kind: 'ended', status: 3, output: 'canary' }) },
    ],
    ['a command that hangs', command, { program: () => ({ kind: 'timeout' }) }],
    [
      'a command without an answer',
      command,
      { program: () => ({ kind: 'ended', status: 0, output: '\n' }) },
    ],
  ])('cannot be had from %s', async (_, reference, options) => {
    await expect(secretOf(reference, options)).rejects.toMatchObject({
      code: 'DREY_CREDENTIAL',
      message: expect.not.stringContaining('canary') as string,
    });
  });
});
