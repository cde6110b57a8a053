import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { buildPlanted, edited } from './planted-build.ts';
import { plantedBugs, type SourceEdit } from './planted-bugs.ts';
import { plantedKafkaBugs } from './planted-kafka-bugs.ts';
import { hasSmallSizes, smallSizes } from './small-sizes.ts';

const root = resolve(import.meta.dirname, '../..');
/** Packages are found from there. */
const output = resolve(root, `node_modules/.cache/planted-${randomUUID()}.mjs`);

afterEach(() => {
  rmSync(output, { force: true });
});

const build = (edits: readonly SourceEdit[]): Promise<void> =>
  buildPlanted({ root, script: 'scripts/simulate.ts', edits, output });

const firstFailureOf = async (name: string): Promise<unknown> => {
  const environment = { ...process.env, DREY_SCHEDULES: '20', DREY_SEED: '1' };
  const args = [output, '--hunt', name];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
};

const bugs = [...plantedBugs, ...plantedKafkaBugs];

test.each(bugs)('$name: its texts are in the source once', ({ edits }) => {
  for (const { file, find, put } of edits) {
    const text = readFileSync(resolve(root, file), 'utf8');
    expect(edited(file, text, [{ file, find, put }])).not.toBe(text);
  }
});

test('the small sizes are in the source once, beside all planted bugs', () => {
  for (const { edits } of bugs) {
    for (const { file } of smallSizes) {
      const text = readFileSync(resolve(root, file), 'utf8');
      expect(edited(file, text, [...edits, ...smallSizes])).not.toBe(text);
    }
  }
});

test('one seed in seven keeps the sizes of the product', () => {
  const seeds = Array.from({ length: 700 }, (_, at) => at + 1);
  expect(seeds.filter(hasSmallSizes)).toHaveLength(600);
});

test('a text that is not there, or twice, fails and names the file', () => {
  const edit = { file: 'a.ts', find: 'x = 1', put: 'x = 2' };
  expect(edited('a.ts', 'let x = 1;', [edit])).toBe('let x = 2;');
  expect(edited('b.ts', 'let x = 3;', [edit])).toBe('let x = 3;');
  expect(() => edited('a.ts', 'let x = 3;', [edit])).toThrow('a.ts has 0 times, not once: x = 1');
  expect(() => edited('a.ts', 'x = 1; x = 1;', [edit])).toThrow('a.ts has 2 times');
});

test('an edit of a file that the bundle does not have fails the build', async () => {
  const edit = { file: 'src/cli/help.ts', find: 'x', put: 'y' };
  await expect(build([edit])).rejects.toThrow('src/cli/help.ts is in no bundle');
});

test(
  'the same seeds fail with a planted bug and pass without it',
  { timeout: 120_000 },
  async () => {
    const bug = plantedBugs.find(({ name }) => name === 'commit before the checkpoint is durable')!;
    await build(bug.edits);
    expect(await firstFailureOf(bug.name)).toMatchObject({ violation: expect.any(String) });
    await build([]);
    expect(await firstFailureOf(bug.name)).toBeNull();
  },
);
