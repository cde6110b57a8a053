import { expect, test } from 'vitest';
import { startSimulated } from '../support/simulated-job.ts';

const pipeline = `
pipeline: { name: numbers }
sources:
  numbers:
    connector: filesystem
    path: numbers.jsonl
    format: json
    columns: { id: BIGINT, ts: BIGINT, at: 'AS TO_TIMESTAMP_LTZ(ts, 3)' }
    watermark: { column: at, delay: 1s }
transforms:
  passed: { from: numbers, where: id > 0 }
sinks:
  rows: { from: passed, connector: print }
`;
const files = { 'numbers.jsonl': '{"id":0,"ts":5000}\n{"id":1,"ts":7000}\n{"id":2,"ts":6000}\n' };

test('a job sums up what it did, and its progress ends with the same numbers', async () => {
  const { platform, handle } = await startSimulated({ pipeline, files }, { seed: 1 });
  const before = handle.progress();
  expect(before).toMatchObject({ recordsIn: 0, watermarkAtMs: null, durationMs: 0 });
  const summary = await platform.drive(handle.done);
  const { bytesRead, bytesTotal, ...counts } = handle.progress();
  expect([bytesRead, bytesTotal]).toEqual([
    files['numbers.jsonl'].length,
    files['numbers.jsonl'].length,
  ]);
  expect(summary).toEqual({
    jobId: handle.jobId,
    name: 'numbers',
    state: 'FINISHED',
    ...counts,
    checkpoints: { completed: 0, failed: 0, latest: null },
    restoredFrom: null,
  });
  expect(summary).toMatchObject({
    recordsIn: 3,
    recordsOut: 2,
    lateRecords: 0,
    deadRecords: 0,
    watermarkAtMs: 6000,
  });
  expect(handle.jobId).toMatch(/^[0-9a-f]{32}$/);
});

test('durations are whole milliseconds', async () => {
  const { platform, handle } = await startSimulated({ pipeline, files }, { seed: 2 });
  const { durationMs } = await platform.drive(handle.done);
  expect(platform.clock.monotonicMs() % 1).not.toBe(0);
  expect(durationMs).toBe(Math.round(durationMs));
  expect(durationMs).toBeGreaterThan(0);
});
