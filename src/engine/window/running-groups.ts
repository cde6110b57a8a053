/**
 * The groups of a running aggregate: which there are, their accumulators, and when they expire. The
 * slot of a group is its key id. A group begins with its first row and ends when its last row is
 * taken back, or when it has got none for the time to live; a later row begins it anew.
 */
import { isTakenBack, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import {
  growFloat64,
  type RetractableAccumulator,
  type RunningAccumulator,
  type SlotResults,
} from '../function/accumulator.ts';
import { readIntegers, writeNumbers } from '../function/slot-numbers.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { LaterSlots } from '../state/later-slots.ts';
import type { SnapshotWriter } from '../state/operator-snapshot.ts';
import { SlotExpiry } from '../state/slot-expiry.ts';
import type { IdHolder, KeyedAggregation } from './keyed-aggregation.ts';
import {
  NO_KEY,
  type KeyedState,
  type PartReader,
  type PartWriter,
  type SlotSection,
} from './keyed-parts.ts';
import type { RunningAggregateSpec } from './window-spec.ts';

/** No row of the batch ended the group. */
const NO_END = -1;

export class RunningGroups implements IdHolder, KeyedState {
  readonly expiry: SlotExpiry;
  /** Snapshots that are being written: the groups in them are as they were at the barrier. */
  readonly later: LaterSlots;
  private readonly aggregation: KeyedAggregation;
  private readonly takesUpdates: boolean;
  /** One of the two is empty: for rows that are only added, and for those that may be taken back. */
  private readonly adding: readonly RunningAccumulator[];
  private readonly updating: readonly RetractableAccumulator[];
  /** Rows of each group, by slot; 0: there is no such group. Where rows are only added, 1. */
  private rowCounts: Float64Array = new Float64Array(0);
  /** By slot: the last row of the batch at hand that ended the group. */
  private endedAt: Int32Array = new Int32Array(0);
  private readonly taken = new Int32Array(BATCH_ROWS);

  private readonly beforeForget = (slots: Int32Array): void =>
    this.later.beforeChange(slots, slots.length);

  /** `barrierIdsMax`: see LaterSlots. */
  constructor(spec: RunningAggregateSpec, aggregation: KeyedAggregation, barrierIdsMax?: number) {
    this.aggregation = aggregation;
    this.later = new LaterSlots(aggregation.keys, barrierIdsMax);
    this.takesUpdates = spec.takesUpdates;
    this.expiry = new SlotExpiry(spec.ttlMs);
    this.adding = spec.takesUpdates ? [] : aggregation.makeRunningAccumulators();
    this.updating = spec.takesUpdates ? aggregation.makeRetractableAccumulators() : [];
  }

  get accumulators(): readonly SlotResults[] {
    return this.takesUpdates ? this.updating : this.adding;
  }

  isPresent(slot: number): boolean {
    return this.rowCounts[slot]! > 0;
  }

  /** Makes room for all slots below `slotCount`. */
  ensureSlots(slotCount: number): void {
    this.rowCounts = growFloat64(this.rowCounts, slotCount);
    for (const accumulator of this.accumulators) accumulator.ensureSlots(slotCount);
  }

  /** Ends those of the groups whose time is over, before anything of them is read. */
  expire(slots: Int32Array, nowMs: number): void {
    for (const slot of slots) if (this.expiry.isExpired(slot, nowMs)) this.end(slot);
  }

  /** The next part of a cleaning up; see SlotExpiry. */
  expireNext(nowMs: number): void {
    for (const slot of this.expiry.expired(nowMs, this.beforeForget)) this.end(slot);
  }

  /** Adds all rows of the batch that was evaluated last; `slots` by row number. */
  add(batch: Batch, slots: Int32Array, rows: Int32Array): void {
    const { rowCount } = batch;
    if (this.takesUpdates) {
      this.update(batch, slots);
      return;
    }
    const { rowCounts } = this;
    for (let row = 0; row < rowCount; row++) rowCounts[slots[row]!] = 1;
    this.aggregation.accumulate(this.adding, { rows, count: rowCount, slots });
  }

  /** Says that these groups were written now; not those that have ended. */
  touch(slots: Int32Array, nowMs: number): void {
    this.expiry.touch(slots, slots.length, nowMs);
    for (const slot of slots) if (!this.isPresent(slot)) this.expiry.forget(slot);
  }

  markKeys(used: Uint8Array): void {
    for (let slot = 0; slot < used.length; slot++) if (this.rowCounts[slot]! > 0) used[slot] = 1;
  }

  /** All groups are one section. */
  *sections(): Iterable<SlotSection> {
    const keys = new Int32Array(this.aggregation.keys.idLimit);
    for (let slot = 0; slot < keys.length; slot++) {
      keys[slot] = this.rowCounts[slot]! > 0 ? slot : NO_KEY;
    }
    yield { keys, write: (part, slots) => this.writeSlots(part, slots) };
  }

  /** Writes all groups: at once, or later where they are many. */
  writeState(snapshot: SnapshotWriter): void {
    const { aggregation, later } = this;
    const { idLimit } = aggregation.keys;
    if (!later.isLarge(idLimit)) {
      aggregation.writeParts(snapshot, this);
      return;
    }
    const runs = aggregation.makeRunWriter(this);
    const section: Pick<SlotSection, 'write'> = {
      write: (part, slots) => this.writeSlots(part, slots),
    };
    later.begin(snapshot, {
      idLimit: Math.min(idLimit, this.rowCounts.length),
      isIn: (slot) => this.isPresent(slot),
      writeRun: (writer, slots) => runs.write(writer, [{ section, slots }]),
    });
  }

  private writeSlots({ body, keys, operands }: PartWriter, slots: Int32Array): void {
    keys.writeInOrder(body, slots);
    writeNumbers(body, this.rowCounts, slots);
    this.expiry.writeTimes(body, slots);
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.writeSlots(body, slots, operands[index]!);
    }
  }

  expectKeys(idLimit: number): void {
    this.ensureSlots(idLimit);
  }

  readSection({ body, keys, operands }: PartReader): void {
    const slots = keys.readInOrder(body);
    this.ensureSlots(keys.idLimit);
    const { rowCounts } = this;
    for (const slot of slots) {
      if (rowCounts[slot]! > 0) throw corruptState('a group is there twice');
      rowCounts[slot] = 1;
    }
    readIntegers(body, rowCounts, slots);
    for (const slot of slots) if (rowCounts[slot]! <= 0) throw corruptState('a group has no rows');
    this.expiry.readTimes(body, slots);
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.readSlots(body, slots, operands[index]!);
    }
  }

  private end(slot: number): void {
    if (!this.isPresent(slot)) return;
    this.rowCounts[slot] = 0;
    this.expiry.forget(slot);
    for (const accumulator of this.accumulators) accumulator.clearSlot(slot);
  }

  /**
   * As Flink: what takes a row back from a group that is not there is dropped, and a group whose
   * last row was taken back is empty, whatever its sums say.
   */
  private update({ rowCount, kinds }: Batch, slots: Int32Array): void {
    const { taken, updating } = this;
    const takenCount = this.countRows(rowCount, slots, kinds ?? allInserts);
    let kept = 0;
    for (let index = 0; index < takenCount; index++) {
      const row = taken[index]!;
      const slot = slots[row]!;
      taken[kept] = row;
      if (row > this.endedAt[slot]!) kept++;
    }
    this.aggregation.update(updating, { rows: taken, count: kept, slots }, kinds ?? allInserts);
  }

  /** Counts rows in their order; `taken` holds those of groups that were there. Ends groups. */
  private countRows(rowCount: number, slots: Int32Array, kinds: Uint8Array): number {
    const { rowCounts, taken } = this;
    if (this.endedAt.length < rowCounts.length) {
      this.endedAt = new Int32Array(rowCounts.length);
    }
    const { endedAt } = this;
    for (let row = 0; row < rowCount; row++) endedAt[slots[row]!] = NO_END;
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      const slot = slots[row]!;
      const isBack = isTakenBack(kinds[row]!);
      if (isBack && rowCounts[slot] === 0) continue;
      rowCounts[slot] = rowCounts[slot]! + (isBack ? -1 : 1);
      taken[count++] = row;
      if (rowCounts[slot] === 0) endedAt[slot] = row;
    }
    for (let index = 0; index < count; index++) {
      const slot = slots[taken[index]!]!;
      if (endedAt[slot] === taken[index]) this.clear(slot);
    }
    return count;
  }

  private clear(slot: number): void {
    for (const accumulator of this.updating) accumulator.clearSlot(slot);
  }
}

const allInserts = new Uint8Array(BATCH_ROWS);
