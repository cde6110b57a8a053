/** Rows of a batch on their way to slots, each slot once: of several rows the last one counts. */
import { BATCH_ROWS } from '../batch/column.ts';
import type { RowMoves } from '../batch/scatter-rows.ts';
import { grownInt32 } from './slot-array.ts';

export class SlotMoves implements RowMoves {
  readonly from = new Int32Array(BATCH_ROWS);
  readonly to = new Int32Array(BATCH_ROWS);
  count = 0;
  /** By slot: its position in `to`, when that names it. */
  private positions: Int32Array = new Int32Array(0);

  clear(): void {
    this.count = 0;
  }

  /** Whether a row of the batch goes to the slot. */
  has(slot: number): boolean {
    const position = slot < this.positions.length ? this.positions[slot]! : this.count;
    return position < this.count && this.to[position] === slot;
  }

  set(slot: number, row: number): void {
    if (this.has(slot)) {
      this.from[this.positions[slot]!] = row;
      return;
    }
    this.positions = grownInt32(this.positions, slot + 1, 0);
    this.positions[slot] = this.count;
    this.from[this.count] = row;
    this.to[this.count++] = slot;
  }
}
