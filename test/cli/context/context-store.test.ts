import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  changeContexts,
  contextNamed,
  readContexts,
} from '../../../src/cli/context/context-store.ts';
import { CONTEXT_NAME } from '../../../src/cli/context/parse-contexts.ts';
import type { Platform } from '../../../src/platform/platform.ts';
import { createRealPlatform } from '../../../src/platform/real/real-platform.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { runs } from '../../support/property-runs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FILE = '/users/me/.config/drey/config.yaml';
const BEFORE = '# mine\ncurrentContext: a\ncontexts:\n  a: { url: http://a } # the first\n';
const edits = [{ path: ['contexts', 'b'], value: { url: 'http://b' } }];

function simulated(seed: number): SimulatedPlatform {
  return createSimulatedPlatform({
    seed,
    environment: { HOME: '/users/me' },
    files: { [FILE]: BEFORE },
  });
}

async function change(platform: Platform): Promise<void> {
  await changeContexts(platform, await readContexts(platform), edits);
}

async function textIn(platform: SimulatedPlatform): Promise<string> {
  return new TextDecoder().decode(await platform.drive(platform.files.readAll(FILE, 10_000)));
}

describe('a change of the file with the contexts', () => {
  test('is whole or not at all, whatever fails on the way, and says so', async () => {
    const good = simulated(1);
    await good.drive(change(good));
    const { operations } = good.fileFaults;
    const after = await textIn(good);
    expect(after).toBe(`${BEFORE}  b:\n    url: http://b\n`);
    expect(operations).toBeGreaterThan(8);
    for (let nth = 1; nth <= operations; nth++) {
      const platform = simulated(nth);
      platform.fileFaults.add({ kind: 'nth', nth, errno: 'EIO', isPersistent: false });
      const failure = await platform.drive(change(platform)).then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure, `operation ${nth}`).toMatchObject({ details: { errno: 'EIO' } });
      expect([BEFORE, after]).toContain(await textIn(platform));
      expect(await platform.drive(platform.files.list(dirname(FILE)))).toEqual(['config.yaml']);
    }
  });

  test('is whole or not at all after a crash, and there once it was told', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const platform = simulated(seed);
      let isTold = false;
      void change(platform).then(() => (isTold = true));
      for (let step = 0; step < seed % 40; step++) await platform.scheduler.step();
      const next = platform.crash('any');
      const text = await textIn(next);
      expect([BEFORE, `${BEFORE}  b:\n    url: http://b\n`]).toContain(text);
      if (isTold) expect(text).not.toBe(BEFORE);
    }
  });
});

describe('on a real disk, whatever the umask', () => {
  let umask = 0;
  beforeAll(() => {
    umask = process.umask(0);
  });
  afterAll(() => {
    process.umask(umask);
  });

  function real(folder: string): Platform {
    const environment = { DREY_CONFIG: join(folder, 'new', 'config.yaml') };
    return { ...createRealPlatform(), environment };
  }

  test('file and folder are for their owner only', async () => {
    const folder = temporaryFolder();
    await change(real(folder));
    const path = join(folder, 'new', 'config.yaml');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(path))).toEqual(['config.yaml']);
  });

  test('a file that others can read is for its owner only once it was changed', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'new', 'config.yaml');
    mkdirSync(dirname(path));
    writeFileSync(path, BEFORE);
    chmodSync(path, 0o644);
    await change(real(folder));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('# the first');
  });

  test('a file that everybody can change is refused, because it can name programs to run', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'new', 'config.yaml');
    mkdirSync(dirname(path));
    writeFileSync(path, BEFORE);
    chmodSync(path, 0o646);
    await expect(readContexts(real(folder))).rejects.toMatchObject({
      code: 'DREY_CONTEXT_FILE',
      hint: expect.stringContaining('chmod 600') as string,
    });
  });
});

test('any name and any text that are written are read again', async () => {
  const name = fc.oneof(
    fc.stringMatching(CONTEXT_NAME, { maxLength: 20 }),
    fc.constantFrom('1.20', 'null', 'true', '0x1F', '1e5', 'NO', '010'),
  );
  const user = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isUsable);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
      user,
      async (names, text) => {
        const platform = createSimulatedPlatform({ seed: 1, environment: { HOME: '/users/me' } });
        const auth = { type: 'basic', user: text, password: { env: 'X' } };
        for (const one of names) {
          const edit = {
            path: ['contexts', one],
            value: { url: 'http://h', auth, readOnly: true },
          };
          const file = await platform.drive(readContexts(platform));
          await platform.drive(changeContexts(platform, file, [edit]));
        }
        const file = await platform.drive(readContexts(platform));
        expect(file.contexts.map((context) => context.name)).toEqual(names);
        for (const one of names) {
          expect(contextNamed(file, one)).toMatchObject({
            authentication: { kind: 'basic', user: text },
            isReadOnly: true,
          });
        }
      },
    ),
    { numRuns: runs(40) },
  );
});

/** Of what a user may be; the reader refuses the others. */
function isUsable(text: string): boolean {
  return !text.includes(':') && text.trim() !== '' && !/\p{C}/u.test(text);
}

test('a context whose anchor others use is not taken away', async () => {
  const platform = createSimulatedPlatform({
    seed: 1,
    environment: { HOME: '/users/me' },
    files: { [FILE]: 'contexts:\n  a: &a { url: http://a }\n  b: *a\n' },
  });
  const file = await platform.drive(readContexts(platform));
  const remove = changeContexts(platform, file, [{ path: ['contexts', 'a'], value: undefined }]);
  await expect(platform.drive(remove)).rejects.toMatchObject({ code: 'DREY_CONTEXT_FILE' });
});
