import { expect, test } from 'vitest';
import { runs } from '../support/property-runs.ts';
import { Coverage } from './coverage.ts';
import { expectedRows, wholeInput } from './reference.ts';
import { huntPlanted, runSeeds } from './run-seeds.ts';
import { runSchedule } from './run-schedule.ts';
import { drawSchedule } from './schedule.ts';

/** Others than those of `npm run sim`. */
const FIRST_SEED = 1_000_000;

test('whatever fails, each commit shows the rows of its cut and the job comes to its end', async () => {
  const seeds = Array.from({ length: runs(50) }, (_, at) => FIRST_SEED + at);
  const { failed, commits, coverage } = await runSeeds(seeds);
  expect(failed).toEqual([]);
  expect(commits).toBeGreaterThan(50);
  const counted = new Coverage();
  counted.add(coverage);
  expect(counted.total).toBeGreaterThan(20);
});

test('the same seed gives the same trace', async () => {
  const schedule = drawSchedule(7);
  const [first, second] = [await runSchedule(schedule), await runSchedule(schedule)];
  expect(second.traceHash).toBe(first.traceHash);
  expect((await runSchedule(drawSchedule(8))).traceHash).not.toBe(first.traceHash);
});

test('rows that are missing or there twice in the reference are noticed', async () => {
  const schedule = drawSchedule(1);
  const { files } = schedule.workload;
  const [file] = files;
  const fewer = { ...schedule.workload, files: [{ ...file!, lines: file!.lines.slice(1) }] };
  expect(expectedRows(fewer, wholeInput)).not.toEqual(expectedRows(schedule.workload, wholeInput));
});

test('a commit before the checkpoint is durable is found', async () => {
  const seed = await huntPlanted('commit before the checkpoint is durable', {
    from: 1,
    count: 200,
  });
  expect(seed).not.toBeNull();
});
