/**
 * Which snapshots still write groups of one table: a window, a slice of one, all sessions. Groups
 * that are about to change are written first, and the table is kept until all are written.
 */

/** The slots of a table in one snapshot: as a range of all that the snapshot holds. */
export interface SlotHold {
  readonly first: number;
  /** Slots from here on came after the barrier. */
  readonly slotCount: number;
  /** By number in the snapshot. */
  readonly beforeChange: (numbers: Int32Array, count: number) => void;
}

export class SlotHolds {
  private readonly all = new Set<SlotHold>();
  private whenFree: (() => void) | null = null;

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  add(hold: SlotHold): void {
    this.all.add(hold);
  }

  delete(hold: SlotHold): void {
    this.all.delete(hold);
    if (this.isEmpty) this.whenFree?.();
  }

  /** Calls it when no snapshot needs the table any more: now, or later. */
  whenEmpty(act: () => void): void {
    if (this.isEmpty) act();
    else this.whenFree = act;
  }

  /** The first `count` of these may change now; slots may repeat. */
  beforeChange(slots: Int32Array, count: number): void {
    if (this.isEmpty) return;
    const numbers = new Int32Array(count);
    for (const { first, slotCount, beforeChange } of this.all) {
      let held = 0;
      for (let index = 0; index < count; index++) {
        const slot = slots[index]!;
        if (slot < slotCount) numbers[held++] = first + slot;
      }
      if (held > 0) beforeChange(numbers, held);
    }
  }
}
