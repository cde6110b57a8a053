/**
 * The window aggregate: groups the rows of each tumbling window by their keys and emits one row a
 * group when the watermark passes the window's end (final results). This is where UV is counted.
 * Rows whose window has fired are late: counted, and passed to the side stream `late`.
 * Keys and distinct operands become dense ids of dictionaries, which forget what no open window
 * uses, so an endless stream needs memory for its open windows only.
 */
import { assert } from '../../errors/assert.ts';
import type { AggregateExpression } from '../../expression/tree.ts';
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { compileExpression, type ColumnEvaluator } from '../batch/evaluator.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { DictionarySweep } from '../state/dictionary-sweep.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { AggregateInputs } from './aggregate-inputs.ts';
import { LateOutput } from './late-output.ts';
import { OpenWindow } from './open-window.ts';
import { TumbleAssigner, type WindowBounds } from './tumble-assigner.ts';
import { WindowEmission } from './window-emission.ts';
import { WindowRows } from './window-rows.ts';
import type { WindowAggregateSpec } from './window-spec.ts';

export class WindowAggregateOperator implements Operator {
  private readonly spec: WindowAggregateSpec;
  private readonly counters: NodeCounters;
  private readonly assigner: TumbleAssigner;
  private readonly aggregates: readonly AggregateExpression[];
  private readonly groupEvaluators: readonly ColumnEvaluator[];
  private readonly encoders: readonly KeyEncoder[];
  private readonly context: TaskContext;
  private readonly keys: KeyDictionary;
  private readonly keySweep: DictionarySweep;
  private readonly inputs: AggregateInputs;
  private readonly operandSweeps: readonly DictionarySweep[];
  private readonly emission: WindowEmission;
  private readonly windows = new Map<number, OpenWindow>();
  private readonly windowRows: WindowRows;
  private readonly keyIds: Int32Array;
  private readonly slots: Int32Array;
  private readonly localMs = new Float64Array(BATCH_ROWS);
  private readonly findWindow = (localMs: number, watermarkMs: number): OpenWindow | null =>
    this.windowOf(localMs, watermarkMs);
  private main: Output | null = null;
  private late: LateOutput | null = null;
  private watermarkMs = WATERMARK_MIN;
  /** The earliest moment at which an open window fires. */
  private nextTriggerMs = Infinity;

  constructor(spec: WindowAggregateSpec, context: TaskContext, counters: NodeCounters) {
    const { memory, evaluation } = context;
    this.spec = spec;
    this.context = context;
    this.keys = new KeyDictionary(memory);
    this.keySweep = new DictionarySweep(this.keys, memory);
    this.windowRows = new WindowRows(memory);
    this.keyIds = memory.int32Array(BATCH_ROWS);
    this.slots = memory.int32Array(BATCH_ROWS);
    this.counters = counters;
    this.assigner = new TumbleAssigner(spec);
    this.aggregates = spec.aggregates.flatMap((aggregate) =>
      aggregate.kind === 'aggregate' ? [aggregate.aggregate] : [],
    );
    this.groupEvaluators = spec.groupBy.map((expression) =>
      compileExpression(expression, spec.inputSchema, evaluation),
    );
    const isMany = spec.groupingSets.length > 1;
    this.encoders = spec.groupingSets.map(
      (_set, index) => new KeyEncoder(memory, isMany ? index : null),
    );
    this.inputs = new AggregateInputs(this.aggregates, spec.inputSchema, context);
    this.operandSweeps = this.inputs.dictionaries.map(
      (dictionary) => new DictionarySweep(dictionary, memory),
    );
    this.emission = new WindowEmission(spec, this.keys, memory);
  }

  open(outputs: Outputs): void {
    this.main = outputs.main;
    const side = outputs.side('late');
    this.late = side === null ? null : new LateOutput(side, this.spec.inputSchema);
  }

  processBatch(batch: Batch): boolean {
    if (this.late?.isPending === true) return this.late.flush();
    this.assignWindows(batch);
    const { lateCount, lateRows } = this.windowRows;
    this.counters.lateRecords += lateCount;
    if (this.windowRows.windows.length > 0) this.accumulate(batch);
    if (lateCount === 0 || this.late === null) return true;
    this.late.take(batch, lateRows, lateCount);
    return this.late.flush();
  }

  processWatermark(watermarkMs: number): boolean {
    const output = this.main!;
    // Rows of a window go out under the watermark before, so that a later window takes them.
    for (;;) {
      if (!this.emission.continue(output, this.watermarkMs)) return false;
      if (this.windows.size === 0 || this.nextTriggerMs > watermarkMs) break;
      this.fireNext();
    }
    if (watermarkMs > this.watermarkMs) {
      this.watermarkMs = watermarkMs;
      output.emitWatermark(watermarkMs);
      this.sweep();
    }
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(writer: StateWriter): void {
    assert(!this.emission.isBusy, 'snapshots are taken between calls');
    writer.float64(this.watermarkMs);
    writer.float64(this.counters.lateRecords);
    this.keys.snapshotState(writer);
    for (const dictionary of this.inputs.dictionaries) dictionary.snapshotState(writer);
    writer.uint32(this.windows.size);
    for (const window of this.windows.values()) {
      writer.float64(window.startMs);
      window.snapshotState(writer);
    }
  }

  restoreState(reader: StateReader): void {
    this.watermarkMs = reader.float64();
    this.counters.lateRecords = reader.float64();
    this.keys.restoreState(reader);
    for (const dictionary of this.inputs.dictionaries) dictionary.restoreState(reader);
    const count = reader.uint32();
    for (let index = 0; index < count; index++) {
      const window = this.openWindow(this.assigner.boundsFrom(reader.float64()));
      window.restoreState(reader, this.keys.idLimit);
    }
  }

  close(): void {
    this.windows.clear();
  }

  private assignWindows(batch: Batch): void {
    const column = batch.columns[this.spec.timeIndex]!;
    assert(column.kind === 'timestamp', 'the time attribute is a timestamp');
    const { zone } = this.spec;
    let times = column.millis;
    if (zone !== null) {
      times = this.localMs;
      for (let row = 0; row < batch.rowCount; row++) {
        times[row] = zone.toLocalMs(column.millis[row]!);
      }
    }
    this.windowRows.assign(batch.rowCount, times, batch.watermarksBefore, this.findWindow);
  }

  private accumulate(batch: Batch): void {
    const columns: Column[] = [];
    for (const evaluator of this.groupEvaluators) {
      const column = evaluator.evaluate(batch);
      throwFirstFailure(column, batch.rowCount);
      columns.push(column);
    }
    this.inputs.evaluate(batch);
    for (const [index, set] of this.spec.groupingSets.entries()) {
      const kept = set.map((position) => columns[position]!);
      const keys = this.encoders[index]!.encode(kept, batch.rowCount);
      this.keys.internAll(keys, batch.rowCount, this.keyIds);
      this.accumulateSet();
    }
  }

  /** Adds the batch to the accumulators of each window, under the keys of one grouping set. */
  private accumulateSet(): void {
    const { windows, rows, ends } = this.windowRows;
    let start = 0;
    for (const [index, window] of windows.entries()) {
      const end = ends[index]!;
      const selected = {
        rows: start === 0 ? rows : rows.subarray(start, end),
        count: end - start,
        slots: this.slots,
      };
      window.assignSlots(selected, this.keyIds, this.keys.idLimit);
      for (const [position, accumulator] of window.accumulators.entries()) {
        const rows = accumulator.appliesFilter ? selected : this.inputs.rowsOf(position, selected);
        accumulator.accumulate(rows, this.inputs.operandOf(position));
      }
      start = end;
    }
  }

  private windowOf(localMs: number, watermarkMs: number): OpenWindow | null {
    const bounds = this.assigner.boundsOf(localMs);
    if (watermarkMs >= bounds.triggerMs) return null;
    return this.windows.get(bounds.startMs) ?? this.openWindow(bounds);
  }

  private openWindow(bounds: WindowBounds): OpenWindow {
    const accumulators = this.aggregates.map((_aggregate, index) =>
      this.inputs.createAccumulator(index, false),
    );
    const window = new OpenWindow(bounds, accumulators, this.context.memory);
    this.windows.set(bounds.startMs, window);
    this.nextTriggerMs = Math.min(this.nextTriggerMs, bounds.triggerMs);
    return window;
  }

  /** Lets the dictionaries forget what no open window uses, where that is due. */
  private sweep(): void {
    this.keySweep.runWhenDue((used) => {
      for (const window of this.windows.values()) window.markKeys(used);
    });
    for (const [index, dictionary] of this.inputs.dictionaries.entries()) {
      const positions = this.inputs.aggregatesOf(dictionary);
      this.operandSweeps[index]!.runWhenDue((used) => {
        for (const window of this.windows.values()) {
          for (const position of positions) window.accumulators[position]!.markIds(used);
        }
      });
    }
  }

  /** Takes the window that fires first out of the open ones and starts to emit it. */
  private fireNext(): void {
    let first: OpenWindow | null = null;
    let nextTriggerMs = Infinity;
    for (const window of this.windows.values()) {
      if (first === null || window.triggerMs < first.triggerMs) {
        nextTriggerMs = first?.triggerMs ?? Infinity;
        first = window;
      } else if (window.triggerMs < nextTriggerMs) {
        nextTriggerMs = window.triggerMs;
      }
    }
    this.nextTriggerMs = nextTriggerMs;
    if (first === null) return;
    this.windows.delete(first.startMs);
    this.emission.start(first);
  }
}
