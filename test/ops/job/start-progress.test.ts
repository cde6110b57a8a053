import { expect, test } from 'vitest';
import { startProgress, type StartProgress } from '../../../src/ops/job/start-progress.ts';

test.each<[string, string, Readonly<Record<string, number>>, StartProgress['kind']]>([
  ['all tasks run', 'RUNNING', { total: 2, running: 2 }, 'running'],
  ['some have finished', 'RUNNING', { total: 2, running: 1, finished: 1 }, 'running'],
  ['a batch job is in its first stage', 'RUNNING', { total: 4, running: 2, created: 2 }, 'running'],
  ['no task has begun', 'RUNNING', { total: 2, created: 2 }, 'starting'],
  ['there are no tasks yet', 'RUNNING', { total: 0 }, 'starting'],
  ['one is deployed', 'RUNNING', { total: 2, running: 1, deploying: 1 }, 'starting'],
  ['one restores its state', 'RUNNING', { total: 2, running: 1, initializing: 1 }, 'starting'],
  ['slots are being given', 'RUNNING', { total: 2, scheduled: 1, deploying: 1 }, 'starting'],
  ['slots are missing', 'RUNNING', { total: 2, scheduled: 2 }, 'no-slots'],
  ['the adaptive scheduler waits', 'CREATED', { total: 2 }, 'starting'],
  ['the JobMaster begins', 'INITIALIZING', { total: 0 }, 'starting'],
  ['it restarts', 'RESTARTING', { total: 2, canceled: 2 }, 'restarting'],
  ['it fails', 'FAILING', { total: 2, failed: 1 }, 'restarting'],
  ['it has failed', 'FAILED', { total: 2, failed: 2 }, 'ended'],
  ['it was short', 'FINISHED', { total: 2, finished: 2 }, 'ended'],
  ['it is cancelled', 'CANCELLING', { total: 2, canceling: 2 }, 'ended'],
])('a job in which %s', (_what, state, tasks, kind) => {
  expect(startProgress({ state, tasks }).kind).toBe(kind);
});

test('missing slots are counted', () => {
  const tasks = { total: 5, scheduled: 3, running: 2 };
  expect(startProgress({ state: 'RUNNING', tasks })).toEqual({
    kind: 'no-slots',
    waiting: 3,
    total: 5,
  });
});
