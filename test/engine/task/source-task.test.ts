import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/engine/batch/batch.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import type {
  DeadRecord,
  PollResult,
  Source,
  SplitReader,
} from '../../../src/engine/connector/contract.ts';
import type { SourceStreamNode } from '../../../src/engine/graph/stream-graph.ts';
import type { Operator } from '../../../src/engine/operator/contract.ts';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { Edge, NodeOutputs } from '../../../src/engine/task/edge.ts';
import { SourceTask } from '../../../src/engine/task/source-task.ts';
import { field } from '../batch/batch-of.ts';
import { column } from '../batch/expressions.ts';
import { types } from '../batch/nullable-types.ts';
import { context } from '../batch/scalar-reference.ts';
import { testMemory } from '../../support/test-memory.ts';

const schema = [field('at', types.instant)];

/** A row of this time; negative: a dead record; `wait` for a turn, `silent` until it is woken. */
type Poll = number | 'wait' | 'silent';

/** A split whose polls give one row each, and first say `waiting` where it is told to. */
class Split implements SplitReader {
  readonly name: string;
  isClosed = false;
  private readonly times: Poll[];
  private readonly dead: DeadRecord[];
  private silence: Promise<void> = Promise.resolve();
  private resume: (() => void) | null = null;

  constructor(name: string, times: readonly Poll[], dead: DeadRecord[]) {
    this.name = name;
    this.times = [...times];
    this.dead = dead;
  }

  poll(batch: Batch): PollResult {
    const next = this.times.shift();
    if (next === undefined) return 'ended';
    if (next === 'wait') return 'waiting';
    if (next === 'silent') {
      this.silence = new Promise((resolve) => (this.resume = resolve));
      return 'waiting';
    }
    if (next < 0) {
      this.dead.push(deadRecord(this.name));
      return this.poll(batch);
    }
    writeValue(batch.columns[0]!, 0, BigInt(next) * 1_000_000n);
    batch.rowCount = 1;
    return 'rows';
  }

  ready(): Promise<void> {
    return this.silence;
  }

  async wakeUp(): Promise<void> {
    this.resume?.();
    await this.silence;
  }

  snapshotState(): void {
    // Not part of these tests.
  }

  restoreState(): void {
    // Not part of these tests.
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

function deadRecord(split: string): DeadRecord {
  return {
    code: 'DREY_RECORD_UNREADABLE',
    source: 'events',
    split,
    position: 1,
    unit: 'line',
    column: null,
    reason: 'broken',
    raw: new Uint8Array(1),
  };
}

/** Writes down rows (as milliseconds), watermarks and the end; takes `room` batches at a time. */
class Recorder implements Operator {
  readonly events: string[] = [];
  room = Infinity;

  open(): void {
    // Has no outputs.
  }

  processBatch(batch: Batch): boolean {
    if (this.room === 0) return false;
    this.room--;
    for (let row = 0; row < batch.rowCount; row++) {
      const value = readValue(batch.columns[0]!, row);
      this.events.push(typeof value === 'bigint' ? String(value / 1_000_000n) : String(value));
    }
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    this.events.push(`watermark ${watermarkMs}`);
    return true;
  }

  processIdleness(isIdle: boolean): boolean {
    this.events.push(isIdle ? 'idle' : 'active');
    return true;
  }

  endInput(): boolean {
    this.events.push('end');
    return true;
  }

  snapshotState(): void {
    // Not part of these tests.
  }

  restoreState(): void {
    // Not part of these tests.
  }

  close(): void {
    // Holds nothing.
  }
}

interface Started {
  readonly task: SourceTask;
  readonly splits: readonly Split[];
  readonly rows: Recorder;
  readonly dead: Recorder;
  readonly counters: NodeCounters;
  readonly outputs: NodeOutputs;
  /** Lets time pass. */
  readonly advanceMs: (byMs: number) => void;
}

async function start(
  times: readonly (readonly Poll[])[],
  idleTimeoutMs: number | null = null,
): Promise<Started> {
  const deadRecords: DeadRecord[] = [];
  const splits = times.map((split, index) => new Split(`split ${index}`, split, deadRecords));
  const source: Source = {
    schema,
    isBounded: idleTimeoutMs === null,
    open: () => Promise.resolve(splits),
    progress: () => ({ bytesRead: 0, bytesTotal: null }),
  };
  const node: SourceStreamNode = {
    kind: 'source',
    uid: 'events',
    parallelism: 1,
    connector: { kind: 'stdin', format: jsonFormat },
    physicalSchema: schema,
    columns: [column(schema, 'at')],
    schema,
    watermark: { columnIndex: 0, strategy: { kind: 'ascending' }, idleTimeoutMs },
    onError: 'dead-letter',
    maxRecordBytes: 1000,
    isTable: false,
  };
  const counters = new NodeCounters();
  const outputs = new NodeOutputs(counters);
  const [rows, dead] = [new Recorder(), new Recorder()];
  outputs.main.edges.push(new Edge(rows, 0));
  outputs.stream('dead').edges.push(new Edge(dead, 0));
  let passedMs = 0;
  const clock = { nowMs: () => 0, zoneOffsetMs: () => 0, monotonicMs: () => passedMs };
  const task = new SourceTask({
    node,
    source,
    outputs,
    counters,
    context: { evaluation: context, memory: testMemory },
    clock,
    deadRecords,
    wake: () => undefined,
  });
  await task.open();
  const advanceMs = (byMs: number): void => {
    passedMs += byMs;
  };
  return { task, splits, rows, dead, counters, outputs, advanceMs };
}

const jsonFormat = {
  kind: 'json',
  failOnMissingField: false,
  timestampFormat: 'SQL',
  encodeDecimalAsPlainNumber: false,
  ignoreNullFields: false,
} as const;

async function runToEnd({ task, outputs }: Started): Promise<void> {
  for (let result = task.step(); result !== 'ended'; result = task.step()) {
    outputs.drain();
    // What was waiting is ready after a turn.
    await Promise.resolve();
  }
  outputs.drain();
}

const rowsAlone = (events: readonly string[]): readonly string[] =>
  events.filter((event) => /^\d/.test(event));

describe('a bounded source', () => {
  test('reads the split furthest behind in event time first', async () => {
    const started = await start([
      [10, 20, 50],
      [5, 30, 31],
      [40, 41],
    ]);
    await runToEnd(started);
    // Nothing is known of a split before its first row, so each gives one.
    const order = '10 5 40 30 20 50 31 41';
    expect(rowsAlone(started.rows.events).join(' ')).toBe(order);
  });

  test('waits for that split, though others have rows', async () => {
    const started = await start([
      [10, 'wait', 12],
      [20, 21],
    ]);
    const { task, rows } = started;
    expect([task.step(), task.step()]).toEqual(['rows', 'rows']);
    expect(task.step()).toBe('waiting');
    expect(rowsAlone(rows.events)).toEqual(['10', '20']);
    await runToEnd(started);
    expect(rowsAlone(rows.events)).toEqual(['10', '20', '12', '21']);
  });

  test('reads more splits than are open at a time, all to their end', async () => {
    const count = 150;
    const started = await start(Array.from({ length: count }, (_, index) => [1000 - index, 2000]));
    await runToEnd(started);
    const { events } = started.rows;
    expect(rowsAlone(events)).toHaveLength(2 * count);
    expect(events.slice(-2)).toEqual(['watermark Infinity', 'end']);
    // A split that was not begun holds the watermark back.
    const firstRise = events.findIndex((event) => event.startsWith('watermark'));
    expect(rowsAlone(events.slice(0, firstRise))).toContain(String(1000 - (count - 1)));
  });

  test('without splits ends at once', async () => {
    const started = await start([]);
    expect(started.task.step()).toBe('ended');
    expect(started.rows.events).toEqual(['watermark Infinity', 'end']);
    expect(started.task.step()).toBe('ended');
    expect(started.rows.events).toHaveLength(2);
  });

  test('closes all its splits', async () => {
    const { task, splits } = await start([[1], [2]]);
    task.step();
    await task.close();
    expect(splits.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });
});

describe('dead records', () => {
  test('go out before the end, are counted once, and wait for room', async () => {
    const started = await start([[-1], [-1, -1], [7]]);
    const { task, dead, rows, counters, outputs } = started;
    dead.room = 0;
    expect(task.step()).toBe('rows');
    expect(rows.events).toEqual([]);
    dead.room = Infinity;
    outputs.drain();
    await runToEnd(started);
    expect(dead.events).toEqual(['events', 'events', 'events', 'end']);
    expect(rowsAlone(rows.events)).toEqual(['7']);
    expect(counters.deadRecords).toBe(3);
  });
});

describe('a source that may never end', () => {
  test('goes on without a split that is silent, though another one has rows all the time', async () => {
    const { task, rows, advanceMs } = await start(
      [
        [1, 'silent'],
        [10, 20, 30, 40],
      ],
      5,
    );
    const steps = (count: number): void => {
      for (let step = 0; step < count; step++) task.step();
    };
    steps(3);
    expect(rows.events).toEqual(['1', '10', 'watermark 1', '20']);
    expect(task.idleAtMs()).toBe(5);
    advanceMs(5);
    steps(1);
    expect(rows.events.slice(4)).toEqual(['watermark 20', '30', 'watermark 30']);
    expect(task.idleAtMs()).toBeNull();
  });

  test('is idle when all its splits are, and says so before its next row', async () => {
    const { task, rows, advanceMs, splits } = await start(
      [
        [1, 'silent', 7],
        [10, 'silent'],
      ],
      5,
    );
    while (task.step() !== 'waiting') {
      // Until there is nothing to read.
    }
    advanceMs(5);
    expect(task.step()).toBe('waiting');
    expect(rows.events).toEqual(['1', '10', 'watermark 1', 'watermark 10', 'idle']);
    await splits[0]!.wakeUp();
    expect(task.step()).toBe('rows');
    expect(rows.events.slice(5)).toEqual(['active', '7']);
  });

  test('does not count the time in which nobody asked a split for rows', async () => {
    const { task, rows, advanceMs } = await start(
      [
        [1, 2, 'silent'],
        [10, 'silent'],
      ],
      5,
    );
    task.step();
    advanceMs(100);
    while (task.step() !== 'waiting') {
      // Until there is nothing to read.
    }
    advanceMs(4);
    task.step();
    expect(rows.events).toEqual(['1', '10', 'watermark 1', '2', 'watermark 2']);
  });

  test('with splits that have ended beside one that is silent is idle', async () => {
    const { task, rows, advanceMs } = await start([[1], [10, 'silent']], 5);
    while (task.step() !== 'waiting') {
      // Until there is nothing to read.
    }
    advanceMs(5);
    task.step();
    expect(rows.events).toEqual(['1', '10', 'watermark 1', 'watermark 10', 'idle']);
  });
});
