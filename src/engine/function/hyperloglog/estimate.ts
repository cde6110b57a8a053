/**
 * From what a sketch holds to how many distinct values it has seen. Registers are read with the
 * improved raw estimator of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog
 * sketches" (2017), section 4: unbiased over the whole range, without tables or switching points.
 */
import { RANK_MAX, REGISTERS } from './registers.ts';
import { PLACE_BITS } from './sparse-entries.ts';

/** Standard error of an estimate from registers, as a share of the true count: 0.81 %. */
export const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS);

const PLACES = 2 ** PLACE_BITS;

/** By linear counting: `placesTaken` of 2^25 places. The error is below one in practice. */
export function estimateFromPlaces(placesTaken: number): number {
  return PLACES * Math.log(PLACES / (PLACES - placesTaken));
}

/** @param histogram how many registers have each rank from 0 to RANK_MAX */
export function estimateFromRegisters(histogram: Int32Array): number {
  let sum = REGISTERS * tau(1 - histogram[RANK_MAX]! / REGISTERS);
  for (let rank = RANK_MAX - 1; rank >= 1; rank--) sum = (sum + histogram[rank]!) / 2;
  sum += REGISTERS * sigma(histogram[0]! / REGISTERS);
  return (REGISTERS * REGISTERS) / (2 * Math.LN2 * sum);
}

/** Corrects for registers that are still 0; `share` of them, infinite when all are. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let power = share;
  let weight = 1;
  let total = share;
  for (;;) {
    power *= power;
    const before = total;
    total += power * weight;
    if (total === before) return total;
    weight *= 2;
  }
}

/** Corrects for registers that have reached RANK_MAX; `share` of those that have not. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let root = share;
  let weight = 1;
  let total = 1 - share;
  for (;;) {
    root = Math.sqrt(root);
    const before = total;
    weight /= 2;
    total -= (1 - root) ** 2 * weight;
    if (total === before) return total / 3;
  }
}
