/**
 * Joins rows of two streams that have the same key and lie within an interval of each other in
 * event time. Each side keeps the rows that rows of the other one may still meet without being
 * late; an outer side gives out a row with NULLs once it can meet none any more.
 *
 * As Flink's interval join: a late row still meets what is kept, and is not kept itself where no
 * row in time could meet it; the output's watermark stays behind by the greater bound, so that
 * neither time attribute is late.
 * Unlike Flink, where one timer a key, set by the row that came first, cleans up: each row goes
 * exactly when the watermark has passed all that it could meet. Rows that came out of order are
 * then neither met by later late rows nor given out behind the output's watermark.
 */
import { assert } from '../../../errors/assert.ts';
import { WATERMARK_MIN, type Batch } from '../../batch/batch.ts';
import { BATCH_ROWS } from '../../batch/column.ts';
import { NO_ROW } from '../../batch/copy-rows.ts';
import { DictionarySweep } from '../../state/dictionary-sweep.ts';
import { KeyDictionary } from '../../state/key-dictionary.ts';
import { KeyEncoder } from '../../state/key-encoder.ts';
import { idsInUse, KeyedSections } from '../../state/keyed-sections.ts';
import type { RestoredState, SnapshotWriter } from '../../state/operator-snapshot.ts';
import { RowReader } from '../../state/row-values.ts';
import { readProgress, writeProgress } from '../../state/subtask-progress.ts';
import { WatermarkValve } from '../../time/watermark-valve.ts';
import type { Operator, Output, Outputs } from '../contract.ts';
import type { NodeCounters } from '../node-counters.ts';
import type { TaskContext } from '../task-context.ts';
import { readValve, writeValve } from '../valve-state.ts';
import type { IntervalJoinSpec, JoinInputSpec } from './interval-join-spec.ts';
import { JoinedRows } from './joined-rows.ts';
import { KeptRows, NONE } from './kept-rows.ts';

/** Of what is kept for a key: the rows of both sides. */
const VERSION = 1;

/** One side: its rows, and how it sees the other. */
interface Side {
  readonly isLeft: boolean;
  readonly spec: JoinInputSpec;
  readonly rows: KeptRows;
  /** Rows of the other side that a row meets: their time minus its own, inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** A row without a match is given out with NULLs. */
  readonly isOuter: boolean;
}

export class IntervalJoinOperator implements Operator {
  private readonly counters: NodeCounters;
  private readonly sides: readonly [Side, Side];
  private readonly keys: KeyDictionary;
  private readonly encoder: KeyEncoder;
  private readonly sweep: DictionarySweep;
  private readonly valve = new WatermarkValve(2);
  private readonly joined: JoinedRows;
  /** How far the output's watermark stays behind. */
  private readonly delayMs: number;
  /** Of the batch in work: combined watermark before each row, and key, NONE for NULL. */
  private readonly watermarks = new Float64Array(BATCH_ROWS);
  private readonly ids: Int32Array;
  /** Of the batch in work: slot of its first row, NONE when there is none; row that is next. */
  private firstSlot = NONE;
  private position = 0;
  /** The watermark up to which rows have gone. */
  private watermarkMs = WATERMARK_MIN;
  private emittedMs = WATERMARK_MIN;
  /** The output has been told that no rows are expected for now. */
  private isIdle = false;
  private output: Output | null = null;

  constructor(spec: IntervalJoinSpec, { memory }: TaskContext, counters: NodeCounters) {
    this.counters = counters;
    const { lowerMs, upperMs, kind } = spec;
    this.sides = [
      {
        isLeft: true,
        spec: spec.left,
        rows: new KeptRows(spec.left.schema),
        fromMs: lowerMs,
        toMs: upperMs,
        isOuter: kind === 'left' || kind === 'full',
      },
      {
        isLeft: false,
        spec: spec.right,
        rows: new KeptRows(spec.right.schema),
        fromMs: -upperMs,
        toMs: -lowerMs,
        isOuter: kind === 'right' || kind === 'full',
      },
    ];
    this.delayMs = Math.max(upperMs, -lowerMs);
    this.keys = new KeyDictionary(memory);
    this.encoder = new KeyEncoder(memory);
    this.sweep = new DictionarySweep(this.keys, memory);
    this.ids = memory.int32Array(BATCH_ROWS);
    this.joined = new JoinedRows(spec.outputSchema, spec.left.schema.length);
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch, input: number): boolean {
    if (!this.send()) return false;
    const side = this.sides[input]!;
    if (this.firstSlot === NONE) this.take(batch, input);
    const column = batch.columns[side.spec.timeIndex]!;
    assert(column.kind === 'timestamp', 'the time attribute is a timestamp');
    while (this.position < batch.rowCount) {
      const row = this.position++;
      this.advance(this.watermarks[row]!);
      this.processRow(side, this.firstSlot + row, this.ids[row]!, column.millis[row]!);
      if (this.joined.waitingCount >= BATCH_ROWS && !this.send()) return false;
    }
    if (!this.send()) return false;
    this.firstSlot = NONE;
    this.position = 0;
    return true;
  }

  processWatermark(watermarkMs: number, input: number): boolean {
    if (!this.send()) return false;
    this.valve.advance(input, watermarkMs);
    return this.passOn();
  }

  processIdleness(isIdle: boolean, input: number): boolean {
    if (!this.send()) return false;
    this.valve.setIdle(input, isIdle);
    return this.passOn();
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { counters, keys, watermarkMs } = this;
    writeValve(snapshot, this.valve);
    writeProgress(snapshot, { watermarkMs, lateRecords: counters.lateRecords });
    const [left, right] = this.sides;
    const ids = idsInUse(keys.idLimit, (key) => left.rows.holds(key) || right.rows.holds(key));
    this.sections().write(snapshot, ids, (writer, own) => {
      for (const { rows } of this.sides) rows.writeKeys(writer, own);
    });
  }

  restoreState(restored: RestoredState): void {
    readValve(restored, this.valve);
    const { watermarkMs, lateRecords } = readProgress(restored);
    this.isIdle = this.valve.isIdle;
    this.watermarkMs = watermarkMs;
    this.emittedMs = this.valve.watermarkMs - this.delayMs;
    this.counters.lateRecords = lateRecords;
    const readers = this.sides.map(({ spec }) => new RowReader(spec.schema));
    this.sections().read(restored, (reader, ids) => {
      for (const [index, { rows, spec }] of this.sides.entries()) {
        rows.reserveKeys(this.keys.idLimit);
        rows.readKeys(reader, ids, spec.timeIndex, readers[index]!);
      }
    });
  }

  close(): void {
    // What is kept goes with the memory of the job.
  }

  private sections(): KeyedSections {
    return new KeyedSections({ dictionary: this.keys, sweep: this.sweep, version: VERSION });
  }

  /** What has become of the watermark: first the rows that go with it, then the watermark. */
  private passOn(): boolean {
    const output = this.output!;
    const { isIdle, watermarkMs } = this.valve;
    this.advance(watermarkMs);
    if (!this.send()) return false;
    if (this.isIdle && !isIdle) output.emitIdleness(false);
    const delayedMs = watermarkMs - this.delayMs;
    if (delayedMs > this.emittedMs) {
      this.emittedMs = delayedMs;
      output.emitWatermark(delayedMs);
    }
    if (!this.isIdle && isIdle) output.emitIdleness(true);
    this.isIdle = isIdle;
    return true;
  }

  private send(): boolean {
    const [left, right] = this.sides;
    return this.joined.send({ left: left.rows.columns, right: right.rows.columns }, this.output!);
  }

  /** Starts with a batch: its rows get slots, keys, and the watermark before them. */
  private take(batch: Batch, input: number): void {
    const { rowCount } = batch;
    const { spec, rows } = this.sides[input]!;
    rows.compactWhenDue();
    this.sweep.runWhenDue((used) => {
      for (const side of this.sides) side.rows.markKeys(used);
    });
    const columns = spec.keys.map((index) => batch.columns[index]!);
    this.keys.internAll(this.encoder.encode(columns, rowCount), rowCount, this.ids);
    for (const { hasNulls, nulls } of columns) {
      if (!hasNulls) continue;
      for (let row = 0; row < rowCount; row++) if (nulls[row] === 1) this.ids[row] = NONE;
    }
    for (const side of this.sides) side.rows.reserveKeys(this.keys.idLimit);
    this.valve.before(input, batch.watermarksBefore, { rowCount, combined: this.watermarks });
    this.firstSlot = rows.append(batch);
  }

  private processRow(side: Side, slot: number, key: number, timeMs: number): void {
    const isMatched = key !== NONE && this.meet(side, slot, key, timeMs);
    if (key !== NONE && this.watermarkMs < timeMs + side.toMs) {
      side.rows.keep(slot, { key, timeMs, isMatched });
      return;
    }
    if (isMatched) return;
    if (side.isOuter) this.emitAlone(side, slot, this.watermarkMs);
    // One in time whose partners have all passed is not late: it had its chance.
    else if (key !== NONE && timeMs <= this.watermarkMs) this.counters.lateRecords++;
  }

  /** Joins a row with those of the other side that are kept; true when there was one. */
  private meet(side: Side, slot: number, key: number, timeMs: number): boolean {
    const other = this.sides[side.isLeft ? 1 : 0].rows;
    const toMs = timeMs + side.toMs;
    let match = other.firstFrom(key, timeMs + side.fromMs);
    if (match === NONE || other.timeOf(match) > toMs) return false;
    const watermarkMs = this.watermarkMs - this.delayMs;
    while (match !== NONE) {
      if (side.isLeft) this.joined.add(slot, match, watermarkMs);
      else this.joined.add(match, slot, watermarkMs);
      other.markMatched(match);
      match = other.nextUntil(match, toMs);
    }
    return true;
  }

  /** The combined watermark is now this: rows go that nothing in time can meet any more. */
  private advance(watermarkMs: number): void {
    if (watermarkMs <= this.watermarkMs) return;
    for (const side of this.sides) {
      const { rows, toMs, isOuter } = side;
      while (rows.oldestMs + toMs < watermarkMs) {
        const slot = rows.removeOldest();
        if (isOuter && !rows.isMatched(slot)) this.emitAlone(side, slot, this.watermarkMs);
      }
    }
    this.watermarkMs = watermarkMs;
  }

  /** `watermarkMs`: the combined one before the row is given out. */
  private emitAlone(side: Side, slot: number, watermarkMs: number): void {
    const outputMs = watermarkMs - this.delayMs;
    if (side.isLeft) this.joined.add(slot, NO_ROW, outputMs);
    else this.joined.add(NO_ROW, slot, outputMs);
  }
}
