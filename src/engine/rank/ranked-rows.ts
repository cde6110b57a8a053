/**
 * The rows of each partition in order: all of them, or the first n alone where the input takes
 * nothing back. A row has a slot; partitions are trees of slots (rank-tree.ts).
 * Slots of rows that have gone are given back by `settle`, when their changes are out.
 */
import type { Batch } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { SlotRows } from '../batch/slot-rows.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { RowReader, writeRows } from '../state/row-values.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { KeyIds } from './key-ids.ts';
import { NO_SLOT, RankTree } from './rank-tree.ts';
import { grownInt32 } from './slot-array.ts';
import { SortKeys } from './sort-key.ts';
import type { RankSpec } from './top-n-spec.ts';

/** Of what is kept for a partition: its rows. */
const VERSION = 1;

export interface RankedRowsSpec extends RankSpec {
  /** True: rows behind the first n are kept, too, as they may come to the front. */
  readonly keepsAll: boolean;
}

export class RankedRows {
  readonly rows: SlotRows;
  readonly tree: RankTree;
  /** The partition of each row of the batch at hand. */
  readonly partitions: KeyIds;
  private readonly n: number;
  private readonly keepsAll: boolean;
  private readonly keys: SortKeys;
  /** By partition. */
  private roots: Int32Array = new Int32Array(0);
  /** By partition: the nth row; NO_SLOT: there are fewer. */
  private lasts: Int32Array = new Int32Array(0);
  /** By slot. */
  private partitionBySlot: Int32Array = new Int32Array(0);
  private arrivals = 0;
  /** Called before the first n rows of a partition become others. */
  private readonly beforeChange: (partition: number) => void;
  /** Rows of the batch at hand that were added: their number and their slot. */
  private readonly addedRows = new Int32Array(BATCH_ROWS);
  private readonly addedSlots = new Int32Array(BATCH_ROWS);
  private addedCount = 0;
  /** The slot of a row that was not kept, for the next one; given back behind the batch. */
  private spare = NO_SLOT;
  private readonly gone: number[] = [];

  /** `barrierIdsMax`: see LaterSlots. */
  constructor(
    spec: RankedRowsSpec,
    { memory, barrierIdsMax }: Pick<TaskContext, 'memory' | 'barrierIdsMax'>,
    beforeChange: (partition: number) => void,
  ) {
    this.n = spec.n;
    this.keepsAll = spec.keepsAll;
    this.beforeChange = beforeChange;
    this.rows = new SlotRows(spec.inputSchema);
    this.keys = new SortKeys(spec.orderBy);
    this.tree = new RankTree((left, right) => this.keys.compare(left, right));
    this.partitions = new KeyIds(spec.partitionBy, memory, barrierIdsMax);
  }

  rootOf(partition: number): number {
    return partition < this.roots.length ? this.roots[partition]! : NO_SLOT;
  }

  partitionOf(slot: number): number {
    return this.partitionBySlot[slot]!;
  }

  /** Begins with a batch. */
  begin(batch: Batch): void {
    this.partitions.read(batch);
    this.partitions.later.beforeChange(this.partitions.ids, batch.rowCount);
    this.reserve();
    this.addedCount = 0;
  }

  /** Adds a row of the batch; NO_SLOT: it is not among the first n and not kept. */
  add(columns: readonly Column[], row: number): number {
    const partition = this.partitions.ids[row]!;
    const slot = this.spare === NO_SLOT ? this.rows.allocate() : this.spare;
    this.keys.set(slot, columns, row, this.arrivals);
    const isBehind = this.isBehind(partition, slot);
    if (isBehind && !this.keepsAll) {
      this.keys.drop(slot);
      this.spare = slot;
      return NO_SLOT;
    }
    this.spare = NO_SLOT;
    this.arrivals++;
    if (!isBehind) this.beforeChange(partition);
    this.insert(partition, slot);
    if (!isBehind) this.findLast(partition);
    this.addedRows[this.addedCount] = row;
    this.addedSlots[this.addedCount++] = slot;
    if (!this.keepsAll) this.removeSurplus(partition);
    return slot;
  }

  /** The rows in these slots are about to go, or what else is kept of them. */
  beforeRemove(slots: Int32Array): void {
    const { later } = this.partitions;
    if (!later.isUnderWay) return;
    const partitions = slots.map((slot) => this.partitionOf(slot));
    later.beforeChange(partitions, partitions.length);
  }

  /** All rows of these partitions are about to go. */
  beforeRemoveAll(partitions: readonly number[]): void {
    const { later } = this.partitions;
    if (later.isUnderWay) later.beforeChange(Int32Array.from(partitions), partitions.length);
  }

  /** Takes a row out; its values can be read until `settle`. */
  remove(slot: number): void {
    const partition = this.partitionOf(slot);
    const { later } = this.partitions;
    if (later.isUnderWay) later.beforeChange(Int32Array.of(partition), 1);
    const isBehind = this.isBehind(partition, slot);
    if (!isBehind) this.beforeChange(partition);
    this.roots[partition] = this.tree.remove(this.roots[partition]!, slot);
    this.gone.push(slot);
    if (!isBehind) this.findLast(partition);
  }

  /**
   * Takes all rows of a partition out, after `beforeRemoveAll`; returns them in order. Their values
   * can be read as above.
   */
  removeAll(partition: number): Int32Array {
    const root = this.rootOf(partition);
    const slots = new Int32Array(this.tree.sizeOf(root));
    this.tree.first(root, slots.length, slots, 0);
    for (const slot of slots) this.gone.push(slot);
    if (root !== NO_SLOT) {
      this.roots[partition] = NO_SLOT;
      this.lasts[partition] = NO_SLOT;
    }
    return slots;
  }

  /** Ends the batch: its rows that were added are kept now. */
  end(batch: Batch): void {
    const moves = { from: this.addedRows, to: this.addedSlots, count: this.addedCount };
    this.rows.write(batch.columns, moves);
    this.addedCount = 0;
    if (this.spare !== NO_SLOT) this.rows.release(this.spare);
    this.spare = NO_SLOT;
  }

  /** The slots that the batch at hand has added, in order; valid until `end`. */
  addedInBatch(): Int32Array {
    return this.addedSlots.subarray(0, this.addedCount);
  }

  /** Gives back the slots of rows that have gone; `forget` is called for each. */
  settle(forget?: (slot: number) => void): void {
    for (const slot of this.gone) {
      this.keys.drop(slot);
      this.rows.release(slot);
      forget?.(slot);
    }
    this.gone.length = 0;
    this.partitions.sweep((used) => {
      for (const [partition, root] of this.roots.entries()) {
        if (root !== NO_SLOT) used[partition] = 1;
      }
    });
  }

  /**
   * Writes the rows of all partitions, those of each in the order in which they came; `write`
   * writes what else is kept of the rows in these slots.
   */
  writeParts(
    snapshot: SnapshotWriter,
    write: (writer: StateWriter, slots: Int32Array) => void,
  ): void {
    const { partitions, roots } = this;
    const idLimit = Math.min(partitions.idLimit, roots.length);
    const rowsOfEach = Math.ceil(this.rows.rowCount / Math.max(1, idLimit));
    partitions.writeState(snapshot, VERSION, {
      idLimit,
      runIdsMax: Math.max(1, Math.floor(BATCH_ROWS / Math.max(1, rowsOfEach))),
      isIn: (partition) => this.rootOf(partition) !== NO_SLOT,
      write: (writer, ids) => {
        write(writer, this.writeRows(writer, ids));
      },
    });
  }

  /** Returns the slots of the rows, in that order. */
  private writeRows(writer: StateWriter, ids: Int32Array): Int32Array {
    const { tree, roots } = this;
    const counts = ids.map((partition) => tree.sizeOf(roots[partition]!));
    const slots = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
    let from = 0;
    for (const [index, partition] of ids.entries()) {
      const end = from + tree.first(roots[partition]!, counts[index]!, slots, from);
      slots
        .subarray(from, end)
        .sort((left, right) => this.keys.arrivalOf(left) - this.keys.arrivalOf(right));
      from = end;
    }
    writer.int32Array(counts);
    writeRows(writer, this.rows.columns, slots);
    return slots;
  }

  /**
   * Reads what was written. `take` is told of each batch of rows that is kept, and where; `read`
   * reads what else was kept of the rows of a part.
   */
  readParts(
    restored: RestoredState,
    take: (batch: Batch, slots: Int32Array) => void,
    read: (reader: StateReader, slots: Int32Array) => void,
  ): void {
    const rows = new RowReader(this.rows.schema);
    this.partitions.sections(VERSION).read(restored, (reader, ids) => {
      this.reserve();
      const partitions = partitionsOf(ids, reader.int32Array(), reader);
      const slots = new Int32Array(partitions.length);
      rows.read(reader, slots.length, (batch, from) => {
        const end = from + batch.rowCount;
        this.addKept(batch, partitions.subarray(from, end), slots.subarray(from, end));
        take(batch, slots.subarray(from, end));
      });
      for (const partition of ids) this.findLast(partition);
      read(reader, slots);
    });
  }

  /** Rows of a snapshot, the earliest first; notes their slots. */
  private addKept(batch: Batch, partitions: Int32Array, slots: Int32Array): void {
    for (let row = 0; row < batch.rowCount; row++) {
      const slot = this.rows.allocate();
      slots[row] = slot;
      this.keys.set(slot, batch.columns, row, this.arrivals++);
      this.insert(partitions[row]!, slot);
      this.addedRows[row] = row;
    }
    this.rows.write(batch.columns, { from: this.addedRows, to: slots, count: batch.rowCount });
  }

  private reserve(): void {
    const { idLimit } = this.partitions;
    this.roots = grownInt32(this.roots, idLimit, NO_SLOT);
    this.lasts = grownInt32(this.lasts, idLimit, NO_SLOT);
  }

  /** Whether n rows come before a row. */
  private isBehind(partition: number, slot: number): boolean {
    const last = this.lasts[partition]!;
    return last !== NO_SLOT && this.keys.compare(slot, last) > 0;
  }

  private findLast(partition: number): void {
    this.lasts[partition] = this.tree.slotAt(this.roots[partition]!, this.n - 1);
  }

  private insert(partition: number, slot: number): void {
    this.partitionBySlot = grownInt32(this.partitionBySlot, slot + 1, 0);
    this.partitionBySlot[slot] = partition;
    this.roots[partition] = this.tree.insert(this.roots[partition]!, slot);
  }

  private removeSurplus(partition: number): void {
    const root = this.roots[partition]!;
    if (this.tree.sizeOf(root) <= this.n) return;
    const last = this.tree.slotAt(root, this.n);
    this.roots[partition] = this.tree.remove(root, last);
    this.gone.push(last);
  }
}

/** The partition of each row of a part: as many of each as it counts. */
function partitionsOf(ids: Int32Array, counts: Int32Array, reader: StateReader): Int32Array {
  if (counts.length !== ids.length) throw corruptState('its partitions are not whole');
  let rowCount = 0;
  for (const count of counts) {
    if (count <= 0) throw corruptState(`a partition has ${count} rows`);
    rowCount += count;
  }
  reader.expect(rowCount);
  const partitions = new Int32Array(rowCount);
  let from = 0;
  for (const [index, count] of counts.entries()) {
    partitions.fill(ids[index]!, from, from + count);
    from += count;
  }
  return partitions;
}
