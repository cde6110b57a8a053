/** One bit for each slot of each table: the cells that a snapshot has written. */
import type { CellTable } from './cell-table.ts';

export class SlotMarks {
  private readonly marks: readonly Uint8Array[];

  /** For the slots that the tables have now. */
  constructor(tables: readonly CellTable[]) {
    this.marks = tables.map(({ slotLimit }) => new Uint8Array((slotLimit >> 3) + 1));
  }

  has(table: number, slot: number): boolean {
    return (this.marks[table]![slot >> 3]! & (1 << (slot & 7))) !== 0;
  }

  add(table: number, slot: number): void {
    this.marks[table]![slot >> 3]! |= 1 << (slot & 7);
  }
}
