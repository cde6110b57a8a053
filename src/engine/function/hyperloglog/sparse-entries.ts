/**
 * The first form of a sketch: the distinct hashes it has seen, shortened to 31 bits, in a small
 * open-addressing table. An entry is the first 25 bits of a hash (its place) above 6 bits that say
 * where the first 1 comes in the rest of the hash (its rank, 1 to 40). The registers follow from
 * the entries exactly, so nothing is lost when the sketch changes its form.
 */

/** Bits of the place: with 2^25 places, counting the places taken is all but exact here. */
export const PLACE_BITS = 25;
export const RANK_BITS = 6;
/** The rank of a hash whose other 39 bits are all 0. */
export const SPARSE_RANK_MAX = 64 - PLACE_BITS + 1;
/** With more entries the registers are smaller, in memory and when stored. */
export const ENTRIES_MAX = 3072;

const FREE = -1;
const INITIAL_CAPACITY = 8;
const RANK_MASK = (1 << RANK_BITS) - 1;

export class SparseEntries {
  /** How many places are taken. */
  count = 0;
  /** FREE, or an entry; at most three quarters are taken. */
  private table = new Int32Array(INITIAL_CAPACITY).fill(FREE);

  get sizeBytes(): number {
    return this.table.byteLength;
  }

  /** Keeps the higher rank where the place is taken. */
  add(entry: number): void {
    const { table } = this;
    const mask = table.length - 1;
    const place = entry >>> RANK_BITS;
    let at = spread(place) & mask;
    for (;;) {
      const found = table[at]!;
      if (found === FREE) break;
      if (found >>> RANK_BITS === place) {
        if (entry > found) table[at] = entry;
        return;
      }
      at = (at + 1) & mask;
    }
    table[at] = entry;
    this.count++;
    if (this.count * 4 > table.length * 3) this.grow();
  }

  /** All entries, ascending. */
  sorted(): Int32Array {
    return this.table.filter((entry) => entry !== FREE).sort();
  }

  private grow(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2).fill(FREE);
    this.count = 0;
    for (const entry of old) if (entry !== FREE) this.add(entry);
  }
}

/** The entry of a hash. */
export function entryOf(high: number, low: number): number {
  // The 7 bits of the upper word below the place, then the lower word.
  const rest = high & 0x7f;
  const zeros = rest === 0 ? 7 + Math.clz32(low) : Math.clz32(rest) - PLACE_BITS;
  return ((high >>> (32 - PLACE_BITS)) << RANK_BITS) | (zeros + 1);
}

export function placeOf(entry: number): number {
  return entry >>> RANK_BITS;
}

export function rankOf(entry: number): number {
  return entry & RANK_MASK;
}

/** Places that share a low part lie apart: the hash's first bits are its best ones. */
function spread(place: number): number {
  return place ^ (place >>> 12);
}
