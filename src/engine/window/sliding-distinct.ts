/**
 * COUNT(DISTINCT x) of hopping windows: for each pair of group and value the last slice that it
 * occurred in. A pair counts as long as that slice is within the window, so it is touched when its
 * slice comes in and looked at once more when the slice leaves, however many windows overlap.
 * Invariant: the count of a group is the number of its pairs whose last slice has not left.
 */

/** First number of entries; a power of two. */
const ENTRIES_MIN = 1 << 10;
/** Words of a pair: key id + 1 (0: free), value id. */
const WORDS = 2;
const FACTOR = 0x9e3779b1;
/** The last slice of a pair that has left; its entry is used again. */
const LEFT = -Infinity;

export class SlidingDistinct {
  private pairs = new Int32Array(ENTRIES_MIN * WORDS);
  /** By entry: where the last slice of its pair starts, epoch milliseconds. */
  private lastSlices = new Float64Array(ENTRIES_MIN);
  private mask = ENTRIES_MIN - 1;
  /** Entries that are not free. */
  private usedCount = 0;
  /** Of those, pairs that count. */
  private liveCount = 0;
  /** By key id. */
  private counts: Int32Array = new Int32Array(0);

  get sizeBytes(): number {
    return this.pairs.byteLength + this.lastSlices.byteLength + this.counts.byteLength;
  }

  countOf(key: number): number {
    return this.counts[key] ?? 0;
  }

  /** The pair occurs in the slice that starts then. */
  touch(key: number, id: number, sliceMs: number): void {
    if ((this.usedCount + 1) * 4 > (this.mask + 1) * 3) this.rehash();
    const { pairs, lastSlices } = this;
    const entry = this.entryOf(key, id);
    if (pairs[entry * WORDS] === 0) {
      pairs[entry * WORDS] = key + 1;
      pairs[entry * WORDS + 1] = id;
      this.usedCount++;
    } else if (lastSlices[entry] !== LEFT) {
      if (lastSlices[entry]! < sliceMs) lastSlices[entry] = sliceMs;
      return;
    }
    lastSlices[entry] = sliceMs;
    this.liveCount++;
    if (key >= this.counts.length) this.counts = grown(this.counts, key);
    this.counts[key] = this.counts[key]! + 1;
  }

  /** The slice that starts then has left the windows, and this pair was in it. */
  leave(key: number, id: number, sliceMs: number): void {
    const entry = this.entryOf(key, id);
    // Seen again since, or left already: a slice may name a pair twice.
    if (this.pairs[entry * WORDS] === 0 || this.lastSlices[entry] !== sliceMs) return;
    this.lastSlices[entry] = LEFT;
    this.liveCount--;
    this.counts[key] = this.counts[key]! - 1;
  }

  /** The entry of the pair, or the free one where it would stand. */
  private entryOf(key: number, id: number): number {
    const { pairs, mask } = this;
    let hash = Math.imul(id ^ Math.imul(key + 1, FACTOR), FACTOR);
    hash ^= hash >>> 15;
    let entry = hash & mask;
    for (;;) {
      const found = pairs[entry * WORDS]!;
      if (found === 0 || (found === key + 1 && pairs[entry * WORDS + 1] === id)) return entry;
      entry = (entry + 1) & mask;
    }
  }

  /** Drops what has left; grows when that is not enough. */
  private rehash(): void {
    const { pairs, lastSlices } = this;
    let entries = this.mask + 1;
    while (this.liveCount * 2 >= entries) entries *= 2;
    this.pairs = new Int32Array(entries * WORDS);
    this.lastSlices = new Float64Array(entries);
    this.mask = entries - 1;
    this.usedCount = 0;
    for (let old = 0; old < lastSlices.length; old++) {
      const key = pairs[old * WORDS]!;
      if (key === 0 || lastSlices[old] === LEFT) continue;
      const id = pairs[old * WORDS + 1]!;
      const entry = this.entryOf(key - 1, id);
      this.pairs[entry * WORDS] = key;
      this.pairs[entry * WORDS + 1] = id;
      this.lastSlices[entry] = lastSlices[old]!;
      this.usedCount++;
    }
  }
}

function grown(counts: Int32Array, key: number): Int32Array {
  const larger = new Int32Array(Math.max(64, key + 1, counts.length * 2));
  larger.set(counts);
  return larger;
}
