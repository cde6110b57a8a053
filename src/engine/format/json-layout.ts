/**
 * What a decoder remembers of the rows it read: which keys there are and which one follows which,
 * with the very bytes from the end of one value to the start of the next (`,"deviceId":`). Machines
 * write rows alike, so comparing with what came last time beats looking for names.
 * Invariant: equal bytes mean the same key, so a wrong guess costs time and never a wrong row.
 */
import { hashBytes } from '../batch/hash.ts';
import { BACKSLASH, CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, QUOTE, SPACE } from './ascii.ts';
import { FAILED, type JsonScanner } from './json-scanner.ts';

/** The field "before" the first of a row. */
export const ROW_START = 0;
/** What `find` answers for an object without fields. */
export const EMPTY_ROW = -2;
/** A key that is not remembered. */
const FORGOTTEN = 1;
const FIRST_FIELD = 2;
/** Each key is two fields: as the first of a row, and behind a comma. */
const FIELDS_PER_KEY = 2;

/** Keys that are remembered although no column wants them. Rows with more are read more slowly. */
const UNKNOWN_KEYS_MAX = 256;
/** Longest run of bytes that is remembered for a field; longer ones are looked up each time. */
const PATTERN_BYTES_MAX = 64;
const PATTERN_WORDS = PATTERN_BYTES_MAX / 4;
/** Shortest: `,"":`; it is too short for a chain and looked up each time. */
const PATTERN_BYTES_MIN = 4;
/** Longest key that is remembered although no column wants it. */
const UNKNOWN_KEY_BYTES_MAX = 64;

/** Keys that begin alike are in one chain; behind so many of them a look-up by hash is cheaper. */
const CHAIN_STEPS_MAX = 8;
const CHAIN_BITS = 10;
const CHAINS = 1 << CHAIN_BITS;
/** Fibonacci hashing: 2^32 divided by the golden ratio. */
const CHAIN_FACTOR = 0x9e3779b1;

const encoder = new TextEncoder();

export class JsonLayout {
  /** For each field: the column it fills, -1 for none. */
  readonly columns: Int32Array;
  /** For each field: the one that followed it last. */
  readonly next: Int32Array;
  /** For each field: length of its bytes, and these as words; the last word ends with them. */
  readonly lengths: Int32Array;
  /** Set by `find`. */
  valueAt = 0;
  private readonly words: Int32Array;
  private readonly lastWords: Int32Array;
  /**
   * Fields by the word behind the first byte of theirs (`"dev`): heads of chains, -1 for none, and
   * for each field the next of its chain and the chain that it is in.
   */
  private readonly chains = new Int32Array(CHAINS).fill(-1);
  private readonly nextInChain: Int32Array;
  private readonly chainOf: Int32Array;

  private readonly keys: Uint8Array[] = [];
  private readonly keyHashes: number[] = [];
  private readonly keysMax: number;
  /** Open addressing by hash: number of a key plus 1, or 0. */
  private readonly slots: Int32Array;

  /** `names`: the columns' names; field `columns` gives positions in it. */
  constructor(names: readonly string[]) {
    this.keysMax = names.length + UNKNOWN_KEYS_MAX;
    const fieldsMax = FIRST_FIELD + this.keysMax * FIELDS_PER_KEY;
    this.columns = new Int32Array(fieldsMax).fill(-1);
    this.next = new Int32Array(fieldsMax).fill(FORGOTTEN);
    this.lengths = new Int32Array(fieldsMax).fill(PATTERN_BYTES_MIN);
    this.words = new Int32Array(fieldsMax * PATTERN_WORDS);
    this.lastWords = new Int32Array(fieldsMax);
    this.nextInChain = new Int32Array(fieldsMax).fill(-1);
    this.chainOf = new Int32Array(fieldsMax).fill(-1);
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(this.keysMax * 2)));
    for (const [column, name] of names.entries()) {
      const field = this.addKey(encoder.encode(name));
      this.columns[field] = column;
      this.columns[field + 1] = column;
    }
  }

  /** True when the bytes of `field` stand at `at`. */
  matches(view: DataView, at: number, field: number): boolean {
    const lastAt = at + this.lengths[field]! - 4;
    const { words } = this;
    let word = field * PATTERN_WORDS;
    for (; at < lastAt; at += 4) if (view.getInt32(at, true) !== words[word++]) return false;
    return view.getInt32(lastAt, true) === this.lastWords[field];
  }

  /** The field whose bytes stand at `at`, -1 when none is known to; says that it followed. */
  recall(view: DataView, at: number, previous: number): number {
    let field = this.chains[chainNumber(view.getInt32(at + 1, true))]!;
    for (let steps = 0; field >= 0 && steps < CHAIN_STEPS_MAX; steps++) {
      if (this.matches(view, at, field)) {
        this.next[previous] = field;
        return field;
      }
      field = this.nextInChain[field]!;
    }
    return -1;
  }

  /**
   * Finds the field whose key follows `at`, a row's opening brace or a comma, and learns. Leaves the
   * first byte of its value in `valueAt`. Returns EMPTY_ROW for `{}`, with its closing brace in
   * `valueAt`, and FAILED with the scanner's reason.
   */
  find(scanner: JsonScanner, at: number, previous: number): number {
    const { bytes } = scanner;
    const keyAt = scanner.skipSpace(at + 1);
    if (bytes[keyAt] !== QUOTE) {
      if (previous === ROW_START && bytes[keyAt] === CLOSE_BRACE) {
        this.valueAt = keyAt;
        return EMPTY_ROW;
      }
      return scanner.fail(`expected a field name, found ${scanner.token(keyAt)}`);
    }
    let field: number;
    let end = scanner.hashedStringEnd(keyAt + 1);
    if (end >= 0) {
      field = this.fieldOf(bytes, { start: keyAt + 1, end }, scanner.hash);
    } else {
      const { scratchAt } = scanner;
      end = scanner.decodeString(keyAt + 1, ~end);
      if (end < 0) return FAILED;
      scanner.scratchAt = scratchAt;
      const { textStart: start, textEnd } = scanner;
      const hash = hashBytes(scanner.view, start, textEnd - start);
      field = this.fieldOf(bytes, { start, end: textEnd }, hash);
    }
    if (previous !== ROW_START && field !== FORGOTTEN) field++;
    const valueAt =
      bytes[end + 1] === COLON && bytes[end + 2]! > SPACE ? end + 2 : scanner.colonEnd(end + 1);
    if (valueAt < 0) return FAILED;
    this.valueAt = valueAt;
    if (this.next[previous] !== field) this.next[previous] = field;
    else if (field !== FORGOTTEN) this.remember(field, bytes.slice(at, valueAt));
    return field;
  }

  /** The field of a decoded key as the first of a row; a new one if need be. */
  private fieldOf(
    bytes: Uint8Array,
    { start, end }: { readonly start: number; readonly end: number },
    hash: number,
  ): number {
    const mask = this.slots.length - 1;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot]!;
      if (number === 0) break;
      const key = this.keys[number - 1]!;
      if (this.keyHashes[number - 1] !== hash || key.length !== length) continue;
      let index = 0;
      while (index < length && key[index] === bytes[start + index]) index++;
      if (index === length) return FIRST_FIELD + (number - 1) * FIELDS_PER_KEY;
    }
    if (this.keys.length === this.keysMax || length > UNKNOWN_KEY_BYTES_MAX) return FORGOTTEN;
    return this.addKey(bytes.slice(start, end));
  }

  private addKey(key: Uint8Array): number {
    const view = new DataView(new ArrayBuffer(key.length + 4));
    new Uint8Array(view.buffer).set(key);
    const hash = hashBytes(view, 0, key.length);
    const number = this.keys.push(key);
    this.keyHashes.push(hash);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = number;
    const field = FIRST_FIELD + (number - 1) * FIELDS_PER_KEY;
    if (!needsEscape(key)) {
      this.remember(field, Uint8Array.of(OPEN_BRACE, QUOTE, ...key, QUOTE, COLON));
      this.remember(field + 1, Uint8Array.of(COMMA, QUOTE, ...key, QUOTE, COLON));
    }
    return field;
  }

  private remember(field: number, pattern: Uint8Array): void {
    const { length } = pattern;
    if (length > PATTERN_BYTES_MAX || length === PATTERN_BYTES_MIN) return;
    const view = new DataView(pattern.buffer, pattern.byteOffset, length);
    const base = field * PATTERN_WORDS;
    for (let at = 0; at + 4 <= length; at += 4) {
      this.words[base + (at >> 2)] = view.getInt32(at, true);
    }
    this.lengths[field] = length;
    this.lastWords[field] = view.getInt32(length - 4, true);
    this.enchain(field, chainNumber(view.getInt32(1, true)));
  }

  private enchain(field: number, chain: number): void {
    const { chains, chainOf, nextInChain } = this;
    const old = chainOf[field]!;
    if (old === chain) return;
    if (old >= 0) {
      if (chains[old] === field) {
        chains[old] = nextInChain[field]!;
      } else {
        let before = chains[old]!;
        while (nextInChain[before] !== field) before = nextInChain[before]!;
        nextInChain[before] = nextInChain[field]!;
      }
    }
    chainOf[field] = chain;
    nextInChain[field] = chains[chain]!;
    chains[chain] = field;
  }
}

function chainNumber(word: number): number {
  return Math.imul(word, CHAIN_FACTOR) >>> (32 - CHAIN_BITS);
}

/** True for bytes that cannot stand in a JSON string as they are. */
function needsEscape(key: Uint8Array): boolean {
  return key.some((byte) => byte < SPACE || byte === QUOTE || byte === BACKSLASH);
}
