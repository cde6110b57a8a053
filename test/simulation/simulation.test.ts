import { expect, test } from 'vitest';
import { runs } from '../support/property-runs.ts';
import { Coverage } from './coverage.ts';
import { expectedRows, wholeInput } from './reference.ts';
import { runSeeds } from './run-seeds.ts';
import { runSchedule } from './run-schedule.ts';
import { drawSchedule } from './schedule.ts';
import type { WorkloadPlan } from './workload-plan.ts';

/** Others than those of `npm run sim`. */
const FIRST_SEED = 1_000_000;

/** Minutes of processor time on a machine that does other things as well. */
const TIMEOUT_MS = runs(300_000);

test(
  'whatever fails, each commit shows the rows of its cut and the job comes to its end',
  async () => {
    const seeds = Array.from({ length: runs(50) }, (_, at) => FIRST_SEED + at);
    const { failed, commits, coverage } = await runSeeds(seeds);
    expect(failed).toEqual([]);
    expect(commits).toBeGreaterThan(50);
    const counted = new Coverage();
    counted.add(coverage);
    expect(counted.total).toBeGreaterThan(20);
  },
  TIMEOUT_MS,
);

test(
  'whatever fails, rows of a topic are visible with the commit of their cut, once each',
  async () => {
    const seeds = Array.from({ length: runs(10) }, (_, at) => FIRST_SEED + at);
    const { failed, commits, hits } = await runSeeds(seeds, 'kafka');
    expect(failed).toEqual([]);
    expect(commits).toBeGreaterThan(50);
    expect(hits).toBeGreaterThan(10);
  },
  TIMEOUT_MS,
);

test('the same seed gives the same trace', async () => {
  const schedule = drawSchedule(7);
  const [first, second] = [await runSchedule(schedule), await runSchedule(schedule)];
  expect(second.traceHash).toBe(first.traceHash);
  expect((await runSchedule(drawSchedule(8))).traceHash).not.toBe(first.traceHash);
});

test('the reference counts each row that was read, and fires what time has come to', () => {
  const row = { key: 'a', amount: 3 };
  const lines = [1_000, 1_400, 2_500].map((ts, id) => ({ ...row, id, ts }));
  const plan: WorkloadPlan = {
    kind: 'window',
    files: [{ source: 'events', path: 'in/events/0.jsonl', lines }],
    delayMs: 100,
    window: { type: 'tumble', sizeMs: 1_000 },
    hasLookup: false,
    isCrowded: false,
    kafka: null,
  };
  const countsAt = (count: number): readonly unknown[] =>
    expectedRows(plan, { lines: new Map([['in/events/0.jsonl', count]]), isEnd: false }).map(
      (text) => Object.fromEntries(JSON.parse(text) as [string, unknown][])['n'],
    );
  expect([0, 1, 2, 3].map(countsAt)).toEqual([[], [], [], [2]]);
  expect(expectedRows(plan, wholeInput)).toHaveLength(2);
});
