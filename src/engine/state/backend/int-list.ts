/** A list of 32-bit integers that grows. */
const INITIAL_CAPACITY = 16;

export class IntList {
  items = new Int32Array(INITIAL_CAPACITY);
  length = 0;

  push(item: number): void {
    if (this.length === this.items.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.items);
      this.items = grown;
    }
    this.items[this.length++] = item;
  }

  /** A copy of what is in it. */
  copy(): Int32Array {
    return this.items.slice(0, this.length);
  }
}
