/**
 * The last row of each key, as a changelog: by event time (of two rows with the same the later one
 * to arrive) or as rows arrive. What has changed by a batch is emitted behind it: +I for a key that
 * is new, -U and +U for another row. No row is too late. As Flink's deduplication that keeps the last
 * row; a key whose time to live is over is new again.
 */
import { assert } from '../../errors/assert.ts';
import { WATERMARK_MIN, rowKinds, type Batch } from '../batch/batch.ts';
import { areRowsEqual } from '../batch/equal-rows.ts';
import { SlotRows } from '../batch/slot-rows.ts';
import { growFloat64 } from '../function/accumulator.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { SlotExpiry } from '../state/slot-expiry.ts';
import { RowReader, writeRows } from '../state/row-values.ts';
import { readProgress, writeProgress } from '../state/subtask-progress.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { ChangeEmission } from './change-emission.ts';
import type { DedupSpec } from './dedup-spec.ts';
import { KeyIds } from './key-ids.ts';
import { NO_SLOT } from './rank-tree.ts';
import { grownInt32 } from './slot-array.ts';
import { SlotMoves } from './slot-moves.ts';

/** Of what is kept for a key: since when, and its row. */
const VERSION = 1;

export class LastRowOperator implements Operator {
  private readonly spec: DedupSpec;
  private readonly context: TaskContext;
  private readonly keys: KeyIds;
  private readonly rows: SlotRows;
  private readonly expiry: SlotExpiry;
  private readonly emission: ChangeEmission;
  /** By key: its last row. */
  private last: Int32Array = new Int32Array(0);
  /** By key: the event time of that row. */
  private timeMs: Float64Array = new Float64Array(0);
  private readonly moves = new SlotMoves();
  /** Keys with another row, and the row that they had before; NO_SLOT: none. */
  private readonly changedKeys: number[] = [];
  private readonly replaced: number[] = [];
  /** The batch at hand has been added; its changes are on their way out. */
  private isAdded = false;
  private output: Output | null = null;
  private watermarkMs = WATERMARK_MIN;
  private readonly beforeForget = (keys: Int32Array): void =>
    this.keys.later.beforeChange(keys, keys.length);

  constructor(spec: DedupSpec, context: TaskContext) {
    const { schema } = spec;
    this.spec = spec;
    this.context = context;
    this.keys = new KeyIds(spec.keys, context.memory, context.barrierIdsMax);
    this.rows = new SlotRows(schema);
    this.expiry = new SlotExpiry(spec.ttlMs);
    const output = { outputSchema: schema, hasRank: false, isChangelog: true };
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
    if (!this.isAdded) {
      // What the output still holds points to rows that are about to change.
      if (this.output!.isFull) return false;
      this.addAll(batch);
      this.isAdded = true;
    }
    if (!this.emission.continue(this.rows, this.output!, this.watermarkMs)) return false;
    for (const slot of this.replaced) if (slot !== NO_SLOT) this.rows.release(slot);
    this.replaced.length = 0;
    this.changedKeys.length = 0;
    this.isAdded = false;
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    this.watermarkMs = watermarkMs;
    this.output!.emitWatermark(watermarkMs);
    return true;
  }

  processTimers(nowMs: number): boolean {
    // What the output still holds points to rows that are about to go.
    if (this.output!.isFull) return false;
    for (const key of this.expiry.expired(nowMs, this.beforeForget)) this.forget(key);
    this.keys.sweep((used) => {
      for (let key = 0; key < used.length; key++) {
        if ((this.last[key] ?? NO_SLOT) !== NO_SLOT) used[key] = 1;
      }
    });
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { expiry, keys, last } = this;
    writeProgress(snapshot, { watermarkMs: this.watermarkMs, lateRecords: 0 });
    const nowMs = this.context.evaluation.nowMs();
    keys.writeState(snapshot, VERSION, {
      idLimit: last.length,
      isIn: (key) => this.last[key] !== NO_SLOT && !expiry.isExpired(key, nowMs),
      write: (writer, ids) => {
        expiry.writeTimes(writer, ids);
        const slots = ids.map((key) => this.last[key]!);
        writeRows(writer, this.rows.columns, slots);
      },
    });
  }

  restoreState(restored: RestoredState): void {
    this.watermarkMs = readProgress(restored).watermarkMs;
    const rows = new RowReader(this.rows.schema);
    this.keys.sections(VERSION).read(restored, (reader, ids) => {
      this.reserve();
      this.expiry.readTimes(reader, ids);
      rows.read(reader, ids.length, (batch, from) => {
        this.addKept(batch, ids.subarray(from, from + batch.rowCount));
      });
    });
  }

  close(): void {
    // What is kept goes with the memory of the job.
  }

  private addAll(batch: Batch): void {
    const { keys, moves, spec } = this;
    const times = spec.timeIndex === null ? null : timesOf(batch, spec.timeIndex);
    keys.read(batch);
    keys.later.beforeChange(keys.ids, batch.rowCount);
    this.reserve();
    moves.clear();
    const nowMs = spec.ttlMs === 0 ? 0 : this.context.evaluation.nowMs();
    for (let row = 0; row < batch.rowCount; row++) {
      this.addRow(row, times === null ? 0 : times[row]!, nowMs);
    }
    this.rows.write(batch.columns, moves);
    this.collect();
    this.expiry.touch(Int32Array.from(this.changedKeys), this.changedKeys.length, nowMs);
  }

  /** Rows of a snapshot, each of a key that has none. */
  private addKept(batch: Batch, keys: Int32Array): void {
    const { timeIndex } = this.spec;
    const times = timeIndex === null ? null : timesOf(batch, timeIndex);
    this.moves.clear();
    for (let row = 0; row < keys.length; row++) {
      const key = keys[row]!;
      const slot = this.rows.allocate();
      this.moves.set(slot, row);
      this.last[key] = slot;
      this.timeMs[key] = times === null ? 0 : times[row]!;
    }
    this.rows.write(batch.columns, this.moves);
  }

  private reserve(): void {
    this.last = grownInt32(this.last, this.keys.idLimit, NO_SLOT);
    this.timeMs = growFloat64(this.timeMs, this.keys.idLimit);
  }

  private addRow(row: number, timeMs: number, nowMs: number): void {
    const key = this.keys.ids[row]!;
    let known = this.last[key]!;
    if (known !== NO_SLOT && this.expiry.isExpired(key, nowMs)) {
      this.forget(key);
      known = NO_SLOT;
    }
    if (known !== NO_SLOT && timeMs < this.timeMs[key]!) return;
    this.timeMs[key] = timeMs;
    if (known !== NO_SLOT && this.moves.has(known)) {
      this.moves.set(known, row);
      return;
    }
    const slot = this.rows.allocate();
    this.last[key] = slot;
    this.moves.set(slot, row);
    this.changedKeys.push(key);
    this.replaced.push(known);
  }

  private collect(): void {
    const { changes } = this.emission;
    // As Flink: what says nothing new is left out, unless consumers may have forgotten it.
    const isQuiet = this.spec.timeIndex === null && this.spec.ttlMs === 0;
    for (const [index, key] of this.changedKeys.entries()) {
      const old = this.replaced[index]!;
      const current = this.last[key]!;
      if (old === NO_SLOT) {
        changes.add(current, rowKinds.insert, 0);
      } else if (!isQuiet || !areRowsEqual(this.rows.columns, old, current)) {
        changes.add(old, rowKinds.updateBefore, 0);
        changes.add(current, rowKinds.updateAfter, 0);
      }
    }
  }

  private forget(key: number): void {
    this.expiry.forget(key);
    this.rows.release(this.last[key]!);
    this.last[key] = NO_SLOT;
  }
}

function timesOf(batch: Batch, timeIndex: number): Float64Array {
  const column = batch.columns[timeIndex]!;
  assert(column.kind === 'timestamp', 'the event time is a timestamp');
  return column.millis;
}
