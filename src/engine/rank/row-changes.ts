/** Changes on their way out, in order: rows by slot, each with its kind and its rank. */
import { growUint8 } from '../function/accumulator.ts';
import { grownInt32 } from './slot-array.ts';

export class RowChanges {
  slots: Int32Array = new Int32Array(0);
  /** A rowKinds value each. */
  kinds: Uint8Array = new Uint8Array(0);
  /** Counted from 1. */
  ranks: Int32Array = new Int32Array(0);
  count = 0;

  add(slot: number, kind: number, rank: number): void {
    const at = this.count++;
    this.slots = grownInt32(this.slots, this.count, 0);
    this.kinds = growUint8(this.kinds, this.count);
    this.ranks = grownInt32(this.ranks, this.count, 0);
    this.slots[at] = slot;
    this.kinds[at] = kind;
    this.ranks[at] = rank;
  }

  clear(): void {
    this.count = 0;
  }
}
