/**
 * The operator that runs a process function: one row after the other with the state and the timers
 * of its key. Timers of event time fire as soon as the watermark before a row has come to them, so
 * that results do not depend on where batches are cut. As Flink's KeyedProcessOperator.
 */
import { assert } from '../../errors/assert.ts';
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { Operator, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { KeyedBackend } from '../state/backend/keyed-backend.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import { KeyedStates } from '../state/keyed/keyed-states.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { TimerService } from '../time/timer-service.ts';
import { FunctionRunner } from './function-runner.ts';
import { KeyReader } from './key-reader.ts';
import { instantiate } from './load-function.ts';
import type { ProcessFunction, WindowFunction } from './process-function.ts';
import { readProgress, writeProgress } from './operator-progress.ts';
import { ProcessOutputs } from './process-outputs.ts';
import type { KeyedProcessSpec } from './process-spec.ts';
import { RowReader } from './row-reader.ts';
import { TimerBudget } from './timer-budget.ts';
import { WindowedFunction } from './window-function.ts';

export class KeyedProcessOperator implements Operator {
  private readonly spec: KeyedProcessSpec;
  private readonly counters: NodeCounters;
  private readonly encoder: KeyEncoder;
  private readonly backend: KeyedBackend;
  private readonly keys: KeyReader;
  private readonly rows: RowReader;
  private readonly states: KeyedStates;
  private readonly timers = new TimerService();
  private readonly budget: TimerBudget;
  private readonly runner: FunctionRunner;
  private readonly ids: Int32Array;
  private outputs: ProcessOutputs | null = null;
  /** Rows of the batch at hand that were processed; -1: its keys are not known yet. */
  private position = -1;
  /** The watermark has risen and its timers have not all fired; the outputs have seen this one. */
  private firingFromMs: number | null = null;
  private emittedWatermarkMs = WATERMARK_MIN;

  constructor(spec: KeyedProcessSpec, context: TaskContext, counters: NodeCounters) {
    const { memory, evaluation } = context;
    this.spec = spec;
    this.budget = new TimerBudget(spec.name, spec.moduleText);
    this.counters = counters;
    this.encoder = new KeyEncoder(memory);
    const nowMs = (): number => evaluation.nowMs();
    this.backend = new KeyedBackend(memory, nowMs, context.stateBackend);
    this.backend.add(this.timers.eventTime, '');
    this.backend.add(this.timers.processingTime, '');
    const keySchema = spec.keyIndexes.map((index) => spec.inputSchema[index]!);
    this.keys = new KeyReader(keySchema, this.backend.keys.dictionary, memory);
    this.rows = new RowReader(spec.inputSchema);
    this.ids = memory.int32Array(BATCH_ROWS);
    this.states = new KeyedStates(this.backend, nowMs);
    this.runner = new FunctionRunner({
      spec,
      instance: instanceOf(spec, context.modules?.get(spec.modulePath), counters),
      states: this.states,
      timers: this.timers,
      keys: this.keys,
      nowMs,
    });
  }

  get nextTimerMs(): number {
    return this.timers.processingTime.nextMs;
  }

  open(outputs: Outputs): void {
    this.outputs = new ProcessOutputs(this.spec, outputs);
    this.runner.open(this.outputs);
  }

  processBatch(batch: Batch): boolean {
    if (this.position < 0) this.begin(batch);
    if (!this.outputs!.flushFull()) return false;
    try {
      if (!this.processRows(batch)) return false;
    } catch (error) {
      throw this.runner.failure(error);
    }
    if (!this.outputs!.flush()) return false;
    this.position = -1;
    this.sweepKeys();
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    const outputs = this.outputs!;
    if (!outputs.flushFull()) return false;
    try {
      if (!this.advanceTo(watermarkMs)) return false;
    } catch (error) {
      throw this.runner.failure(error);
    }
    if (!outputs.flush()) return false;
    if (watermarkMs > this.emittedWatermarkMs) {
      this.emittedWatermarkMs = watermarkMs;
      outputs.emitWatermark(watermarkMs);
      this.sweepKeys();
    }
    return true;
  }

  processTimers(nowMs: number): boolean {
    const outputs = this.outputs!;
    const { processingTime, watermarkMs } = this.timers;
    try {
      this.budget.begin(processingTime.size, nowMs);
      while (processingTime.nextMs <= nowMs) {
        if (!outputs.flushFull()) return false;
        this.budget.spend(processingTime.nextMs);
        this.runner.fire(processingTime, 'processingTime', watermarkMs);
      }
    } catch (error) {
      throw this.runner.failure(error);
    }
    return outputs.flush();
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    assert(this.position < 0 && this.firingFromMs === null, 'snapshots are taken between calls');
    writeProgress(snapshot, {
      watermarkMs: this.timers.watermarkMs,
      emittedWatermarkMs: this.emittedWatermarkMs,
      lateRecords: this.counters.lateRecords,
    });
    this.backend.snapshotState(snapshot);
  }

  restoreState(restored: RestoredState): void {
    const { watermarkMs, emittedWatermarkMs, lateRecords } = readProgress(restored);
    this.timers.watermarkMs = watermarkMs;
    this.emittedWatermarkMs = emittedWatermarkMs;
    this.counters.lateRecords = lateRecords;
    const { eventTime, processingTime } = this.timers;
    this.backend.restoreState(restored, (kind, name) => {
      if (kind === eventTime.kind) return eventTime;
      if (kind === processingTime.kind) return processingTime;
      return this.states.restoredTable(kind, name);
    });
  }

  checkpointCompleted(checkpointId: number): void {
    this.backend.checkpointCompleted(checkpointId);
  }

  close(): void {
    try {
      this.runner.close();
    } finally {
      this.backend.close();
    }
  }

  /** Finds the ids of the keys. All columns are read, so none of their values may have failed. */
  private begin(batch: Batch): void {
    for (const [index, column] of batch.columns.entries()) {
      throwFirstFailure(column, batch.rowCount, this.spec.inputSchema[index]!.name);
    }
    const columns = this.spec.keyIndexes.map((index) => batch.columns[index]!);
    const keys = this.encoder.encode(columns, batch.rowCount);
    this.backend.keys.dictionary.internAll(keys, batch.rowCount, this.ids);
    this.position = 0;
  }

  /** False: an output is full. */
  private processRows(batch: Batch): boolean {
    const { rowCount, watermarksBefore } = batch;
    const { runner, rows, states, ids } = this;
    const times = this.timesOf(batch);
    while (this.position < rowCount) {
      const row = this.position;
      if (watermarksBefore !== null && !this.advanceTo(watermarksBefore[row]!)) return false;
      const timestampMs = times === null || times.nulls[row] === 1 ? null : times.millis[row]!;
      runner.processRow(rows.read(batch, row), ids[row]!, timestampMs);
      states.afterRow();
      this.position = row + 1;
      if (!this.outputs!.flushFull()) return false;
    }
    return true;
  }

  /** Raises the watermark and fires the timers that it has come to; false: an output is full. */
  private advanceTo(watermarkMs: number): boolean {
    const { timers } = this;
    if (watermarkMs > timers.watermarkMs) {
      this.firingFromMs ??= timers.watermarkMs;
      timers.watermarkMs = watermarkMs;
      this.budget.begin(timers.eventTime.size, watermarkMs);
    }
    if (this.firingFromMs === null) return true;
    while (timers.hasDueEventTimer) {
      if (!this.outputs!.flushFull()) return false;
      this.budget.spend(timers.eventTime.nextMs);
      this.runner.fire(timers.eventTime, 'eventTime', this.firingFromMs);
    }
    this.firingFromMs = null;
    return this.outputs!.flushFull();
  }

  private timesOf(batch: Batch): (Column & { kind: 'timestamp' }) | null {
    const { timeIndex } = this.spec;
    if (timeIndex === null) return null;
    const column = batch.columns[timeIndex]!;
    assert(column.kind === 'timestamp', 'a time attribute is a timestamp');
    return column;
  }

  private sweepKeys(): void {
    this.backend.sweepKeys(() => {
      this.keys.forget();
    });
  }
}

/** The author's function, or the one that gives it whole windows. */
function instanceOf(
  { name, moduleText, window }: KeyedProcessSpec,
  exported: unknown,
  counters: NodeCounters,
): ProcessFunction {
  const method = window === null ? 'processElement' : 'processWindow';
  const instance = instantiate(exported, { node: name, module: moduleText, method });
  return window === null
    ? (instance as ProcessFunction)
    : new WindowedFunction(instance as WindowFunction, window, counters);
}
