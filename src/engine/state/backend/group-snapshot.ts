/**
 * A snapshot of all state by key group: savepoints, checkpoints that are not incremental, and small
 * state. Written in steps while rows go on: first the cells are sorted into their groups, then
 * group after group is written; what changes meanwhile is written before it changes.
 * Invariant: the parts hold each cell as it was when the snapshot was begun, once.
 */
import type { KeyGroupRange } from '../key-groups.ts';
import type { LaterState, LaterWriter } from '../operator-snapshot.ts';
import type { BackendLimits } from './backend-limits.ts';
import { EntryBlock } from './entry-block.ts';
import type { EntryWriter } from './entry-writer.ts';
import type { Epochs, WritingSnapshot } from './epochs.ts';
import type { KeySpace } from './key-space.ts';
import { SlotMarks } from './slot-marks.ts';

export interface GroupOrder {
  readonly epochs: Epochs;
  readonly entries: EntryWriter;
  readonly keys: KeySpace;
  readonly limits: BackendLimits;
  readonly maxParallelism: number;
  readonly nowMs: number;
  readonly ended: (isWritten: boolean) => void;
}

/** The slots of one table, sorted into chains by key group; an entry is a slot plus one. */
interface Chains {
  readonly slotLimit: number;
  readonly first: Int32Array;
  readonly next: Int32Array;
}

export class GroupSnapshot implements LaterState, WritingSnapshot {
  readonly epoch: number;
  private readonly order: GroupOrder;
  private readonly marks: SlotMarks;
  private readonly chains: readonly Chains[];
  /** Cells that were written before their turn, by key group. */
  private readonly saved = new Map<number, EntryBlock>();
  private readonly block = new EntryBlock();
  /** Table whose slots are sorted, and the first slot that is sorted already. */
  private sortedTable = 0;
  private sortedFrom = -1;
  /** What is written next: a group, a table in it, a slot plus one; -1: the first one. */
  private group = 0;
  private table = 0;
  private slot = -1;

  constructor(order: GroupOrder) {
    const { tables, epoch } = order.epochs;
    this.order = order;
    this.epoch = epoch;
    this.marks = new SlotMarks(tables);
    this.chains = tables.map(({ slotLimit }) => ({
      slotLimit,
      first: new Int32Array(order.maxParallelism),
      next: new Int32Array(slotLimit),
    }));
    order.epochs.startWriting(this);
  }

  writeNext(writer: Pick<LaterWriter, 'keyGroup'>): boolean {
    if (this.sort()) return true;
    if (this.writeGroups(writer)) return true;
    this.order.epochs.stopWriting(this);
    const [saved] = this.saved;
    if (saved === undefined) return false;
    this.saved.delete(saved[0]);
    writePart(writer, saved[1]);
    return true;
  }

  /** Parts are copied by whoever takes them. */
  settled(): Promise<void> {
    return Promise.resolve();
  }

  end(isWritten: boolean): void {
    this.order.epochs.stopWriting(this);
    this.order.ended(isWritten);
  }

  save(table: number, slot: number): void {
    const { epochs, entries, keys } = this.order;
    if (this.marks.has(table, slot)) return;
    this.marks.add(table, slot);
    const group = keys.groupOf(epochs.tables[table]!.keyOfSlot(slot));
    let block = this.saved.get(group);
    if (block === undefined) this.saved.set(group, (block = new EntryBlock()));
    entries.writePut(block, table, slot);
  }

  /** Sorts some slots; false: all are sorted. */
  private sort(): boolean {
    const { epochs, keys, nowMs, limits } = this.order;
    let left = limits.stepSlots;
    for (; this.sortedTable < this.chains.length; this.sortedTable++, this.sortedFrom = -1) {
      const cells = epochs.tables[this.sortedTable]!;
      const { slotLimit, first, next } = this.chains[this.sortedTable]!;
      if (this.sortedFrom < 0) this.sortedFrom = slotLimit;
      // From the last to the first, so that a chain starts with its first slot.
      while (this.sortedFrom > 0) {
        if (left-- === 0) return true;
        const slot = --this.sortedFrom;
        if (!cells.holdsSlot(slot) || cells.log!.epochOf(slot) > this.epoch) continue;
        if (cells.isLeftOut(slot, nowMs)) continue;
        const group = keys.groupOf(cells.keyOfSlot(slot));
        next[slot] = first[group]!;
        first[group] = slot + 1;
      }
    }
    return false;
  }

  /** Writes some cells; false: all groups are written. */
  private writeGroups(writer: Pick<LaterWriter, 'keyGroup'>): boolean {
    const { limits, maxParallelism } = this.order;
    let left = limits.stepCells;
    while (this.group < maxParallelism) {
      while (this.table < this.chains.length) {
        const { first, next } = this.chains[this.table]!;
        if (this.slot < 0) this.slot = first[this.group]!;
        while (this.slot > 0) {
          if (left-- === 0) return true;
          const slot = this.slot - 1;
          this.slot = next[slot]!;
          this.writeCell(this.table, slot);
          if (this.block.sink.length < limits.pieceBytes) continue;
          writePart(writer, this.block);
          return true;
        }
        this.table++;
        this.slot = -1;
      }
      writePart(writer, this.block);
      this.group++;
      this.table = 0;
    }
    return false;
  }

  private writeCell(table: number, slot: number): void {
    const { epochs, entries } = this.order;
    const cells = epochs.tables[table]!;
    if (!cells.holdsSlot(slot) || cells.log!.epochOf(slot) > this.epoch) return;
    if (this.marks.has(table, slot)) return;
    this.marks.add(table, slot);
    entries.writePut(this.block, table, slot);
  }
}

/** All entries of a block are of one key group. */
function writePart(writer: Pick<LaterWriter, 'keyGroup'>, block: EntryBlock): void {
  const closed = block.close();
  if (closed === null) return;
  const { first }: KeyGroupRange = closed.keyGroups;
  writer.keyGroup(first).append(closed.bytes);
}
