import { expect, test } from 'vitest';
import { QUEUED_REQUESTS_MAX } from '../../../src/engine/checkpoint/request-queue.ts';
import {
  CoordinatorDriver,
  METRICS,
  savepoint,
  snapshotOf,
  SUBTASKS,
  triggerOf,
  words,
} from './coordinator-driver.ts';

test('a checkpoint goes from trigger over acknowledgements and manifest to its notification', () => {
  const driver = new CoordinatorDriver().run();
  expect(driver.coordinator.nextWakeMs).toBe(100);
  expect(words(driver.passTo(99))).toEqual([]);
  expect(words(driver.passTo(100))).toEqual(['trigger 1']);
  expect(words(driver.acknowledge(1, SUBTASKS[0]!))).toEqual([]);
  expect(words(driver.acknowledge(1, SUBTASKS[0]!))).toEqual([]);
  expect(words(driver.acknowledge(1, SUBTASKS[1]!))).toEqual([]);
  expect(words(driver.acknowledge(1, SUBTASKS[2]!))).toEqual(['complete 1']);
  expect(driver.coordinator.isSettled).toBe(false);
  expect(words(driver.store(1))).toEqual(['notify-complete 1']);
  expect(driver.coordinator.isSettled).toBe(true);
  expect(driver.coordinator.latestCompleted).toEqual(snapshotOf(1));
});

test('the first periodic trigger lies between the pause and the interval', () => {
  const wakeMs = (random: number): number => {
    const driver = new CoordinatorDriver({ intervalMs: 100, minPauseMs: 40 });
    driver.send({ kind: 'tasks-running', subtasks: SUBTASKS, random });
    return driver.coordinator.nextWakeMs;
  };
  expect([0, 0.5, 0.999_999].map(wakeMs)).toEqual([40, 70, 100]);
});

test('without an interval nothing is triggered, but savepoints are', () => {
  const driver = new CoordinatorDriver({ intervalMs: null }).run();
  expect(driver.coordinator.nextWakeMs).toBe(Infinity);
  expect(words(driver.passTo(1e9))).toEqual([]);
  expect(words(driver.request('s', savepoint()))).toEqual(['trigger 1']);
});

test('the concurrency limit holds a periodic trigger back until one ends', () => {
  const driver = new CoordinatorDriver().run();
  driver.passTo(100);
  expect(words(driver.passTo(200))).toEqual([]);
  expect(words(driver.passTo(300))).toEqual([]);
  driver.acknowledgeAll(1);
  expect(words(driver.store(1))).toEqual(['notify-complete 1', 'trigger 2']);
  driver.acknowledgeAll(2);
  expect(words(driver.store(2))).toEqual(['notify-complete 2', 'discard 1']);
});

test('the pause counts from the end of the last complete one and moves the rhythm', () => {
  const driver = new CoordinatorDriver({ minPauseMs: 90 }).run();
  driver.passTo(100);
  driver.nowMs = 150;
  driver.complete(1);
  expect(words(driver.passTo(200))).toEqual([]);
  expect(driver.coordinator.nextWakeMs).toBe(240);
  expect(words(driver.passTo(240))).toEqual(['trigger 2']);
  expect(driver.coordinator.nextWakeMs).toBe(340);
});

test('triggers that were missed while the process stood still are not made up for', () => {
  const driver = new CoordinatorDriver().run();
  expect(words(driver.passTo(1_050))).toEqual(['trigger 1']);
  expect(driver.coordinator.nextWakeMs).toBe(1_100);
});

test('a checkpoint that takes too long expires, and acknowledgements of it come too late', () => {
  const driver = new CoordinatorDriver({ timeoutMs: 150, tolerableFailed: 1 }).run();
  driver.passTo(100);
  driver.acknowledge(1, SUBTASKS[0]!);
  expect(words(driver.passTo(250))).toEqual(['abort 1 expired', 'trigger 2']);
  expect(words(driver.acknowledgeAll(1))).toEqual([]);
});

test('the timeout does not end what the storage has begun to complete', () => {
  const driver = new CoordinatorDriver({ timeoutMs: 150 }).run();
  driver.passTo(100);
  driver.nowMs = 200;
  driver.acknowledgeAll(1);
  expect(words(driver.passTo(349))).toEqual([]);
  expect(words(driver.store(1))).toEqual(['notify-complete 1', 'trigger 2']);
});

test('a storage that does not answer ends the job for good, once', () => {
  const driver = new CoordinatorDriver({ intervalMs: null, timeoutMs: 150 }).run();
  driver.request('c', { kind: 'checkpoint' });
  driver.acknowledgeAll(1);
  expect(words(driver.passTo(150))).toEqual(['fail-job for good']);
  expect(words(driver.passTo(1_000))).toEqual([]);
});

test('a newer complete checkpoint subsumes older pending ones, but no savepoint', () => {
  const driver = new CoordinatorDriver({ maxConcurrent: 3 }).run();
  driver.passTo(100);
  driver.request('s', savepoint());
  driver.passTo(200);
  expect(driver.coordinator.pendingIds).toEqual([1, 2, 3]);
  expect(words(driver.complete(3))).toEqual(['abort 1 subsumed', 'notify-complete 3']);
  expect(driver.coordinator.pendingIds).toEqual([2]);
  expect(words(driver.complete(2, 'savepoint'))).toEqual(['request-completed s']);
});

test('one that becomes complete after a newer one is not notified and not the latest', () => {
  const driver = new CoordinatorDriver({ maxConcurrent: 2 }).run();
  driver.passTo(100);
  driver.passTo(200);
  driver.acknowledgeAll(1);
  expect(words(driver.complete(2))).toEqual(['notify-complete 2']);
  expect(words(driver.store(1))).toEqual(['discard 1']);
  expect(driver.coordinator.latestCompleted?.checkpointId).toBe(2);
});

test('as many complete checkpoints are retained as configured', () => {
  const driver = new CoordinatorDriver({ retainedMax: 2 }).run();
  const effects = [100, 200, 300, 400].flatMap((nowMs, index) => [
    ...driver.passTo(nowMs),
    ...driver.complete(index + 1),
  ]);
  expect(words(effects).filter((word) => word.startsWith('discard'))).toEqual([
    'discard 1',
    'discard 2',
  ]);
  expect(driver.coordinator.retained.map(({ checkpointId }) => checkpointId)).toEqual([3, 4]);
});

test('ids go on after the restored snapshot, which is discarded only when it is owned', () => {
  for (const isOwned of [false, true]) {
    const snapshot = snapshotOf(7, 'savepoint');
    const driver = new CoordinatorDriver({}, { snapshot, isOwned }).run();
    expect(driver.coordinator.latestCompleted).toEqual(snapshot);
    expect(driver.coordinator.retained).toEqual(isOwned ? [snapshot] : []);
    expect(triggerOf(driver.passTo(100)).checkpointId).toBe(8);
    const effects = words(driver.complete(8));
    expect(effects).toEqual(['notify-complete 8', ...(isOwned ? ['discard 7'] : [])]);
  }
});

test('tolerable failures count in a row; a complete checkpoint starts the count again', () => {
  const driver = new CoordinatorDriver({ tolerableFailed: 1 }).run();
  driver.passTo(100);
  expect(words(driver.decline(1))).toEqual(['abort 1 declined']);
  driver.passTo(200);
  driver.complete(2);
  driver.passTo(300);
  expect(words(driver.decline(3, 'async-failed'))).toEqual(['abort 3 async-failed']);
  driver.passTo(400);
  expect(words(driver.decline(4))).toEqual(['abort 4 declined', 'fail-job']);
  expect(words(driver.passTo(500))).toEqual([]);
});

test('what fails after a newer one is complete does not count', () => {
  const driver = new CoordinatorDriver({ maxConcurrent: 2 }).run();
  driver.passTo(100);
  driver.passTo(200);
  driver.acknowledgeAll(1);
  driver.complete(2);
  const failed = { kind: 'storage-failed', checkpointId: 1, message: '' } as const;
  expect(words(driver.send(failed))).toEqual(['abort 1 finalize-failed']);
});

test('a decline that Flink does not count leaves the job alone', () => {
  const driver = new CoordinatorDriver({ tolerableFailed: 0 }).run();
  driver.passTo(100);
  expect(words(driver.decline(1, 'task-not-ready'))).toEqual(['abort 1 task-not-ready']);
});

test('a storage that cannot begin or complete a checkpoint has failed it', () => {
  const driver = new CoordinatorDriver({ tolerableFailed: 5 }).run();
  driver.passTo(100);
  const failed = { kind: 'storage-failed', message: 'no space left' } as const;
  expect(words(driver.send({ ...failed, checkpointId: 1 }))).toEqual(['abort 1 io-failed']);
  driver.passTo(200);
  driver.acknowledgeAll(2);
  expect(words(driver.send({ ...failed, checkpointId: 2 }))).toEqual(['abort 2 finalize-failed']);
});

test('a savepoint passes the limit when checkpoints are aligned, and waits when they are not', () => {
  const aligned = new CoordinatorDriver().run();
  aligned.passTo(100);
  expect(words(aligned.request('s', savepoint()))).toEqual(['trigger 2']);
  const unaligned = new CoordinatorDriver({ isUnaligned: true }).run();
  unaligned.passTo(100);
  expect(words(unaligned.request('s', savepoint()))).toEqual([]);
  unaligned.passTo(200);
  expect(words(unaligned.complete(1))).toEqual(['notify-complete 1', 'trigger 2']);
  expect(words(unaligned.complete(2, 'savepoint'))).toEqual(['request-completed s', 'trigger 3']);
});

test('a checkpoint that was asked for does not keep the pause, but the limit', () => {
  const driver = new CoordinatorDriver({ minPauseMs: 90 }).run();
  driver.passTo(100);
  expect(words(driver.request('c', { kind: 'checkpoint' }))).toEqual([]);
  const effects = words(driver.complete(1));
  expect(effects).toEqual(['notify-complete 1', 'trigger 2']);
  expect(words(driver.complete(2))).toEqual([
    'request-completed c',
    'notify-complete 2',
    'discard 1',
  ]);
});

test('barriers go as mode and unaligned settings say; savepoints are always aligned', () => {
  const cases = [
    [{}, { kind: 'aligned' }],
    [{ mode: 'AT_LEAST_ONCE' }, { kind: 'none' }],
    [{ mode: 'AT_LEAST_ONCE', isUnaligned: true }, { kind: 'none' }],
    [{ isUnaligned: true }, { kind: 'unaligned' }],
    [
      { isUnaligned: true, alignedTimeoutMs: 30 },
      { kind: 'aligned-until', timeoutMs: 30 },
    ],
  ] as const;
  for (const [configuration, alignment] of cases) {
    const driver = new CoordinatorDriver(configuration).run();
    expect(triggerOf(driver.passTo(100)).alignment).toEqual(alignment);
  }
  const driver = new CoordinatorDriver({ isUnaligned: true }).run();
  expect(triggerOf(driver.request('s', savepoint())).alignment).toEqual({ kind: 'aligned' });
});

test('a savepoint the job stops with ends what is pending, and nothing follows it', () => {
  const driver = new CoordinatorDriver({ maxConcurrent: 2 }).run();
  driver.passTo(100);
  const effects = driver.request('s', savepoint('drain'));
  expect(words(effects)).toEqual(['abort 1 coordinator-suspended', 'trigger 2']);
  expect(triggerOf(effects)).toMatchObject({ stop: 'drain', targetDirectory: '/savepoints' });
  expect(words(driver.passTo(500))).toEqual([]);
  expect(words(driver.request('t', savepoint()))).toEqual(['request-failed t scheduler-shut-down']);
  expect(words(driver.complete(2, 'savepoint'))).toEqual([
    'request-completed s',
    'notify-complete 2',
  ]);
  expect(words(driver.passTo(1_000))).toEqual([]);
});

test('an attempt after the savepoint the job stops with starts from it, not from older output', () => {
  const driver = new CoordinatorDriver().run();
  driver.passTo(100);
  driver.complete(1);
  driver.request('s', savepoint('suspend'));
  driver.complete(2, 'savepoint');
  driver.send({ kind: 'restarting' });
  expect(driver.coordinator.latestCompleted).toEqual(snapshotOf(2, 'savepoint'));
});

test('when a stopping savepoint expires the job goes on; when a subtask declines it the job fails', () => {
  const expiring = new CoordinatorDriver({ timeoutMs: 50 }).run();
  expiring.request('s', savepoint('suspend'));
  expect(words(expiring.passTo(50))).toEqual(['abort 1 expired', 'request-failed s expired']);
  expect(words(expiring.passTo(150))).toEqual(['trigger 2']);
  const declined = new CoordinatorDriver({ tolerableFailed: 9 }).run();
  declined.request('s', savepoint('suspend'));
  expect(words(declined.decline(1))).toEqual([
    'abort 1 declined',
    'request-failed s declined',
    'fail-job',
  ]);
});

test('when the attempt ends, all is aborted but what is being completed', () => {
  const driver = new CoordinatorDriver({ maxConcurrent: 2, isUnaligned: true }).run();
  driver.passTo(100);
  driver.passTo(200);
  driver.acknowledgeAll(1);
  driver.request('s', savepoint());
  expect(words(driver.send({ kind: 'restarting' }))).toEqual([
    'request-failed s coordinator-suspended',
    'abort 2 failover',
  ]);
  expect(driver.coordinator.isSettled).toBe(false);
  expect(() => driver.run()).toThrow('known which checkpoint is the latest');
  expect(words(driver.store(1))).toEqual([]);
  expect(driver.coordinator.latestCompleted?.checkpointId).toBe(1);
  driver.run();
  expect(words(driver.passTo(300))).toEqual(['trigger 3']);
});

test('without subtasks that run, requests are refused', () => {
  const driver = new CoordinatorDriver();
  expect(words(driver.request('s', savepoint()))).toEqual([
    'request-failed s not-all-tasks-running',
  ]);
});

test('after a subtask has finished, periodic checkpoints go on only where they may', () => {
  const finished = { kind: 'subtask-finished', subtask: SUBTASKS[0]! } as const;
  const going = new CoordinatorDriver().run();
  going.send(finished);
  expect(triggerOf(going.passTo(100)).subtasks).toEqual(SUBTASKS);
  const refusing = new CoordinatorDriver({ isTakenAfterTasksFinish: false }).run();
  refusing.send(finished);
  expect(words(refusing.passTo(100))).toEqual(['trigger-refused not-all-tasks-running']);
  expect(words(refusing.request('c', { kind: 'checkpoint' }))).toEqual(['trigger 1']);
});

test('requests beyond the limit of the queue are refused', () => {
  const driver = new CoordinatorDriver({ intervalMs: null }).run();
  driver.request('first', { kind: 'checkpoint' });
  for (let index = 0; index < QUEUED_REQUESTS_MAX; index++) {
    expect(driver.request(`c${index}`, { kind: 'checkpoint' })).toEqual([]);
  }
  expect(words(driver.request('late', { kind: 'checkpoint' }))).toEqual([
    'request-failed late too-many-requests',
  ]);
});

test('after the shutdown nothing is taken, declined or notified any more', () => {
  const driver = new CoordinatorDriver({ maxConcurrent: 2 }).run();
  driver.passTo(100);
  driver.passTo(200);
  driver.acknowledgeAll(1);
  expect(words(driver.send({ kind: 'shutting-down' }))).toEqual(['abort 2 coordinator-shut-down']);
  expect(words(driver.request('s', savepoint()))).toEqual(['request-failed s scheduler-shut-down']);
  expect(words(driver.passTo(900))).toEqual([]);
  expect(words(driver.decline(2))).toEqual([]);
  expect(words(driver.store(1))).toEqual([]);
  expect(driver.coordinator.latestCompleted?.checkpointId).toBe(1);
});

test('a subtask that the checkpoint does not wait for changes nothing', () => {
  const driver = new CoordinatorDriver().run();
  driver.passTo(100);
  const stranger = { vertexId: 'sink', subtask: 9 };
  expect(words(driver.acknowledge(1, stranger))).toEqual([]);
  const declined = { kind: 'subtask-declined', reason: 'declined', message: '' } as const;
  const event = { ...declined, checkpointId: 1, subtask: stranger, metrics: METRICS };
  expect(words(driver.send(event))).toEqual([]);
  expect(driver.coordinator.pendingIds).toEqual([1]);
});

test('the monotonic clock never falls', () => {
  const driver = new CoordinatorDriver().run();
  driver.passTo(100);
  expect(() => driver.passTo(99)).toThrow('the monotonic clock never falls');
});

test('a manifest that fails between two attempts fails none of them', () => {
  const driver = new CoordinatorDriver({ tolerableFailed: 0 }).run();
  driver.passTo(100);
  driver.acknowledgeAll(1);
  driver.send({ kind: 'restarting' });
  const failed = { kind: 'storage-failed', checkpointId: 1, message: 'no space left' } as const;
  expect(words(driver.send(failed))).toEqual(['abort 1 finalize-failed']);
  driver.run();
  expect(words(driver.passTo(1_000))).toEqual(['trigger 2']);
});
