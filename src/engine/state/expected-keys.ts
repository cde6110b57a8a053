/**
 * How many keys a restore will bring, from what its first runs have brought and the bytes that
 * follow: tables that have their size at once are not copied each time they double.
 * Invariant: an estimate only. Tables grow past it, and entries never take more room than
 * the state itself, whatever is in its first part.
 */
import type { KeyDictionary } from './key-dictionary.ts';
import type { StateReader } from './state-reader.ts';

/** Keys of some group are a sample by hash: with so many it says what a key takes. Unit: keys. */
const SAMPLE_KEYS = 1_000;
/** Keys that come beyond the estimate, and with the first rows after the restore. */
const HEADROOM = 1.25;
/** The entry of a key in the dictionary, most of what its tables take. Unit: bytes. */
const ENTRY_BYTES = 16;

export class ExpectedKeys {
  private readonly dictionary: KeyDictionary;
  private readonly sizeBytes: number;
  private readBytes = 0;
  private reader: StateReader | null = null;
  private position = 0;
  private isKnown = false;

  constructor(dictionary: KeyDictionary, parts: readonly { readonly reader: StateReader }[]) {
    this.dictionary = dictionary;
    this.sizeBytes = parts.reduce((sum, { reader }) => sum + reader.remaining, 0);
  }

  /**
   * Called after each run. As soon as enough is known it makes room in the dictionary and returns
   * the number of ids that are expected; else, and afterwards, 0.
   */
  afterRun(reader: StateReader): number {
    if (this.isKnown) return 0;
    this.readBytes += reader.position - (reader === this.reader ? this.position : 0);
    this.reader = reader;
    this.position = reader.position;
    const { idLimit } = this.dictionary;
    if (idLimit < SAMPLE_KEYS) return 0;
    this.isKnown = true;
    const keysMax = this.sizeBytes / ENTRY_BYTES;
    const keys = Math.min((idLimit * this.sizeBytes * HEADROOM) / this.readBytes, keysMax);
    if (keys <= idLimit) return 0;
    this.dictionary.expectTimes(keys / idLimit);
    return Math.ceil(keys);
  }
}
