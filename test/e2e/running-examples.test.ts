import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drey, repositoryRoot } from './drey-process.ts';

const examples = join(repositoryRoot, 'examples');

interface Change {
  readonly op: '+I' | '-U' | '+U' | '-D';
  readonly sink: string;
}

async function changesOf(file: string, ...flags: readonly string[]): Promise<readonly Change[]> {
  const ended = await drey(['run', join(examples, file), ...flags]);
  expect(ended.exit, ended.error).toBe(0);
  const lines = ended.output.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Change);
}

/** The rows that the changes leave, each as its line without `op`; sorted. */
function left(changes: readonly Change[]): readonly string[] {
  const rows = new Set<string>();
  for (const { op, ...row } of changes) {
    const line = JSON.stringify(row);
    const isNew = op === '+I' || op === '+U';
    expect(rows.has(line), `${op} ${line}`).toBe(!isNew);
    if (isNew) rows.add(line);
    else rows.delete(line);
  }
  return [...rows].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

test.each([1, 3])('counters of users end up as expected at %i', async (parallelism) => {
  const expected = readFileSync(join(examples, 'state-ttl', 'expected.jsonl'), 'utf8');
  const changes = await changesOf('state-ttl/pipeline.yaml', '--parallelism', String(parallelism));
  expect(left(changes)).toEqual(expected.split('\n').slice(0, -1));
});

test('the tests of the counters of users pass', async () => {
  const file = join(examples, 'state-ttl', 'pipeline.yaml');
  expect(await drey(['pipeline', 'test', file])).toMatchObject({ exit: 0 });
});

test('minutes without a window end up as those with one that is corrected', async () => {
  const changes = await changesOf('late-exposure/pipeline.yaml');
  const last = (sink: string): readonly unknown[] =>
    left(changes.filter((change) => change.sink === sink))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map((row) => [row['window_start'] ?? row['minute'], row['exposures'], row['uv']]);
  const minutes = last('minutes');
  expect(minutes.length).toBeGreaterThan(15);
  expect(last('running')).toEqual(minutes);
});
