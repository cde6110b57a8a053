import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHECKPOINT_CONFIGURATION_DEFAULT } from '../../../../src/engine/checkpoint/checkpoint-configuration.ts';
import { failureReasons } from '../../../../src/engine/checkpoint/failure-reason.ts';
import type {
  CheckpointStatistics,
  SubtaskStatistics,
} from '../../../../src/engine/checkpoint/statistics/checkpoint-statistics.ts';
import {
  MESSAGE_LENGTH_MAX,
  parseStatisticsLine,
  statisticsLine,
  SUBTASKS_PER_VERTEX_MAX,
  type StatisticsRecord,
} from '../../../../src/engine/checkpoint/statistics/statistics-line.ts';
import { runs } from '../../../support/property-runs.ts';
import { METRICS } from '../coordinator-driver.ts';

const whole = fc.nat({ max: 2_000_000_000 });
const durationMs = fc.double({ min: 0, max: 1e9, noNaN: true }).map((ms) => ms + 0);
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(value, { nil: null });

const subtask: fc.Arbitrary<SubtaskStatistics> = fc.record({
  index: whole,
  ackAtMs: whole,
  endToEndMs: durationMs,
  startDelayMs: durationMs,
  alignmentMs: durationMs,
  syncMs: durationMs,
  asyncMs: durationMs,
  checkpointedSizeBytes: whole,
  stateSizeBytes: whole,
  processedBytes: whole,
  persistedBytes: whole,
  isUnaligned: fc.boolean(),
  isAborted: fc.boolean(),
});

const totals = {
  latestAckAtMs: orNull(whole),
  endToEndMs: orNull(durationMs),
  checkpointedSizeBytes: whole,
  stateSizeBytes: whole,
  processedBytes: whole,
  persistedBytes: whole,
  subtaskCount: whole,
  acknowledgedCount: whole,
};

const vertex = fc.record({
  vertexId: fc.string(),
  ...totals,
  subtasks: fc.array(subtask, { maxLength: 4 }),
});

const record: fc.Arbitrary<StatisticsRecord> = fc.oneof(
  fc.record({
    kind: fc.constant('checkpoint' as const),
    id: whole,
    status: fc.constantFrom('COMPLETED' as const, 'FAILED' as const),
    type: fc.constantFrom('CHECKPOINT' as const, 'SYNC_SAVEPOINT' as const),
    isSavepoint: fc.boolean(),
    savepointFormat: orNull(fc.constantFrom('CANONICAL' as const, 'NATIVE' as const)),
    triggeredAtMs: whole,
    ...totals,
    completedAtMs: orNull(whole),
    location: orNull(fc.string()),
    isDiscarded: fc.boolean(),
    failedAtMs: orNull(whole),
    failureReason: orNull(fc.constantFrom('expired' as const, 'declined' as const)),
    failureMessage: orNull(fc.string({ unit: 'binary' })),
    vertices: fc.array(vertex, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('restore' as const),
    checkpointId: whole,
    restoredAtMs: whole,
    isSavepoint: fc.boolean(),
    location: fc.string(),
  }),
  fc.record({
    kind: fc.constant('run' as const),
    jobId: fc.string(),
    jobName: fc.string({ unit: 'binary' }),
    startedAtMs: whole,
    configuration: fc
      .record({ intervalMs: orNull(whole), directory: orNull(fc.string()) })
      .map((values) => ({ ...CHECKPOINT_CONFIGURATION_DEFAULT, ...values })),
  }),
);

const FAILED: { readonly kind: 'checkpoint' } & CheckpointStatistics = {
  kind: 'checkpoint',
  id: 3,
  status: 'FAILED',
  type: 'CHECKPOINT',
  isSavepoint: false,
  savepointFormat: null,
  triggeredAtMs: 1_700_000_000_000,
  latestAckAtMs: 1_700_000_000_020,
  endToEndMs: 600_000,
  checkpointedSizeBytes: 10,
  stateSizeBytes: 20,
  processedBytes: 0,
  persistedBytes: 0,
  subtaskCount: 2,
  acknowledgedCount: 1,
  completedAtMs: null,
  location: null,
  isDiscarded: false,
  failedAtMs: 1_700_000_600_000,
  failureReason: 'expired',
  failureMessage: failureReasons.expired.text,
  vertices: [
    {
      vertexId: 'source',
      latestAckAtMs: 1_700_000_000_020,
      endToEndMs: 20,
      checkpointedSizeBytes: 10,
      stateSizeBytes: 20,
      processedBytes: 0,
      persistedBytes: 0,
      subtaskCount: 2,
      acknowledgedCount: 1,
      subtasks: [
        { index: 0, ackAtMs: 1_700_000_000_020, endToEndMs: 20, ...METRICS, isAborted: false },
      ],
    },
  ],
};

test('a line is one line, and is read back as the record it was', () => {
  fc.assert(
    fc.property(record, (written) => {
      const line = statisticsLine(written);
      expect(line).not.toContain('\n');
      expect(parseStatisticsLine(line)).toEqual(written);
    }),
    { numRuns: runs(300) },
  );
});

test('a line that was cut at any place is malformed', () => {
  const line = statisticsLine(FAILED);
  for (let length = 0; length < line.length; length++) {
    expect(parseStatisticsLine(line.slice(0, length)).kind).toBe('malformed');
  }
});

test('what is wrong with a line is said with its place', () => {
  const changed = (change: (values: Record<string, unknown>) => void): unknown => {
    const values: Record<string, unknown> = JSON.parse(statisticsLine(FAILED));
    change(values);
    return parseStatisticsLine(JSON.stringify(values));
  };
  const cases: readonly (readonly [(values: Record<string, unknown>) => void, string])[] = [
    [(values) => (values['version'] = 2), 'its version is 2; this drey reads 1'],
    [(values) => delete values['version'], 'the line.version is no whole number'],
    [(values) => (values['extra'] = 1), 'the line has an unknown field "extra"'],
    [(values) => delete values['isSavepoint'], 'the line.isSavepoint is neither true nor false'],
    [(values) => (values['id'] = 1.5), 'the line.id is no whole number'],
    [(values) => (values['endToEndMs'] = -1), 'the line.endToEndMs is no duration'],
    [(values) => (values['failureReason'] = 'bored'), 'the line.failureReason is none of'],
    [(values) => (values['kind'] = 'other'), 'the line.kind is none of run, restore, checkpoint'],
    [(values) => (values['vertices'] = {}), 'the line.vertices is no list'],
    [(values) => (values['vertices'] = [7]), 'the line.vertices[0] is no object'],
    [
      (values) => (values['vertices'] = [{ ...FAILED.vertices[0], subtasks: [{ index: 'x' }] }]),
      'the line.vertices[0].subtasks[0].index is no whole number',
    ],
    [(values) => (values['__proto__x'] = null), 'the line has an unknown field "__proto__x"'],
  ];
  for (const [change, problem] of cases) {
    expect(changed(change)).toMatchObject({
      kind: 'malformed',
      problem: expect.stringContaining(problem),
    });
  }
  expect(parseStatisticsLine('[1]')).toMatchObject({ problem: 'the line is no object' });
});

test('a line holds the slowest subtasks of a large vertex, in their order, and cuts long texts', () => {
  const [small] = FAILED.vertices;
  if (small === undefined) throw new Error('there is a vertex');
  const first = small.subtasks[0]!;
  const subtasks = Array.from({ length: SUBTASKS_PER_VERTEX_MAX + 2 }, (_, index) => ({
    ...first,
    index,
    endToEndMs: index === 5 || index === 9 ? 1 : 100,
  }));
  const failureMessage = 'x'.repeat(MESSAGE_LENGTH_MAX + 1);
  const large = { ...FAILED, failureMessage, vertices: [{ ...small, subtasks }] };
  const read = parseStatisticsLine(statisticsLine(large));
  if (read.kind !== 'checkpoint') throw new Error(`it was read as ${read.kind}`);
  expect(read.failureMessage).toHaveLength(MESSAGE_LENGTH_MAX);
  expect(read.vertices[0]?.subtasks).toEqual(
    subtasks.filter(({ index }) => index !== 5 && index !== 9),
  );
});
