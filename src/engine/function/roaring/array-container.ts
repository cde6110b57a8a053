/**
 * A container that lists its values in ascending order: the small form, 2 bytes a value.
 */

/** The most values that the portable format stores as an array; a bitmap is smaller from there. */
export const ARRAY_VALUES_MAX = 4096;

/** First capacity; most groups of a window stay below it. */
const INITIAL_CAPACITY = 4;
/** Up to this many values, moving them in a loop is faster than a call to copyWithin. */
const LOOP_MOVE_MAX = 32;

export class ArrayContainer {
  readonly kind = 'array';
  cardinality: number;
  /** Ascending; the first `cardinality` entries count. */
  values: Uint16Array;

  /** Takes over `values`, of which the first `cardinality` are ascending. */
  constructor(values: Uint16Array = new Uint16Array(INITIAL_CAPACITY), cardinality = 0) {
    this.cardinality = cardinality;
    this.values = values;
  }

  get sizeBytes(): number {
    return this.values.byteLength;
  }

  has(low: number): boolean {
    const at = this.lowerBound(low);
    return at < this.cardinality && this.values[at] === low;
  }

  /** True when `low` is new. May leave one value more than ARRAY_VALUES_MAX. */
  add(low: number): boolean {
    const { cardinality } = this;
    // Dictionary ids come in ascending order when they are new, so the end is the usual place.
    let at = cardinality;
    if (cardinality > 0 && this.values[cardinality - 1]! >= low) {
      at = this.lowerBound(low);
      if (this.values[at] === low) return false;
    }
    if (cardinality === this.values.length) this.grow();
    const { values } = this;
    if (cardinality - at > LOOP_MOVE_MAX) values.copyWithin(at + 1, at, cardinality);
    else for (let index = cardinality; index > at; index--) values[index] = values[index - 1]!;
    values[at] = low;
    this.cardinality = cardinality + 1;
    return true;
  }

  clone(): ArrayContainer {
    return new ArrayContainer(this.toValues(), this.cardinality);
  }

  /** A copy of the values, ascending. */
  toValues(): Uint16Array {
    return this.values.slice(0, this.cardinality);
  }

  countRuns(): number {
    const { values, cardinality } = this;
    let runs = cardinality > 0 ? 1 : 0;
    for (let index = 1; index < cardinality; index++) {
      if (values[index] !== values[index - 1]! + 1) runs++;
    }
    return runs;
  }

  /** Where `low` is, or would go. */
  private lowerBound(low: number): number {
    const { values } = this;
    let from = 0;
    let to = this.cardinality;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (values[middle]! < low) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  private grow(): void {
    const capacity = Math.min(this.values.length * 2, ARRAY_VALUES_MAX + 1);
    const grown = new Uint16Array(Math.max(capacity, INITIAL_CAPACITY));
    grown.set(this.values);
    this.values = grown;
  }
}
