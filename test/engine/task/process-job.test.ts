import { describe, expect, test } from 'vitest';
import type {
  ProcessFunction,
  WindowFunction,
} from '../../../src/engine/process/process-function.ts';
import { runSimulated } from '../../support/simulated-job.ts';

const pipeline = `
pipeline: { name: visits }
sources:
  events:
    connector: filesystem
    path: events.jsonl
    format: json
    columns: { userId: STRING, ts: BIGINT, eventTime: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: eventTime, delay: 1s }
transforms:
  visits:
    where: userId <> 'robot'
    process:
      module: ./visits.js
      key-by: [userId]
      columns: { userId: STRING, n: BIGINT, eventTime: TIMESTAMP_LTZ(3) }
      sides: { first: { userId: STRING } }
    select: { userId: userId, n: n, eventTime: eventTime }
  per_minute:
    from: visits
    window: { type: tumble, size: 1min }
    group-by: [userId]
    aggregate: { most: MAX(n) }
sinks:
  result: { from: per_minute, connector: filesystem, path: out, format: json }
  firsts: { from: visits.first, connector: print }
`;

const events = ['a 1000', 'robot 1500', 'b 2000', 'a 3000', 'a 61000', 'b 62000', 'a 63000'];
const lines = events
  .map((each) => each.split(' '))
  .map(([userId, ts]) => JSON.stringify({ userId, ts: Number(ts) }))
  .join('\n');

const visits = {
  open(context) {
    this.count = context.valueState<number>('count');
  },
  processElement(row, context, out) {
    const n = (this.count.value() ?? 0) + 1;
    this.count.update(n);
    if (n === 1) context.sideOutput('first', { userId: row['userId'] ?? null });
    out.collect({ userId: row['userId'] ?? null, n });
  },
} as ProcessFunction & { count: { value(): number | null; update(n: number): void } };

describe('a job with a process function', () => {
  test('reads its input, feeds a window behind it, and opens side outputs', async () => {
    const job = { pipeline, files: { 'events.jsonl': lines } };
    const { output, summary } = await runSimulated(job, {
      seed: 1,
      modules: { '/work/visits.js': visits },
    });
    expect(output).toBe('{"userId":"a"}\n{"userId":"b"}\n');
    expect(summary).toMatchObject({ state: 'FINISHED', recordsIn: 7, recordsOut: 6 });
  });

  test('names the node whose module is not there', async () => {
    const job = { pipeline, files: { 'events.jsonl': lines } };
    await expect(runSimulated(job, { seed: 1 })).rejects.toMatchObject({
      code: 'DREY_MODULE_NOT_FOUND',
      message: 'visits: there is no module /work/visits.js',
    });
  });

  test('ends with the place where the function threw', async () => {
    const failing: ProcessFunction = {
      processElement(row) {
        if (row['userId'] === 'b') throw new RangeError('no b');
      },
    };
    const job = { pipeline, files: { 'events.jsonl': lines } };
    await expect(
      runSimulated(job, { seed: 1, modules: { '/work/visits.js': failing } }),
    ).rejects.toMatchObject({
      code: 'DREY_PROCESS_FAILED',
      message: 'visits: processElement of ./visits.js, key {"userId":"b"}: RangeError: no b',
      details: { timestampMs: 2000, row: '{"userId":"b","ts":2000,"eventTime":2000}' },
    });
  });

  test('gives whole windows to a function that wants them', async () => {
    const windowed = pipeline
      .replace(
        'columns: { userId: STRING, n: BIGINT, eventTime',
        'columns: { userId: STRING, first: BIGINT, n: BIGINT, eventTime',
      )
      .replace('    select: {', '    window: { type: tumble, size: 30s }\n    select: {');
    const counted: WindowFunction = {
      processWindow(_window, rows, context, out) {
        const first = rows[0]!['ts'] ?? null;
        if (rows.length > 1) context.sideOutput('first', { userId: context.key['userId'] ?? null });
        out.collect({ userId: context.key['userId'] ?? null, first, n: rows.length });
      },
    };
    const job = { pipeline: windowed, files: { 'events.jsonl': lines } };
    const { output, summary } = await runSimulated(job, {
      seed: 1,
      modules: { '/work/visits.js': counted },
    });
    expect(output).toBe('{"userId":"a"}\n{"userId":"a"}\n');
    // Two windows of each of two users, and a minute over each of them.
    expect(summary).toMatchObject({ state: 'FINISHED', recordsOut: 6, lateRecords: 0 });
  });
});
