/**
 * Set-up of every test file: with DREY_SEED all properties draw their values from that seed, and
 * DREY_RUNS_FACTOR also multiplies the runs of those that do not say how many they want. Without
 * a seed fast-check takes a fresh one, and prints it when a property fails.
 */
import { runs } from './property-runs.ts';

/** What fast-check does when nothing is said. */
const RUNS_DEFAULT = 100;
const { DREY_SEED: seedText, DREY_RUNS_FACTOR: factorText } = process.env;

if (seedText !== undefined || factorText !== undefined) {
  const seed = seedText === undefined ? undefined : Number(seedText);
  if (seed !== undefined && !Number.isInteger(seed)) {
    throw new Error(`DREY_SEED is ${seedText}; give an integer`);
  }
  // Imported here only: most test files have no properties, and loading it takes its time.
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({
    ...fc.readConfigureGlobal(),
    numRuns: runs(RUNS_DEFAULT),
    ...(seed === undefined ? {} : { seed }),
  });
}
