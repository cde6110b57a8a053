/**
 * Slots in the order of their times, those of one time in the order of their numbers: a binary
 * heap in typed arrays.
 */
const INITIAL_CAPACITY = 1024;

export class TimeHeap {
  private times = new Float64Array(INITIAL_CAPACITY);
  private slots = new Int32Array(INITIAL_CAPACITY);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The least time; Infinity when empty. */
  get firstMs(): number {
    return this.count === 0 ? Infinity : this.times[0]!;
  }

  push(timeMs: number, slot: number): void {
    if (this.count === this.slots.length) this.grow();
    let at = this.count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timeMs, slot, this.times[parent]!, this.slots[parent]!)) break;
      this.times[at] = this.times[parent]!;
      this.slots[at] = this.slots[parent]!;
      at = parent;
    }
    this.times[at] = timeMs;
    this.slots[at] = slot;
  }

  /** Takes out the first slot; only when there is one. */
  pop(): number {
    const first = this.slots[0]!;
    const last = --this.count;
    if (last > 0) this.sink(this.times[last]!, this.slots[last]!);
    return first;
  }

  /** The slots whose time is before, in no order. */
  slotsBefore(timeMs: number): number[] {
    const slots: number[] = [];
    const open = [0];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at >= this.count || this.times[at]! >= timeMs) continue;
      slots.push(this.slots[at]!);
      open.push(2 * at + 1, 2 * at + 2);
    }
    return slots;
  }

  /** Gives each slot another number; the order of numbers stays. */
  renumber(numbers: Int32Array): void {
    for (let at = 0; at < this.count; at++) this.slots[at] = numbers[this.slots[at]!]!;
  }

  /** Puts an entry at the top and lets it down to its place. */
  private sink(timeMs: number, slot: number): void {
    const { times, slots, count } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      const right = child + 1;
      if (right < count && isBefore(times[right]!, slots[right]!, times[child]!, slots[child]!)) {
        child = right;
      }
      if (isBefore(timeMs, slot, times[child]!, slots[child]!)) break;
      times[at] = times[child]!;
      slots[at] = slots[child]!;
      at = child;
    }
    times[at] = timeMs;
    slots[at] = slot;
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2);
    times.set(this.times);
    this.times = times;
    const slots = new Int32Array(this.slots.length * 2);
    slots.set(this.slots);
    this.slots = slots;
  }
}

function isBefore(timeMs: number, slot: number, otherMs: number, otherSlot: number): boolean {
  return timeMs < otherMs || (timeMs === otherMs && slot < otherSlot);
}
