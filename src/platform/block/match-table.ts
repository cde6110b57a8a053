/**
 * Where four bytes stood last: what a fast compressor looks for repetitions with. One table is used
 * for block after block; positions of earlier blocks are told apart by their number.
 */
const BITS = 14;
const FACTOR = 0x9e3779b1;

export class MatchTable {
  private readonly places = new Int32Array(1 << BITS).fill(-1);

  clear(): void {
    this.places.fill(-1);
  }

  /** The place before `at` with the same four bytes, or -1; remembers `at`. At `at` are four. */
  swap(bytes: Uint8Array, at: number): number {
    const four = fourBytes(bytes, at);
    const slot = Math.imul(four, FACTOR) >>> (32 - BITS);
    const place = this.places[slot] ?? -1;
    this.places[slot] = at;
    return place >= 0 && fourBytes(bytes, place) === four ? place : -1;
  }
}

/** How many bytes from `a` and from `b` on are equal, `b` staying below `end`. */
export function matchLength(bytes: Uint8Array, a: number, b: number, end: number): number {
  let length = 0;
  while (b + length < end && bytes[a + length] === bytes[b + length]) length++;
  return length;
}

function fourBytes(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
