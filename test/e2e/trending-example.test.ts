import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drey, repositoryRoot } from './drey-process.ts';

const folder = join(repositoryRoot, 'examples', 'trending');
const pipeline = join(folder, 'pipeline.yaml');

test.each([1, 3])(
  'the first tags of all and of each minute are right at %i',
  async (parallelism) => {
    const ended = await drey(['run', pipeline, '--parallelism', String(parallelism)]);
    expect(ended.exit, ended.error).toBe(0);
    const expected = readFileSync(join(folder, 'expected.jsonl'), 'utf8').split('\n').slice(0, -1);
    expect(currentRows(ended.output.split('\n').slice(0, -1))).toEqual(expected);
  },
);

test('the tests of the trending tags pass', async () => {
  expect(await drey(['pipeline', 'test', pipeline])).toMatchObject({ exit: 0 });
});

/** The rows that are there in the end, sorted by their bytes. */
function currentRows(lines: readonly string[]): readonly string[] {
  const rows = new Set<string>();
  for (const line of lines) {
    const { op = '+I', ...row } = JSON.parse(line) as { readonly op?: string };
    const text = JSON.stringify(row);
    if (op === '+I' || op === '+U') {
      expect(rows.has(text), line).toBe(false);
      rows.add(text);
    } else {
      expect(rows.delete(text), line).toBe(true);
    }
  }
  return [...rows].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
