/** Linear memory for tests that need one; what they leave in it goes with their process. */
import { LinearMemory } from '../../src/engine/memory/linear-memory.ts';

export const testMemory = new LinearMemory();

/** Beyond that a memory is left alone; a job's limit is 4 GiB. */
const ROOMY_BYTES = 512 * 1024 * 1024;
let latest = testMemory;

/** A memory with room, for properties that leave much in it over their many runs. */
export function roomyTestMemory(): LinearMemory {
  if (latest.view.byteLength > ROOMY_BYTES) latest = new LinearMemory();
  return latest;
}
