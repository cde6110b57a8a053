/**
 * Byte strings one behind the other in an array of words that grows. A string is known by its place,
 * the number of its first word; what is no longer needed goes when the owner copies the rest over.
 */
const INITIAL_WORDS = 1024;

export class WordArena {
  private content = new Int32Array(INITIAL_WORDS);
  private end = 0;

  get sizeBytes(): number {
    return this.content.byteLength;
  }

  /** The words; replaced when the arena grows. */
  get words(): Int32Array {
    return this.content;
  }

  /** Copies `length` bytes in; the rest of their last word is 0. Returns their place. */
  add(view: DataView, start: number, length: number): number {
    const place = this.reserve((length + 3) >>> 2);
    const wholeEnd = start + (length & ~3);
    let at = place;
    let byte = start;
    for (; byte < wholeEnd; byte += 4) this.content[at++] = view.getInt32(byte, true);
    const rest = length & 3;
    if (rest !== 0) this.content[at] = view.getInt32(byte, true) & ((1 << (rest << 3)) - 1);
    return place;
  }

  /** Copies a string of another arena in. */
  addFrom(other: WordArena, place: number, length: number): number {
    const wordCount = (length + 3) >>> 2;
    const target = this.reserve(wordCount);
    this.content.set(other.content.subarray(place, place + wordCount), target);
    return target;
  }

  /** True when the string of `length` bytes at `place` is these bytes. */
  holds(place: number, view: DataView, start: number, length: number): boolean {
    const { content } = this;
    const wholeEnd = start + (length & ~3);
    let at = place;
    let byte = start;
    for (; byte < wholeEnd; byte += 4)
      if (content[at++] !== view.getInt32(byte, true)) return false;
    const rest = length & 3;
    return rest === 0 || content[at] === (view.getInt32(byte, true) & ((1 << (rest << 3)) - 1));
  }

  private reserve(wordCount: number): number {
    const place = this.end;
    this.end += wordCount;
    if (this.end > this.content.length) {
      const grown = new Int32Array(Math.max(this.end, this.content.length * 2));
      grown.set(this.content.subarray(0, place));
      this.content = grown;
    }
    return place;
  }
}
