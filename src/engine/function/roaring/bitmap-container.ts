/**
 * A container with one bit for each of its 65,536 possible values: 8 KiB whatever it holds.
 */

export const BITMAP_WORDS = 2048;
const WORD_BITS = 32;

export class BitmapContainer {
  readonly kind = 'bitmap';
  cardinality: number;
  /** Bit `low & 31` of word `low >>> 5`. */
  readonly words: Int32Array;

  /** Takes over `words`, which have `cardinality` bits set. */
  constructor(words: Int32Array = new Int32Array(BITMAP_WORDS), cardinality = 0) {
    this.cardinality = cardinality;
    this.words = words;
  }

  get sizeBytes(): number {
    return this.words.byteLength;
  }

  has(low: number): boolean {
    return ((this.words[low >>> 5]! >>> (low & 31)) & 1) === 1;
  }

  /** True when `low` is new. */
  add(low: number): boolean {
    const at = low >>> 5;
    const word = this.words[at]!;
    const bit = 1 << (low & 31);
    if ((word & bit) !== 0) return false;
    this.words[at] = word | bit;
    this.cardinality++;
    return true;
  }

  /** Adds the values from `first` to `last`, both included. */
  addRange(first: number, last: number): void {
    const firstWord = first >>> 5;
    const lastWord = last >>> 5;
    for (let at = firstWord; at <= lastWord; at++) {
      let mask = -1;
      if (at === firstWord) mask &= -1 << (first & 31);
      if (at === lastWord) mask &= -1 >>> (WORD_BITS - 1 - (last & 31));
      const word = this.words[at]!;
      this.cardinality += countBits(mask & ~word);
      this.words[at] = word | mask;
    }
  }

  addAll(other: BitmapContainer): void {
    const { words } = this;
    let cardinality = 0;
    for (let at = 0; at < BITMAP_WORDS; at++) {
      const word = words[at]! | other.words[at]!;
      words[at] = word;
      cardinality += countBits(word);
    }
    this.cardinality = cardinality;
  }

  clone(): BitmapContainer {
    return new BitmapContainer(this.words.slice(), this.cardinality);
  }

  /** The values, ascending. */
  toValues(): Uint16Array {
    const values = new Uint16Array(this.cardinality);
    let count = 0;
    for (let at = 0; at < BITMAP_WORDS; at++) {
      let word = this.words[at]!;
      while (word !== 0) {
        values[count++] = (at << 5) | lowestBit(word);
        word &= word - 1;
      }
    }
    return values;
  }

  countRuns(): number {
    const { words } = this;
    let runs = 0;
    let carried = 0;
    for (let at = 0; at < BITMAP_WORDS; at++) {
      const word = words[at]!;
      // A run starts at each bit whose lower neighbour is not set.
      runs += countBits(word & ~((word << 1) | carried));
      carried = word >>> (WORD_BITS - 1);
    }
    return runs;
  }
}

/** The number of bits set in a 32-bit word. */
export function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}

function lowestBit(word: number): number {
  return WORD_BITS - 1 - Math.clz32(word & -word);
}
