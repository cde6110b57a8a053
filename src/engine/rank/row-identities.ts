/**
 * Which kept row a change of the input is about: the row with the same key, or, where the input has
 * no key, the earliest of the rows that are equal in all columns. Rows of one identity form a ring,
 * of which the last is known.
 */
import type { Batch } from '../batch/batch.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { KeyIds } from './key-ids.ts';
import { NO_SLOT } from './rank-tree.ts';
import { grownInt32 } from './slot-array.ts';

export class RowIdentities {
  private readonly keys: KeyIds;
  /** By identity: the slot of its latest row. */
  private latest: Int32Array = new Int32Array(0);
  /** By slot: the next row of the identity; of the latest one, the earliest. */
  private next: Int32Array = new Int32Array(0);
  private identityBySlot: Int32Array = new Int32Array(0);

  /** `columns`: positions of those that make the identity. */
  constructor(columns: readonly number[], memory: LinearMemory) {
    this.keys = new KeyIds(columns, memory);
  }

  begin(batch: Batch): void {
    this.keys.read(batch);
    this.reserve();
  }

  /** Rows of a snapshot are kept under these slots. */
  addStored(batch: Batch, slots: Int32Array): void {
    this.keys.readStored(batch);
    this.reserve();
    for (const [row, slot] of slots.entries()) this.add(row, slot);
  }

  /** The earliest kept row that a row of the batch stands for; NO_SLOT: there is none. */
  find(row: number): number {
    const latest = this.latest[this.keys.ids[row]!]!;
    return latest === NO_SLOT ? NO_SLOT : this.next[latest]!;
  }

  /** The latest row with the identity of a row that has gone. */
  successorOf(slot: number): number {
    return this.latest[this.identityBySlot[slot]!]!;
  }

  /** A row of the batch is kept under a slot. */
  add(row: number, slot: number): void {
    this.link(this.keys.ids[row]!, slot);
  }

  remove(slot: number): void {
    const identity = this.identityBySlot[slot]!;
    let previous = this.latest[identity]!;
    while (this.next[previous] !== slot) previous = this.next[previous]!;
    this.next[previous] = this.next[slot]!;
    if (previous === slot) this.latest[identity] = NO_SLOT;
    else if (this.latest[identity] === slot) this.latest[identity] = previous;
  }

  sweep(): void {
    this.keys.sweep((used) => {
      for (const [identity, slot] of this.latest.entries()) {
        if (slot !== NO_SLOT) used[identity] = 1;
      }
    });
  }

  private reserve(): void {
    this.latest = grownInt32(this.latest, this.keys.idLimit, NO_SLOT);
  }

  private link(identity: number, slot: number): void {
    this.next = grownInt32(this.next, slot + 1, NO_SLOT);
    this.identityBySlot = grownInt32(this.identityBySlot, slot + 1, 0);
    this.identityBySlot[slot] = identity;
    const latest = this.latest[identity]!;
    if (latest === NO_SLOT) {
      this.next[slot] = slot;
    } else {
      this.next[slot] = this.next[latest]!;
      this.next[latest] = slot;
    }
    this.latest[identity] = slot;
  }
}
