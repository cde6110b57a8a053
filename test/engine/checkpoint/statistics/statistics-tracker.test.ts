import { expect, test } from 'vitest';
import type { CheckpointConfiguration } from '../../../../src/engine/checkpoint/checkpoint-configuration.ts';
import type {
  CoordinatorEvent,
  SubtaskMetrics,
} from '../../../../src/engine/checkpoint/coordinator-events.ts';
import type { CheckpointStatistics } from '../../../../src/engine/checkpoint/statistics/checkpoint-statistics.ts';
import { StatisticsTracker } from '../../../../src/engine/checkpoint/statistics/statistics-tracker.ts';
import {
  CoordinatorDriver,
  METRICS,
  savepoint,
  snapshotOf,
  SUBTASKS,
} from '../coordinator-driver.ts';

/** The wall clock of these tests is this far ahead of the monotonic one. */
const WALL_AHEAD_MS = 1_700_000_000_000;

/** A coordinator whose statistics are kept. */
class TrackedJob {
  readonly tracker: StatisticsTracker;
  readonly #driver: CoordinatorDriver;
  wallJumpMs = 0;

  constructor(configuration: Partial<CheckpointConfiguration> = {}, historyMax?: number) {
    this.tracker = new StatisticsTracker(historyMax);
    this.#driver = new CoordinatorDriver({ tolerableFailed: 99, ...configuration });
    this.send(0, { kind: 'tasks-running', subtasks: SUBTASKS, random: 0.999_999 });
  }

  send(nowMs: number, event: CoordinatorEvent): readonly CheckpointStatistics[] {
    this.#driver.nowMs = nowMs;
    const wallMs = WALL_AHEAD_MS + nowMs + this.wallJumpMs;
    return this.tracker.follow(event, this.#driver.send(event), { wallMs, monotonicMs: nowMs });
  }

  passTo(nowMs: number): readonly CheckpointStatistics[] {
    return this.send(nowMs, { kind: 'time-passed' });
  }

  acknowledge(
    nowMs: number,
    checkpointId: number,
    index: number,
    metrics: Partial<SubtaskMetrics> = {},
  ): void {
    const subtask = SUBTASKS[index]!;
    const event = { kind: 'subtask-acknowledged', checkpointId, subtask } as const;
    this.send(nowMs, { ...event, metrics: { ...METRICS, ...metrics } });
  }

  complete(nowMs: number, checkpointId: number, kind: 'checkpoint' | 'savepoint' = 'checkpoint') {
    for (const index of SUBTASKS.keys()) this.acknowledge(nowMs, checkpointId, index);
    const snapshot = { ...snapshotOf(checkpointId, kind), completedAtMs: WALL_AHEAD_MS + nowMs };
    return this.send(nowMs, { kind: 'storage-completed', checkpointId, snapshot });
  }
}

test('a checkpoint is described by subtask, by vertex and as a whole', () => {
  const job = new TrackedJob();
  job.passTo(100);
  job.acknowledge(110, 1, 1, { stateSizeBytes: 50 });
  job.acknowledge(130, 1, 0);
  expect(job.tracker.checkpoint(1)).toMatchObject({
    status: 'IN_PROGRESS',
    endToEndMs: 30,
    stateSizeBytes: 250,
    subtaskCount: 3,
    acknowledgedCount: 2,
    location: null,
  });
  job.acknowledge(120 + 20, 1, 2, { isUnaligned: true, persistedBytes: 7 });
  const snapshot = { ...snapshotOf(1), completedAtMs: WALL_AHEAD_MS + 150 };
  const [record] = job.send(150, { kind: 'storage-completed', checkpointId: 1, snapshot });
  expect(record).toMatchObject({
    id: 1,
    status: 'COMPLETED',
    type: 'UNALIGNED_CHECKPOINT',
    isSavepoint: false,
    savepointFormat: null,
    triggeredAtMs: WALL_AHEAD_MS + 100,
    latestAckAtMs: WALL_AHEAD_MS + 140,
    endToEndMs: 40,
    completedAtMs: WALL_AHEAD_MS + 150,
    checkpointedSizeBytes: 300,
    stateSizeBytes: 600,
    processedBytes: 30,
    persistedBytes: 7,
    acknowledgedCount: 3,
    location: '/state/checkpoint-1',
    failedAtMs: null,
  });
  expect(record?.vertices.map(({ vertexId, endToEndMs }) => [vertexId, endToEndMs])).toEqual([
    ['source', 30],
    ['sink', 40],
  ]);
  expect(record?.vertices[0]?.subtasks).toEqual([
    { index: 0, ackAtMs: WALL_AHEAD_MS + 130, endToEndMs: 30, ...METRICS, isAborted: false },
    {
      index: 1,
      ackAtMs: WALL_AHEAD_MS + 110,
      endToEndMs: 10,
      ...METRICS,
      stateSizeBytes: 50,
      isAborted: false,
    },
  ]);
});

test('a failed checkpoint says why, when, and who had not come to its end', () => {
  const job = new TrackedJob();
  job.passTo(100);
  job.acknowledge(105, 1, 0);
  const subtask = SUBTASKS[2]!;
  const declined = { kind: 'subtask-declined', checkpointId: 1, subtask } as const;
  const why = { reason: 'async-failed', message: 'no space left', metrics: METRICS } as const;
  const [record] = job.send(125, { ...declined, ...why });
  expect(record).toMatchObject({
    status: 'FAILED',
    endToEndMs: 25,
    latestAckAtMs: WALL_AHEAD_MS + 105,
    acknowledgedCount: 1,
    stateSizeBytes: 200,
    failedAtMs: WALL_AHEAD_MS + 125,
    failureReason: 'async-failed',
    failureMessage: 'Asynchronous task checkpoint failed. no space left',
  });
  expect(record?.vertices[1]?.subtasks[0]).toMatchObject({ index: 0, isAborted: true });
  expect(job.tracker.overview()).toMatchObject({ latestFailed: { id: 1 }, latestCompleted: null });
});

test('a jump of the wall clock moves timestamps and no duration', () => {
  const job = new TrackedJob();
  job.passTo(100);
  job.wallJumpMs = -86_400_000;
  const [record] = job.complete(140, 1);
  expect(record?.endToEndMs).toBe(40);
  expect(record?.latestAckAtMs).toBe(WALL_AHEAD_MS + 140 - 86_400_000);
});

test('counts have triggers that came to nothing, latest keeps savepoints apart', () => {
  const job = new TrackedJob({ isTakenAfterTasksFinish: false });
  job.passTo(100);
  job.complete(110, 1);
  job.send(120, { kind: 'snapshot-requested', requestId: 's', request: savepoint() });
  job.complete(130, 2, 'savepoint');
  job.send(140, { kind: 'snapshot-requested', requestId: 't', request: savepoint('drain') });
  job.send(141, { kind: 'snapshot-requested', requestId: 'u', request: savepoint() });
  job.send(142, { kind: 'restarting' });
  job.send(150, { kind: 'tasks-running', subtasks: SUBTASKS, random: 0.999_999 });
  job.send(151, { kind: 'subtask-finished', subtask: SUBTASKS[0]! });
  job.passTo(250);
  const restored = {
    checkpointId: 1,
    restoredAtMs: WALL_AHEAD_MS,
    isSavepoint: false,
    location: '/state/checkpoint-1',
  };
  job.tracker.restored(restored);
  const overview = job.tracker.overview();
  expect(overview.counts).toEqual({
    restored: 1,
    total: 5,
    inProgress: 0,
    completed: 2,
    failed: 3,
  });
  expect(overview.latestCompleted?.id).toBe(1);
  expect(overview.latestSavepoint).toMatchObject({ id: 2, type: 'SAVEPOINT', isSavepoint: true });
  expect(overview.latestFailed).toMatchObject({ id: 3, type: 'SYNC_SAVEPOINT' });
  expect(overview.latestRestored).toEqual(restored);
  expect(overview.summary.endToEndMs).toMatchObject({ min: 10, max: 10, avg: 10, p50: 10 });
});

test('the history is bounded, newest first, and marks what was discarded', () => {
  const job = new TrackedJob({}, 3);
  for (let id = 1; id <= 4; id++) {
    job.passTo(id * 100);
    job.complete(id * 100 + 10, id);
  }
  job.passTo(500);
  const { history, counts } = job.tracker.overview();
  expect(history.map(({ id, status, isDiscarded }) => [id, status, isDiscarded])).toEqual([
    [5, 'IN_PROGRESS', false],
    [4, 'COMPLETED', false],
    [3, 'COMPLETED', true],
  ]);
  expect(counts).toMatchObject({ total: 5, completed: 4, inProgress: 1 });
  expect(job.tracker.checkpoint(2)).toBeNull();
});

test('without a complete checkpoint there is no summary', () => {
  const { summary, history } = new StatisticsTracker().overview();
  expect(new Set(Object.values(summary))).toEqual(new Set([null]));
  expect(history).toEqual([]);
});
