import { expect, test } from 'vitest';
import {
  waitVerdict,
  type AwaitedState,
  type WaitVerdict,
} from '../../../src/ops/job/wait-verdict.ts';

const running = { total: 1, running: 1 };
const scheduled = { total: 1, scheduled: 1 };

test.each<[string, Readonly<Record<string, number>>, AwaitedState[], WaitVerdict['kind']]>([
  ['RUNNING', running, ['RUNNING'], 'reached'],
  ['RUNNING', scheduled, ['RUNNING'], 'waiting'],
  ['RUNNING', running, ['ended'], 'waiting'],
  ['RUNNING', running, ['FAILED'], 'waiting'],
  ['RUNNING', running, ['FINISHED', 'RUNNING'], 'reached'],
  ['RESTARTING', {}, ['ended'], 'waiting'],
  // Another JobManager may go on with it.
  ['SUSPENDED', {}, ['ended'], 'waiting'],
  ['FINISHED', {}, ['ended'], 'reached'],
  ['FINISHED', {}, ['FINISHED'], 'reached'],
  ['FINISHED', {}, ['RUNNING'], 'missed'],
  ['FINISHED', {}, ['CANCELED', 'RUNNING'], 'missed'],
  ['CANCELED', {}, ['ended'], 'reached'],
  ['CANCELED', {}, ['FINISHED'], 'missed'],
  ['FAILED', {}, ['ended'], 'failed'],
  ['FAILED', {}, ['RUNNING'], 'failed'],
  ['FAILED', {}, ['FAILED'], 'reached'],
  ['FAILED', {}, ['FINISHED', 'FAILED'], 'reached'],
])('%s %j while waiting for %j: %s', (state, tasks, awaited, kind) => {
  expect(waitVerdict({ state, tasks }, awaited).kind).toBe(kind);
});
