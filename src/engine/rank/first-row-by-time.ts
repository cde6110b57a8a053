/**
 * The row of each key with the least event time, the earlier one of two with the same, once: when
 * the watermark has come to it, so that none can come before it. Rows behind the watermark are late
 * and dropped. As Flink's deduplication by event time that keeps the first row: the output only
 * appends. A key is known for its time to live from when its row is out; what waits does not expire.
 */
import { assert } from '../../errors/assert.ts';
import { WATERMARK_MIN, rowKinds, type Batch } from '../batch/batch.ts';
import { SlotRows } from '../batch/slot-rows.ts';
import { growFloat64, growUint8 } from '../function/accumulator.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { SlotExpiry } from '../state/slot-expiry.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { RowReader, writeRows } from '../state/row-values.ts';
import { readProgress, writeProgress } from '../state/subtask-progress.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { TimeHeap } from '../time/time-heap.ts';
import { ChangeEmission } from './change-emission.ts';
import type { DedupSpec } from './dedup-spec.ts';
import { KeyIds } from './key-ids.ts';
import { NO_SLOT } from './rank-tree.ts';
import { grownInt32 } from './slot-array.ts';
import { SlotMoves } from './slot-moves.ts';

/** Of what is kept for a key: whether its row is out, since when, and the row that waits. */
const VERSION = 1;

export class FirstRowByTimeOperator implements Operator {
  private readonly timeIndex: number;
  private readonly context: TaskContext;
  private readonly counters: NodeCounters;
  private readonly keys: KeyIds;
  private readonly rows: SlotRows;
  private readonly expiry: SlotExpiry;
  private readonly emission: ChangeEmission;
  /** By key: the row that waits, and its time. */
  private waiting: Int32Array = new Int32Array(0);
  private timeMs: Float64Array = new Float64Array(0);
  /** By key: 1 once its row is out. */
  private isOut: Uint8Array = new Uint8Array(0);
  /** Keys by the time of the row that waits; an entry with another time is an old one. */
  private readonly queue = new TimeHeap();
  private readonly moves = new SlotMoves();
  /** Slots of the rows that are on their way out. */
  private leaving: readonly number[] = [];
  private output: Output | null = null;
  private watermarkMs = WATERMARK_MIN;
  private readonly beforeForget = (keys: Int32Array): void =>
    this.keys.later.beforeChange(keys, keys.length);

  constructor(spec: DedupSpec, context: TaskContext, counters: NodeCounters) {
    assert(spec.timeIndex !== null, 'rows are ordered by event time');
    const { schema } = spec;
    this.timeIndex = spec.timeIndex;
    this.context = context;
    this.counters = counters;
    this.keys = new KeyIds(spec.keys, context.memory, context.barrierIdsMax);
    this.rows = new SlotRows(schema);
    this.expiry = new SlotExpiry(spec.ttlMs);
    const output = { outputSchema: schema, hasRank: false, isChangelog: false };
    this.emission = new ChangeEmission(output);
  }

  /** When keys expire, processing time. */
  get nextTimerMs(): number {
    return this.expiry.nextExpiryMs;
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    // What the output still holds points to rows that are about to change.
    if (this.output!.isFull) return false;
    const { keys, counters } = this;
    const times = batch.columns[this.timeIndex]!;
    assert(times.kind === 'timestamp', 'the event time is a timestamp');
    keys.read(batch);
    keys.later.beforeChange(keys.ids, batch.rowCount);
    this.reserve(keys.idLimit);
    const nowMs = this.context.evaluation.nowMs();
    const { moves } = this;
    moves.clear();
    for (let row = 0; row < batch.rowCount; row++) {
      const timeMs = times.millis[row]!;
      if (timeMs < (batch.watermarksBefore?.[row] ?? WATERMARK_MIN)) {
        counters.lateRecords++;
        continue;
      }
      const slot = this.slotFor(keys.ids[row]!, timeMs, nowMs);
      if (slot !== NO_SLOT) moves.set(slot, row);
    }
    this.rows.write(batch.columns, moves);
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    if (!this.emission.isBusy) {
      if (this.output!.isFull) return false;
      this.takeDue(watermarkMs);
    }
    if (!this.emission.continue(this.rows, this.output!, this.watermarkMs)) return false;
    for (const slot of this.leaving) this.rows.release(slot);
    this.leaving = [];
    this.watermarkMs = watermarkMs;
    this.output!.emitWatermark(watermarkMs);
    return true;
  }

  processTimers(nowMs: number): boolean {
    for (const key of this.expiry.expired(nowMs, this.beforeForget)) this.isOut[key] = 0;
    this.keys.sweep((used) => {
      for (let key = 0; key < used.length; key++) {
        const isUsed = this.isOut[key] === 1 || (this.waiting[key] ?? NO_SLOT) !== NO_SLOT;
        if (isUsed) used[key] = 1;
      }
    });
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { counters, expiry, keys, waiting, watermarkMs } = this;
    writeProgress(snapshot, { watermarkMs, lateRecords: counters.lateRecords });
    const nowMs = this.context.evaluation.nowMs();
    keys.writeState(snapshot, VERSION, {
      idLimit: waiting.length,
      isIn: (key) =>
        this.waiting[key] !== NO_SLOT || (this.isOut[key] === 1 && !expiry.isExpired(key, nowMs)),
      write: (writer, ids) => {
        writer.bytes(Uint8Array.from(ids, (key) => this.isOut[key]!));
        expiry.writeTimes(writer, ids);
        writeRows(writer, this.rows.columns, waitingOf(ids, this.waiting));
      },
    });
  }

  restoreState(restored: RestoredState): void {
    const { watermarkMs, lateRecords } = readProgress(restored);
    this.watermarkMs = watermarkMs;
    this.counters.lateRecords = lateRecords;
    const rows = new RowReader(this.rows.schema);
    this.keys.sections(VERSION).read(restored, (reader, ids) => {
      this.reserve(this.keys.idLimit);
      const areOut = reader.bytes();
      if (areOut.length !== ids.length) throw corruptState('its keys are not whole');
      if (areOut.some((isOut) => isOut > 1)) throw corruptState('a key is neither out nor waits');
      for (const [index, key] of ids.entries()) this.isOut[key] = areOut[index]!;
      const waiting = ids.filter((key) => this.isOut[key] === 0);
      this.expiry.readTimes(reader, ids);
      rows.read(reader, waiting.length, (batch, from) => {
        this.addWaiting(batch, waiting.subarray(from, from + batch.rowCount));
      });
    });
  }

  close(): void {
    // What is kept goes with the memory of the job.
  }

  /** Where a row that is not late goes; NO_SLOT: another one of its key comes before it. */
  private slotFor(key: number, timeMs: number, nowMs: number): number {
    if (this.isOut[key] === 1) {
      if (!this.expiry.isExpired(key, nowMs)) return NO_SLOT;
      this.expiry.forget(key);
      this.isOut[key] = 0;
    }
    const waiting = this.waiting[key]!;
    if (waiting !== NO_SLOT && timeMs >= this.timeMs[key]!) return NO_SLOT;
    this.timeMs[key] = timeMs;
    this.queue.push(timeMs, key);
    if (waiting !== NO_SLOT) return waiting;
    const slot = this.rows.allocate();
    this.waiting[key] = slot;
    return slot;
  }

  /** Rows of a snapshot, each of a key that has none. */
  private addWaiting(batch: Batch, keys: Int32Array): void {
    const times = batch.columns[this.timeIndex]!;
    assert(times.kind === 'timestamp', 'the event time is a timestamp');
    this.moves.clear();
    for (const [row, key] of keys.entries()) {
      const slot = this.rows.allocate();
      this.moves.set(slot, row);
      this.waiting[key] = slot;
      this.timeMs[key] = times.millis[row]!;
      this.queue.push(times.millis[row]!, key);
    }
    this.rows.write(batch.columns, this.moves);
  }

  private takeDue(watermarkMs: number): void {
    const { emission } = this;
    const due = this.popDue(watermarkMs);
    this.keys.later.beforeChange(due, due.length);
    const keys: number[] = [];
    const leaving: number[] = [];
    for (const key of due) {
      const slot = this.waiting[key]!;
      // A key has several entries when its row was replaced.
      if (slot === NO_SLOT) continue;
      emission.changes.add(slot, rowKinds.insert, 0);
      this.waiting[key] = NO_SLOT;
      this.isOut[key] = 1;
      keys.push(key);
      leaving.push(slot);
    }
    this.leaving = leaving;
    if (keys.length === 0) return;
    this.expiry.touch(Int32Array.from(keys), keys.length, this.context.evaluation.nowMs());
  }

  /** Keys whose row is due, in the order of time. */
  private popDue(watermarkMs: number): Int32Array {
    const { queue } = this;
    const due: number[] = [];
    // At the end of the input the watermark is as great as the time of an empty heap.
    while (queue.size > 0 && queue.firstMs <= watermarkMs) {
      const timeMs = queue.firstMs;
      const key = queue.pop();
      if (this.waiting[key] !== NO_SLOT && this.timeMs[key] === timeMs) due.push(key);
    }
    return Int32Array.from(due);
  }

  private reserve(keyLimit: number): void {
    this.waiting = grownInt32(this.waiting, keyLimit, NO_SLOT);
    this.timeMs = growFloat64(this.timeMs, keyLimit);
    this.isOut = growUint8(this.isOut, keyLimit);
  }
}

/** Slots of the rows of those keys that have one, in the order of the keys. */
function waitingOf(keys: Int32Array, waiting: Int32Array): Int32Array {
  return keys.map((key) => waiting[key]!).filter((slot) => slot !== NO_SLOT);
}
