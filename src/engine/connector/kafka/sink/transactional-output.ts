/**
 * Rows of an exactly-once sink: kept until the checkpoint that covers them is complete, then made
 * visible epoch by epoch, each in one short transaction.
 * Invariant: a snapshot names every row that is not known to be committed; epochs are committed in
 * the order in which they were written.
 */
import { assert } from '../../../../errors/assert.ts';
import type { SnapshotWriter } from '../../../state/operator-snapshot.ts';
import { KAFKA_SINK_STATE, writeKafkaSinkState, type SlotNames } from './kafka-sink-state.ts';
import type { OutgoingBatch } from './outgoing-batch.ts';
import { epochTooLarge } from './sink-failure.ts';
import type { PendingEpoch, TransactionSlot } from './transaction-slot.ts';

export interface TransactionalOutputOptions {
  readonly node: string;
  readonly run: string;
  readonly names: SlotNames;
  /** Claimed. */
  readonly slot: TransactionSlot;
  readonly monotonicMs: () => number;
}

/** Rows that wait for a checkpoint; a snapshot has to hold them as well. */
const PENDING_BYTES_MAX = 1024 * 1024 * 1024;
/** Far below a broker's `offsets.retention.minutes`, 7 days by default. */
const MARKER_REFRESH_MS = 12 * 3_600_000;

export class TransactionalOutput {
  private readonly options: TransactionalOutputOptions;
  private pending: PendingEpoch[] = [];
  private pendingBytes = 0;
  private lastEpoch = 0;
  private markerWrittenAtMs: number;

  constructor(options: TransactionalOutputOptions) {
    this.options = options;
    this.markerWrittenAtMs = options.monotonicMs();
  }

  /** `openBytes`: of rows that no snapshot has named yet. Throws when they are too many. */
  checkRoom(openBytes: number): void {
    const bytes = this.pendingBytes + openBytes;
    if (bytes > PENDING_BYTES_MAX) throw epochTooLarge(this.options.node, bytes);
  }

  /** `batches`: all rows since the last snapshot. */
  snapshotState(snapshot: SnapshotWriter, batches: readonly OutgoingBatch[]): void {
    this.add(snapshot.checkpointId, batches);
    const { names } = this.options;
    writeKafkaSinkState(snapshot.unionList(KAFKA_SINK_STATE), { names, pending: this.pending });
  }

  async commitUpTo(checkpointId: number): Promise<void> {
    const { slot, monotonicMs } = this.options;
    const due = this.pending.filter(({ label }) => label.epoch <= checkpointId);
    for (const epoch of due) {
      await slot.commit(epoch);
      this.remove(epoch);
    }
    const nowMs = monotonicMs();
    if (due.length === 0 && nowMs - this.markerWrittenAtMs < MARKER_REFRESH_MS) return;
    if (due.length === 0) await slot.refresh();
    this.markerWrittenAtMs = nowMs;
  }

  /** The input has ended, and no checkpoint is to cover what is left. */
  async commitAll(batches: readonly OutgoingBatch[]): Promise<void> {
    // Behind all that snapshots have named: these must not be committed again by a restore.
    this.add(this.lastEpoch + 1, batches);
    await this.commitUpTo(this.lastEpoch);
  }

  private add(epoch: number, batches: readonly OutgoingBatch[]): void {
    assert(epoch > this.lastEpoch, 'epochs count up');
    this.lastEpoch = epoch;
    if (batches.length === 0) return;
    const { run, slot } = this.options;
    this.pending.push({ label: { run, generation: slot.generation, epoch }, batches });
    this.pendingBytes += sizeOf(batches);
  }

  private remove(epoch: PendingEpoch): void {
    this.pending = this.pending.filter((other) => other !== epoch);
    this.pendingBytes -= sizeOf(epoch.batches);
  }
}

function sizeOf(batches: readonly OutgoingBatch[]): number {
  let bytes = 0;
  for (const { records } of batches) bytes += records.length;
  return bytes;
}
