/**
 * Passes the first row of each key on, as rows arrive: no row is ever held back or changed. As
 * Flink's deduplication by processing time that keeps the first row; a key is known for its time to
 * live from that row on.
 */
import type { Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { GatheredBatch } from '../batch/gather.ts';
import { growUint8 } from '../function/accumulator.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { SlotExpiry } from '../state/slot-expiry.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import type { DedupSpec } from './dedup-spec.ts';
import { KeyIds } from './key-ids.ts';

/** Of what is kept for a key: when its row passed. */
const VERSION = 1;

export class FirstRowOperator implements Operator {
  private readonly context: TaskContext;
  private readonly keys: KeyIds;
  private readonly expiry: SlotExpiry;
  /** By key: 1 once a row has passed. */
  private isKnown: Uint8Array = new Uint8Array(0);
  private readonly rows = new Int32Array(BATCH_ROWS);
  /** The keys of `rows`. */
  private readonly ids = new Int32Array(BATCH_ROWS);
  private readonly kept: GatheredBatch;
  private output: Output | null = null;
  private readonly beforeForget = (ids: Int32Array): void =>
    this.keys.later.beforeChange(ids, ids.length);

  constructor(spec: DedupSpec, context: TaskContext) {
    this.context = context;
    this.keys = new KeyIds(spec.keys, context.memory, context.barrierIdsMax);
    this.expiry = new SlotExpiry(spec.ttlMs);
    this.kept = new GatheredBatch(spec.schema);
  }

  /** When keys expire, processing time. */
  get nextTimerMs(): number {
    return this.expiry.nextExpiryMs;
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    const output = this.output!;
    if (output.isFull) return false;
    const count = this.select(batch);
    if (count === batch.rowCount) output.emit(batch);
    else if (count > 0) output.emit(this.kept.take(batch, { rows: this.rows, count }));
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    this.output!.emitWatermark(watermarkMs);
    return true;
  }

  processTimers(nowMs: number): boolean {
    for (const id of this.expiry.expired(nowMs, this.beforeForget)) this.isKnown[id] = 0;
    this.keys.sweep((used) => {
      used.set(this.isKnown.subarray(0, used.length));
    });
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { expiry, keys } = this;
    const nowMs = this.context.evaluation.nowMs();
    keys.writeState(snapshot, VERSION, {
      idLimit: this.isKnown.length,
      isIn: (id) => this.isKnown[id] === 1 && !expiry.isExpired(id, nowMs),
      write: (writer, ids) => expiry.writeTimes(writer, ids),
    });
  }

  restoreState(restored: RestoredState): void {
    this.keys.sections(VERSION).read(restored, (reader, ids) => {
      this.isKnown = growUint8(this.isKnown, this.keys.idLimit);
      for (const id of ids) this.isKnown[id] = 1;
      this.expiry.readTimes(reader, ids);
    });
  }

  close(): void {
    // What is kept goes with the memory of the job.
  }

  /** Writes the rows that are the first of their key into `rows`; returns how many. */
  private select(batch: Batch): number {
    const { keys, expiry, ids, rows } = this;
    keys.read(batch);
    keys.later.beforeChange(keys.ids, batch.rowCount);
    this.isKnown = growUint8(this.isKnown, keys.idLimit);
    const { isKnown } = this;
    const nowMs = this.context.evaluation.nowMs();
    let count = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      const id = keys.ids[row]!;
      if (isKnown[id] === 1 && !expiry.isExpired(id, nowMs)) continue;
      isKnown[id] = 1;
      // Known from now on, for the rows that follow in this batch.
      expiry.forget(id);
      rows[count] = row;
      ids[count++] = id;
    }
    expiry.touch(ids, count, nowMs);
    return count;
  }
}
