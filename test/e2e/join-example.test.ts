import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drey, repositoryRoot } from './drey-process.ts';

const example = join(repositoryRoot, 'examples', 'interval-join');

test.each([1, 3])('an interval join gives the expected rows at %i', async (parallelism) => {
  const file = join(example, 'pipeline.yaml');
  const ended = await drey(['run', file, '--parallelism', String(parallelism)]);
  expect(ended.exit, ended.error).toBe(0);
  const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const lines = ended.output.split('\n').slice(0, -1);
  const expected = readFileSync(join(example, 'expected.jsonl'), 'utf8');
  expect(lines.toSorted(byBytes)).toEqual(expected.split('\n').slice(0, -1));
});

test('the tests of the interval join pass', async () => {
  const file = join(example, 'pipeline.yaml');
  expect(await drey(['pipeline', 'test', file])).toMatchObject({ exit: 0 });
});
