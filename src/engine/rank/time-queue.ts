/** Ids in the order of a time each, the least first: a binary heap. An id may be in it repeatedly. */
import { growFloat64 } from '../function/accumulator.ts';
import { grownInt32 } from './slot-array.ts';

export class TimeQueue {
  private times: Float64Array = new Float64Array(0);
  private ids: Int32Array = new Int32Array(0);
  private count = 0;

  /** The least time; Infinity: nothing is in the queue. */
  get nextMs(): number {
    return this.count === 0 ? Infinity : this.times[0]!;
  }

  add(timeMs: number, id: number): void {
    this.times = growFloat64(this.times, this.count + 1);
    this.ids = grownInt32(this.ids, this.count + 1, 0);
    let at = this.count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.times[parent]! <= timeMs) break;
      this.move(parent, at);
      at = parent;
    }
    this.times[at] = timeMs;
    this.ids[at] = id;
  }

  /** Takes the id with the least time out of a queue that is not empty. */
  take(): number {
    const first = this.ids[0]!;
    const last = --this.count;
    const timeMs = this.times[last]!;
    const id = this.ids[last]!;
    let at = 0;
    for (let child = 1; child < last; child = at * 2 + 1) {
      if (child + 1 < last && this.times[child + 1]! < this.times[child]!) child++;
      if (this.times[child]! >= timeMs) break;
      this.move(child, at);
      at = child;
    }
    this.times[at] = timeMs;
    this.ids[at] = id;
    return first;
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from]!;
    this.ids[to] = this.ids[from]!;
  }
}
