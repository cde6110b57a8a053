import { expect, test } from 'vitest';
import { jobStatuses } from '../../../src/flink/model/job-status.ts';
import { stopAdvice } from '../../../src/ops/job/stop-advice.ts';

const running = { total: 2, running: 2 };

test('a job whose tasks all run can be stopped', () => {
  expect(stopAdvice({ state: 'RUNNING', tasks: running })).toBeNull();
});

test.each(jobStatuses.filter((state) => state !== 'RUNNING'))(
  'a job that is %s cannot',
  (state) => {
    const advice = stopAdvice({ state, tasks: running });
    expect(advice?.because).toContain(`is ${state}`);
    expect(advice?.hint).toMatch(/\.$/);
  },
);

test.each([
  ['FAILED', 'job exceptions x'],
  ['RESTARTING', 'job exceptions x'],
  ['INITIALIZING', 'job wait x --for RUNNING'],
  ['SUSPENDED', 'job wait x --for RUNNING'],
  ['FINISHED', ''],
  ['CANCELED', ''],
  ['CANCELLING', ''],
])('the next step of a job that is %s is "%s"', (state, command) => {
  const next = stopAdvice({ state, tasks: running })?.next ?? null;
  expect(next?.words('x').join(' ') ?? '').toBe(command);
});

test('a job without slots is not waited for', () => {
  const advice = stopAdvice({ state: 'RUNNING', tasks: { total: 2, scheduled: 2 } });
  expect(advice?.because).toContain('2 of its 2 tasks wait for slots');
  expect(advice?.next?.words('x')).toEqual(['job', 'show', 'x']);
});

test('a job whose tasks begin is waited for', () => {
  const advice = stopAdvice({ state: 'RUNNING', tasks: { total: 2, running: 1, initializing: 1 } });
  expect(advice?.next?.words('x')).toEqual(['job', 'wait', 'x', '--for', 'RUNNING']);
});
