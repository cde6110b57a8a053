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
/** Shortest: `,"":`. */
const PATTERN_BYTES_MIN = 4;
/** Longest key that is remembered although no column wants it. */
const UNKNOWN_KEY_BYTES_MAX = 64;

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
      end = scanner.stringEnd(keyAt + 1);
      if (end < 0) return FAILED;
      field = this.oddField(scanner, keyAt + 1, end);
      if (field < 0) return FAILED;
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

  /** The field of a key that is not plain ASCII or has escapes. */
  private oddField(scanner: JsonScanner, start: number, end: number): number {
    if (!scanner.hasEscapes) {
      const hash = hashBytes(scanner.view, start, end - start);
      return this.fieldOf(scanner.bytes, { start, end }, hash);
    }
    const keyAt = scanner.unescape(start, end);
    if (keyAt < 0) return FAILED;
    const range = { start: keyAt, end: scanner.scratchAt };
    scanner.scratchAt = keyAt;
    const hash = hashBytes(scanner.view, keyAt, range.end - keyAt);
    return this.fieldOf(scanner.bytes, range, hash);
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
    if (length > PATTERN_BYTES_MAX) return;
    const view = new DataView(pattern.buffer, pattern.byteOffset, length);
    const base = field * PATTERN_WORDS;
    for (let at = 0; at + 4 <= length; at += 4) {
      this.words[base + (at >> 2)] = view.getInt32(at, true);
    }
    this.lengths[field] = length;
    this.lastWords[field] = view.getInt32(length - 4, true);
  }
}

/** True for bytes that cannot stand in a JSON string as they are. */
function needsEscape(key: Uint8Array): boolean {
  return key.some((byte) => byte < SPACE || byte === QUOTE || byte === BACKSLASH);
}
