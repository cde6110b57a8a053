/**
 * When a dictionary drops the keys that nobody uses any more: once it has grown to several times
 * what was alive at the last sweep. Marking costs a pass over the open windows, so it must be rare;
 * keys that come back window after window should stay.
 */
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { KeyDictionary } from './key-dictionary.ts';

/** Below this many keys a sweep is not worth its pass. */
const SWEEP_MIN_KEYS = 1 << 18;
/** A sweep is due when there are this many times the keys alive at the last one. */
const GROWTH_FACTOR = 3;

export class DictionarySweep {
  private readonly dictionary: KeyDictionary;
  private readonly memory: LinearMemory;
  private dueAtKeys = SWEEP_MIN_KEYS;

  constructor(dictionary: KeyDictionary, memory: LinearMemory) {
    this.dictionary = dictionary;
    this.memory = memory;
  }

  /**
   * Sweeps when due; `mark` sets used[id] to 1 for every id still in use. `used` lies in linear
   * memory.
   */
  runWhenDue(mark: (used: Uint8Array) => void): void {
    if (this.dictionary.size < this.dueAtKeys) return;
    const used = this.memory.uint8Array(this.dictionary.idLimit);
    mark(used);
    this.dictionary.retain(used);
    this.memory.release(used);
    this.allAreUsed();
  }

  /** Every key is in use, as behind a restore: a snapshot has no others. */
  allAreUsed(): void {
    this.dueAtKeys = Math.max(SWEEP_MIN_KEYS, this.dictionary.size * GROWTH_FACTOR);
  }
}
