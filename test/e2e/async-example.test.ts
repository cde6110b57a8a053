import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drey, repositoryRoot } from './drey-process.ts';

const folder = join(repositoryRoot, 'examples', 'async');

test('orders get what a service says, and windows behind the calls the expected counts', async () => {
  const ended = await drey(['run', join(folder, 'pipeline.yaml')]);
  expect(ended.exit, ended.error).toBe(0);
  const expected = readFileSync(join(folder, 'expected.jsonl'), 'utf8');
  const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  expect(ended.output.split('\n').slice(0, -1).toSorted(byBytes)).toEqual(
    expected.split('\n').slice(0, -1),
  );
});
