/** Source tasks over splits whose polls are written down, and a consumer that writes down what it gets. */
import type { Batch } from '../../../src/engine/batch/batch.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import type {
  DeadRecord,
  PollResult,
  Source,
  SplitReader,
} from '../../../src/engine/connector/contract.ts';
import { dealtTo } from '../../../src/engine/connector/split-assignment.ts';
import type { SourceStreamNode } from '../../../src/engine/graph/stream-graph.ts';
import type { Operator } from '../../../src/engine/operator/contract.ts';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import type { RestoredState } from '../../../src/engine/state/operator-snapshot.ts';
import type { StateReader } from '../../../src/engine/state/state-reader.ts';
import type { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { Edge, NodeOutputs } from '../../../src/engine/task/edge.ts';
import { SourceTask, type SubtaskPlace } from '../../../src/engine/task/source-task.ts';
import type {
  AlignmentGroup,
  AlignmentSpec,
} from '../../../src/engine/time/watermark-alignment.ts';
import { field } from '../batch/batch-of.ts';
import { column } from '../batch/expressions.ts';
import { types } from '../batch/nullable-types.ts';
import { context } from '../batch/scalar-reference.ts';
import { testMemory } from '../../support/test-memory.ts';

const schema = [field('at', types.instant)];

/** A row of this time; negative: a dead record; `wait` for a turn, `silent` until it is woken. */
export type Poll = number | 'wait' | 'silent';

/** A split whose polls give one row each, and first say `waiting` where it is told to. */
export class ScriptedSplit implements SplitReader {
  readonly name: string;
  isClosed = false;
  /** Closing it fails with this. */
  closeFailure: Error | null = null;
  /** Rows that were polled. */
  rowCount = 0;
  private readonly times: Poll[];
  private readonly length: number;
  private readonly dead: DeadRecord[];
  private silence: Promise<void> = Promise.resolve();
  private resume: (() => void) | null = null;

  constructor(name: string, times: readonly Poll[], dead: DeadRecord[]) {
    this.name = name;
    this.times = [...times];
    this.length = times.length;
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
    this.rowCount++;
    return 'rows';
  }

  ready(): Promise<void> {
    return this.silence;
  }

  async wakeUp(): Promise<void> {
    this.resume?.();
    await this.silence;
  }

  snapshotState(writer: StateWriter): void {
    writer.uint32(this.length - this.times.length);
  }

  restoreState(reader: StateReader): void {
    this.times.splice(0, reader.uint32());
  }

  close(): Promise<void> {
    this.isClosed = true;
    return this.closeFailure === null ? Promise.resolve() : Promise.reject(this.closeFailure);
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
export class Recorder implements Operator {
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

export interface StartedSource {
  readonly task: SourceTask;
  readonly splits: readonly ScriptedSplit[];
  readonly rows: Recorder;
  readonly dead: Recorder;
  readonly counters: NodeCounters;
  readonly outputs: NodeOutputs;
  /** Lets time pass. */
  readonly advanceMs: (byMs: number) => void;
}

export interface ScriptedOptions {
  readonly uid?: string;
  /** Not null: the source may never end. */
  readonly idleTimeoutMs?: number | null;
  readonly emitIntervalMs?: number;
  readonly alignment?: AlignmentSpec;
  readonly group?: AlignmentGroup;
  /** One of one by default. */
  readonly place?: SubtaskPlace;
  /** What the source starts from. */
  readonly restored?: RestoredState;
}

export async function startSource(
  times: readonly (readonly Poll[])[],
  { idleTimeoutMs = null, uid = 'events', ...options }: ScriptedOptions = {},
): Promise<StartedSource> {
  const deadRecords: DeadRecord[] = [];
  const splits = times.map(
    (split, index) => new ScriptedSplit(`split ${index}`, split, deadRecords),
  );
  const source: Source = {
    schema,
    isBounded: idleTimeoutMs === null,
    isRepeatable: true,
    open: (place) =>
      Promise.resolve(
        place.restored === null
          ? dealtTo(splits, place)
          : dealtTo(place.restored.names, place).flatMap((name) =>
              splits.filter((split) => split.name === name),
            ),
      ),
    progress: () => ({ bytesRead: 0, bytesTotal: null }),
  };
  const node: SourceStreamNode = {
    kind: 'source',
    uid,
    parallelism: 1,
    connector: { kind: 'stdin', format: jsonFormat },
    physicalSchema: schema,
    columns: [column(schema, 'at')],
    schema,
    watermark: {
      columnIndex: 0,
      strategy: { kind: 'ascending' },
      emitIntervalMs: options.emitIntervalMs ?? null,
      idleTimeoutMs,
      alignment: options.alignment ?? null,
    },
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
    alignment: options.group ?? null,
    wake: () => undefined,
  });
  if (options.restored !== undefined) task.restoreState(options.restored);
  await task.open(options.place);
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
