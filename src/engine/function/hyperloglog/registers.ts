/**
 * The second form of a sketch: 2^14 registers, each the highest rank (where the first 1 comes after
 * the first 14 bits, 1 to 51) of the hashes that begin with its number.
 */
import { PLACE_BITS, placeOf, rankOf } from './sparse-entries.ts';

export const PRECISION = 14;
export const REGISTERS = 1 << PRECISION;
/** The rank of a hash whose other 50 bits are all 0. */
export const RANK_MAX = 64 - PRECISION + 1;

const HIGH_REST_BITS = 32 - PRECISION;
const HIGH_REST_MASK = (1 << HIGH_REST_BITS) - 1;
/** Bits of a sparse place that belong to the rank of a register. */
const MIDDLE_BITS = PLACE_BITS - PRECISION;
const MIDDLE_MASK = (1 << MIDDLE_BITS) - 1;

export class Registers {
  readonly ranks: Uint8Array;

  /** Takes over `ranks`. */
  constructor(ranks: Uint8Array = new Uint8Array(REGISTERS)) {
    this.ranks = ranks;
  }

  static of(entries: Iterable<number>): Registers {
    const registers = new Registers();
    for (const entry of entries) registers.addEntry(entry);
    return registers;
  }

  addHash(high: number, low: number): void {
    const rest = high & HIGH_REST_MASK;
    const zeros = rest === 0 ? HIGH_REST_BITS + Math.clz32(low) : Math.clz32(rest) - PRECISION;
    this.raise(high >>> HIGH_REST_BITS, zeros + 1);
  }

  addEntry(entry: number): void {
    const place = placeOf(entry);
    const middle = place & MIDDLE_MASK;
    const rank =
      middle === 0 ? MIDDLE_BITS + rankOf(entry) : Math.clz32(middle) - (32 - MIDDLE_BITS) + 1;
    this.raise(place >>> MIDDLE_BITS, rank);
  }

  addAll(other: Registers): void {
    for (let register = 0; register < REGISTERS; register++) {
      this.raise(register, other.ranks[register]!);
    }
  }

  /** How many registers have each rank from 0 to RANK_MAX. */
  histogram(): Int32Array {
    const counts = new Int32Array(RANK_MAX + 1);
    for (const rank of this.ranks) counts[rank] = counts[rank]! + 1;
    return counts;
  }

  private raise(register: number, rank: number): void {
    if (rank > this.ranks[register]!) this.ranks[register] = rank;
  }
}
