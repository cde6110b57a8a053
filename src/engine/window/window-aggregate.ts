/**
 * The window aggregate: groups the rows of each window by their keys and emits one row a group when
 * the watermark passes the window's end (final results). This is where UV is counted. Which windows
 * there are and when they fire is the store's (window-store.ts).
 * Rows that are late for all their windows are counted, and passed to the side stream `late`.
 * Keys and distinct operands become dense ids of dictionaries, which forget what no open window
 * uses, so an endless stream needs memory for its open windows only.
 */
import { assert } from '../../errors/assert.ts';
import type { AggregateExpression } from '../../expression/tree.ts';
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { compileExpression, type ColumnEvaluator } from '../batch/evaluator.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { SlottedRows } from '../function/accumulator.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { DictionarySweep } from '../state/dictionary-sweep.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { AggregateInputs } from './aggregate-inputs.ts';
import { createStore } from './create-store.ts';
import { LateOutput } from './late-output.ts';
import { OpenWindow } from './open-window.ts';
import { WindowEmission } from './window-emission.ts';
import { WindowRows } from './window-rows.ts';
import type { WindowAggregateSpec } from './window-spec.ts';
import type { WindowStore } from './window-store.ts';

export class WindowAggregateOperator implements Operator {
  private readonly spec: WindowAggregateSpec;
  private readonly counters: NodeCounters;
  private readonly aggregates: readonly AggregateExpression[];
  private readonly groupEvaluators: readonly ColumnEvaluator[];
  private readonly encoders: readonly KeyEncoder[];
  private readonly context: TaskContext;
  private readonly keys: KeyDictionary;
  private readonly keySweep: DictionarySweep;
  private readonly inputs: AggregateInputs;
  private readonly operandSweeps: readonly DictionarySweep[];
  private readonly emission: WindowEmission;
  private readonly store: WindowStore;
  private readonly windowRows: WindowRows;
  /** Of the current batch, by grouping set. */
  private readonly keyIds: readonly Int32Array[];
  private readonly slots: Int32Array;
  private readonly zoned = new Float64Array(BATCH_ROWS);
  /** Times of the current batch on the clocks of the windows. */
  private localMs: Float64Array = this.zoned;
  /** What all its rows need is computed. */
  private isEvaluated = false;
  /** Rows of the current batch that have been taken; 0: it has not been looked at. */
  private taken = 0;
  private main: Output | null = null;
  private late: LateOutput | null = null;
  private watermarkMs = WATERMARK_MIN;

  constructor(spec: WindowAggregateSpec, context: TaskContext, counters: NodeCounters) {
    const { memory, evaluation } = context;
    this.spec = spec;
    this.context = context;
    this.keys = new KeyDictionary(memory);
    this.keySweep = new DictionarySweep(this.keys, memory);
    this.windowRows = new WindowRows(memory);
    this.keyIds = spec.groupingSets.map(() => memory.int32Array(BATCH_ROWS));
    this.slots = memory.int32Array(BATCH_ROWS);
    this.counters = counters;
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
    this.store = createStore(spec, {
      aggregates: this.aggregates,
      memory,
      makeWindow: (isAskedOften) => this.makeWindow(isAskedOften),
    });
  }

  open(outputs: Outputs): void {
    this.main = outputs.main;
    const side = outputs.side('late');
    this.late = side === null ? null : new LateOutput(side, this.spec.inputSchema);
  }

  processBatch(batch: Batch): boolean {
    if (this.late?.isPending === true && !this.late.flush()) return false;
    if (this.taken === 0) this.readTimes(batch);
    while (this.taken < batch.rowCount) {
      if (this.store.firesWithinBatches) {
        const watermarkMs = batch.watermarksBefore?.[this.taken] ?? WATERMARK_MIN;
        if (!this.fireUntil(watermarkMs)) return false;
      }
      if (!this.takeRows(batch)) return false;
    }
    this.taken = 0;
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    if (!this.fireUntil(watermarkMs)) return false;
    if (watermarkMs > this.watermarkMs) {
      this.watermarkMs = watermarkMs;
      this.main!.emitWatermark(watermarkMs);
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
    this.store.snapshotState(writer);
  }

  restoreState(reader: StateReader): void {
    this.watermarkMs = reader.float64();
    this.counters.lateRecords = reader.float64();
    this.keys.restoreState(reader);
    for (const dictionary of this.inputs.dictionaries) dictionary.restoreState(reader);
    this.store.restoreState(reader, this.keys.idLimit);
  }

  close(): void {
    // What is open goes with the memory of the job.
  }

  private readTimes(batch: Batch): void {
    const column = batch.columns[this.spec.timeIndex]!;
    assert(column.kind === 'timestamp', 'the time attribute is a timestamp');
    const { zone } = this.spec;
    this.localMs = column.millis;
    this.isEvaluated = false;
    if (zone === null) return;
    this.localMs = this.zoned;
    for (let row = 0; row < batch.rowCount; row++) {
      this.zoned[row] = zone.toLocalMs(column.millis[row]!);
    }
  }

  /** Takes rows of the batch up to where a window fires; false: the late ones found no room. */
  private takeRows(batch: Batch): boolean {
    const { windowRows, localMs } = this;
    const { rowCount, watermarksBefore } = batch;
    this.taken = windowRows.assign(
      { from: this.taken, rowCount, localMs, watermarks: watermarksBefore },
      this.store,
    );
    const { lateCount, lateRows } = windowRows;
    this.counters.lateRecords += lateCount;
    if (windowRows.slices.length > 0) this.accumulate(batch);
    if (lateCount === 0 || this.late === null) return true;
    this.late.take(batch, lateRows, lateCount);
    return this.late.flush();
  }

  private accumulate(batch: Batch): void {
    if (!this.isEvaluated) this.evaluate(batch);
    for (const keyIds of this.keyIds) this.accumulateSet(keyIds);
  }

  /** Computes what all rows of the batch need, once. */
  private evaluate(batch: Batch): void {
    this.isEvaluated = true;
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
      this.keys.internAll(keys, batch.rowCount, this.keyIds[index]!);
    }
  }

  /** Adds the rows that were taken to each slice, under the keys of one grouping set. */
  private accumulateSet(keyIds: Int32Array): void {
    const { slices, rows, ends } = this.windowRows;
    let start = 0;
    for (const [index, { own, covers }] of slices.entries()) {
      const end = ends[index]!;
      const selected = {
        rows: start === 0 ? rows : rows.subarray(start, end),
        count: end - start,
        slots: this.slots,
      };
      this.addTo(own, selected, keyIds, always);
      for (const cover of covers) this.addTo(cover, selected, keyIds, this.store.isCovered);
      start = end;
    }
  }

  private addTo(
    window: OpenWindow,
    selected: SlottedRows,
    keyIds: Int32Array,
    isTaken: (aggregateIndex: number) => boolean,
  ): void {
    window.assignSlots(selected, keyIds, this.keys.idLimit);
    for (const [position, accumulator] of window.accumulators.entries()) {
      if (!isTaken(position)) continue;
      const rows = accumulator.appliesFilter ? selected : this.inputs.rowsOf(position, selected);
      accumulator.accumulate(rows, this.inputs.operandOf(position));
    }
  }

  private makeWindow(isAskedOften: boolean): OpenWindow {
    const accumulators = this.aggregates.map((_aggregate, index) =>
      this.inputs.createAccumulator(index, isAskedOften),
    );
    return new OpenWindow(accumulators, this.context.memory);
  }

  /** Fires the windows that the watermark has reached; false: the output is full. */
  private fireUntil(watermarkMs: number): boolean {
    const output = this.main!;
    // Rows of a window go out under the watermark before, so that a later window takes them.
    for (;;) {
      if (!this.emission.continue(output, this.watermarkMs)) return false;
      const { nextTriggerMs } = this.store;
      if (nextTriggerMs === Infinity || nextTriggerMs > watermarkMs) return true;
      this.emission.start(this.store.fire());
    }
  }

  /** Lets the dictionaries forget what no open window uses, where that is due. */
  private sweep(): void {
    this.keySweep.runWhenDue((used) => {
      for (const window of this.store.windows()) window.markKeys(used);
    });
    for (const [index, dictionary] of this.inputs.dictionaries.entries()) {
      const positions = this.inputs.aggregatesOf(dictionary);
      this.operandSweeps[index]!.runWhenDue((used) => {
        for (const window of this.store.windows()) {
          for (const position of positions) window.accumulators[position]!.markIds(used);
        }
      });
    }
  }
}

const always = (): boolean => true;
