import { expect, test } from 'vitest';
import { jobIdOf } from '../../../src/flink/model/identifiers.ts';
import type { JobSummary } from '../../../src/flink/model/job.ts';
import { jobsToExamine } from '../../../src/ops/cluster/jobs-to-examine.ts';
import { NOW } from './facts-of.ts';

const HOUR = 3_600_000;

function summary(name: string, state: string, hoursAgo = 1, endedHoursAgo = 0): JobSummary {
  return {
    jobId: jobIdOf('1'.repeat(32)),
    name,
    state,
    startedAtMs: NOW - hoursAgo * HOUR,
    endedAtMs: endedHoursAgo === 0 ? null : NOW - endedHoursAgo * HOUR,
    durationMs: null,
    lastModifiedAtMs: null,
    tasks: { total: 0 },
    jobType: null,
    schedulerType: null,
  };
}

const chosen = (...jobs: readonly JobSummary[]): readonly string[] =>
  jobsToExamine(jobs, NOW).chosen.map(({ name, state }) => `${name} ${state}`);

test('jobs that ended well or were cancelled are of no concern', () => {
  expect(chosen(summary('a', 'FINISHED'), summary('b', 'CANCELED'))).toEqual([]);
});

test('those in trouble come first', () => {
  const jobs = [summary('a', 'RUNNING'), summary('b', 'FAILED', 2, 1), summary('c', 'RESTARTING')];
  expect(chosen(...jobs)).toEqual(['c RESTARTING', 'b FAILED', 'a RUNNING']);
});

test('a job that failed and was started again is of no concern, however that one ended', () => {
  const failed = summary('a', 'FAILED', 3, 2);
  expect(chosen(failed, summary('a', 'RUNNING', 1))).toEqual(['a RUNNING']);
  expect(chosen(failed, summary('a', 'FINISHED', 1))).toEqual([]);
  expect(chosen(failed, summary('a', 'CANCELED', 5))).toEqual(['a FAILED']);
  expect(chosen(failed, summary('other', 'FINISHED', 1))).toEqual(['a FAILED']);
});

test('a failure of the day before yesterday is known by now', () => {
  expect(chosen(summary('a', 'FAILED', 50, 25))).toEqual([]);
  expect(chosen(summary('a', 'FAILED', 50, 23))).toEqual(['a FAILED']);
});

test('of very many jobs the running ones are left out, and counted', () => {
  const running = Array.from({ length: 60 }, (_, index) => summary(`r${index}`, 'RUNNING'));
  const choice = jobsToExamine([...running, summary('x', 'RESTARTING')], NOW);
  expect(choice.chosen[0]?.name).toBe('x');
  expect([choice.chosen.length, choice.skipped]).toEqual([50, 11]);
});
