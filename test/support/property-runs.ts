/**
 * How often property tests run: as often as each says, times DREY_RUNS_FACTOR (a long run of all
 * tests sets it). DREY_SEED, which property-seed.ts reads, repeats a run.
 */

const factor = readFactor(process.env['DREY_RUNS_FACTOR']);

/** `count`: the runs of a property in an ordinary run of the tests. */
export function runs(count: number): number {
  return Math.max(1, Math.round(count * factor));
}

function readFactor(text: string | undefined): number {
  const value = Number(text ?? '1');
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`DREY_RUNS_FACTOR is ${text}; give a positive number`);
}
