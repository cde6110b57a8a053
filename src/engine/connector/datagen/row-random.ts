/**
 * Random numbers of one field of one row. They depend on seed, field and row alone, so that a row
 * is the same wherever batches are cut, and after a restore.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), seeded with the row as its counter.
 */

/** Rounds after which neighbouring rows have nothing in common; PractRand uses 12 to 15. */
const WARM_UP_ROUNDS = 12;
const FIELD_FACTOR = 0x9e3779b1;

export class RowRandom {
  private readonly seedLow: number;
  private readonly seedHigh: number;
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 0;

  /** `seed`: a safe integer. */
  constructor(seed: number) {
    this.seedLow = seed | 0;
    this.seedHigh = Math.floor(seed / 2 ** 32) | 0;
  }

  /** Starts the numbers of this field of this row. */
  begin(field: number, row: number): void {
    this.a = this.seedLow ^ Math.imul(field + 1, FIELD_FACTOR);
    this.b = row | 0;
    this.c = this.seedHigh ^ Math.floor(row / 2 ** 32);
    this.counter = 1;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.uint32();
  }

  /** 0 to 2^32 - 1. */
  uint32(): number {
    const result = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** Uniform in [0, 1), 53 bits. */
  fraction(): number {
    const high = this.uint32() >>> 5;
    return (high * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** An integer in [min, max], whose count of values is at most 2^53. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  /** An integer in [min, max] of any size. */
  bigint(min: bigint, max: bigint): bigint {
    const span = max - min + 1n;
    let bits = 0n;
    let value = 0n;
    // 64 bits more than the span has, so that no value is noticeably more likely.
    for (let rest = span << 64n; rest > 0n; rest >>= 32n) {
      value = (value << 32n) | BigInt(this.uint32());
      bits += 32n;
    }
    return min + ((value * span) >> bits);
  }
}
