/**
 * How many keys a restore will bring, from what its first run has brought and the bytes that follow:
 * tables that have their size at once are not copied each time they double.
 * Invariant: an estimate only; it is at most one key for each byte of state, and tables grow past it.
 */
import type { KeyDictionary } from './key-dictionary.ts';
import type { StateReader } from './state-reader.ts';

/** Keys that come beyond the estimate, and with the first rows after the restore. */
const HEADROOM = 1.25;

export class ExpectedKeys {
  private readonly dictionary: KeyDictionary;
  private readonly sizeBytes: number;
  private isKnown = false;

  constructor(dictionary: KeyDictionary, parts: readonly { readonly reader: StateReader }[]) {
    this.dictionary = dictionary;
    this.sizeBytes = parts.reduce((sum, { reader }) => sum + reader.remaining, 0);
  }

  /**
   * Called after each run. After the first one it makes room in the dictionary, and returns the
   * number of ids that are expected; 0 after the others.
   */
  afterRun({ position }: StateReader): number {
    if (this.isKnown || position === 0) return 0;
    this.isKnown = true;
    const times = (this.sizeBytes / position) * HEADROOM;
    this.dictionary.expectTimes(times);
    return Math.ceil(this.dictionary.idLimit * times);
  }
}
