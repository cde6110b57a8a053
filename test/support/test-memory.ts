/** Linear memory for tests that need one; what they leave in it goes with their process. */
import { LinearMemory } from '../../src/engine/memory/linear-memory.ts';

export const testMemory = new LinearMemory();
