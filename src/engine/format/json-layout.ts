/**
 * What a decoder remembers of the rows it read: which keys there are and which one follows which,
 * with the very bytes from the end of one value to the start of the next (`,"deviceId":`). Machines
 * write rows alike, so comparing with what came last time beats looking for names.
 * Invariant: equal bytes mean the same key, so a wrong guess costs time and never a wrong row.
 */
import { hashBytes } from '../batch/hash.ts';
import type { ColumnSlot } from './column-slot.ts';
import { BACKSLASH, CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, QUOTE, SPACE } from './ascii.ts';
import { JsonField } from './json-field.ts';
import {
  CHAIN_BITS,
  CHAIN_FACTOR,
  CHAIN_STEPS_MAX,
  RUN_BYTES_MAX,
  RUN_BYTES_MIN,
  UNKNOWN_KEYS_MAX,
  UNKNOWN_KEY_BYTES_MAX,
} from './json-layout-limits.ts';
import { FAILED, type JsonScanner } from './json-scanner.ts';

const CHAINS = 1 << CHAIN_BITS;

const encoder = new TextEncoder();

/** A key with its two fields: as the first of a row, and behind a comma. */
interface JsonKey {
  readonly name: Uint8Array;
  readonly hash: number;
  readonly asFirst: JsonField;
  readonly behindComma: JsonField;
}

export class JsonLayout {
  /** The field "before" the first of a row. */
  readonly rowStart: JsonField;
  /** Stands for the end of a row. */
  readonly rowEnd = new JsonField(null, null);
  /** Stands for every key that is not remembered. */
  private readonly forgotten = new JsonField(null, null);
  /** Set by `find` and `recall`. */
  field: JsonField = this.rowEnd;
  /** Fields by the word behind the first byte of theirs (`"dev`): heads of chains. */
  private readonly chains: (JsonField | null)[] = Array.from({ length: CHAINS }, () => null);
  private readonly keys: JsonKey[] = [];
  private readonly keysMax: number;
  /** Open addressing by hash: number of a key plus 1, or 0. */
  private readonly slots: Int32Array;
  private readonly hashOfKey = new Int32Array(1);

  /** @param columns the columns that named fields fill */
  constructor(columns: readonly ColumnSlot[]) {
    this.rowStart = new JsonField(null, this.forgotten);
    this.keysMax = columns.length + UNKNOWN_KEYS_MAX;
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(this.keysMax * 2)));
    for (const slot of columns) this.addKey(encoder.encode(slot.name), slot);
  }

  /**
   * Position behind the bytes of the field that stands at `at`, which is left in `field`; FAILED
   * without a reason when none is known to.
   */
  recall(view: DataView, at: number, previous: JsonField): number {
    let field = this.chains[chainNumber(view.getInt32(at + 1, true))] ?? null;
    for (let steps = 0; field !== null && steps < CHAIN_STEPS_MAX; steps++) {
      if (field.matches(view, at)) {
        previous.next = field;
        this.field = field;
        return at + field.length;
      }
      field = field.nextInChain;
    }
    return FAILED;
  }

  /**
   * Finds the field whose key follows `at`, a row's opening brace or a comma, and learns. Position
   * of the first byte of its value; the field is left in `field`: rowEnd for `{}`, with the
   * position of the closing brace. FAILED with the scanner's reason.
   */
  find(scanner: JsonScanner, at: number, previous: JsonField): number {
    const { bytes } = scanner;
    const keyAt = scanner.skipSpace(at + 1);
    if (bytes[keyAt] !== QUOTE) {
      if (previous === this.rowStart && bytes[keyAt] === CLOSE_BRACE) {
        this.field = this.rowEnd;
        return keyAt;
      }
      return scanner.fail(`expected a field name, found ${scanner.token(keyAt)}`);
    }
    let key: JsonKey | null;
    let end = scanner.hashedStringEnd(keyAt + 1, this.hashOfKey, 0);
    if (end >= 0) {
      key = this.keyOf(bytes, { start: keyAt + 1, end }, this.hashOfKey[0]!);
    } else {
      const { scratchAt } = scanner;
      end = scanner.decodeString(keyAt + 1, ~end);
      if (end < 0) return FAILED;
      scanner.scratchAt = scratchAt;
      const { textStart: start, textEnd } = scanner;
      const hash = hashBytes(scanner.view, start, textEnd - start);
      key = this.keyOf(bytes, { start, end: textEnd }, hash);
    }
    const valueAt =
      bytes[end + 1] === COLON && bytes[end + 2]! > SPACE ? end + 2 : scanner.colonEnd(end + 1);
    if (valueAt < 0) return FAILED;
    const field =
      key === null ? this.forgotten : previous === this.rowStart ? key.asFirst : key.behindComma;
    this.field = field;
    if (previous.next !== field) previous.next = field;
    else if (key !== null) this.remember(field, bytes.slice(at, valueAt));
    return valueAt;
  }

  /** The key with these decoded bytes; a new one if need be, null when it is not remembered. */
  private keyOf(
    bytes: Uint8Array,
    { start, end }: { readonly start: number; readonly end: number },
    hash: number,
  ): JsonKey | null {
    const mask = this.slots.length - 1;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot]!;
      if (number === 0) break;
      const key = this.keys[number - 1]!;
      const { name } = key;
      if (key.hash !== hash || name.length !== length) continue;
      let index = 0;
      while (index < length && name[index] === bytes[start + index]) index++;
      if (index === length) return key;
    }
    if (this.keys.length === this.keysMax || length > UNKNOWN_KEY_BYTES_MAX) return null;
    return this.addKey(bytes.slice(start, end), null);
  }

  private addKey(name: Uint8Array, column: ColumnSlot | null): JsonKey {
    const view = new DataView(new ArrayBuffer(name.length + 4));
    new Uint8Array(view.buffer).set(name);
    const hash = hashBytes(view, 0, name.length);
    const key: JsonKey = {
      name,
      hash,
      asFirst: new JsonField(column, this.forgotten),
      behindComma: new JsonField(column, this.forgotten),
    };
    const number = this.keys.push(key);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = number;
    if (!needsEscape(name)) {
      this.remember(key.asFirst, Uint8Array.of(OPEN_BRACE, QUOTE, ...name, QUOTE, COLON));
      this.remember(key.behindComma, Uint8Array.of(COMMA, QUOTE, ...name, QUOTE, COLON));
    }
    return key;
  }

  private remember(field: JsonField, run: Uint8Array): void {
    const { length } = run;
    if (length > RUN_BYTES_MAX || length < RUN_BYTES_MIN) return;
    field.remember(run);
    const view = new DataView(run.buffer, run.byteOffset, length);
    this.enchain(field, chainNumber(view.getInt32(1, true)));
  }

  private enchain(field: JsonField, chain: number): void {
    const { chains } = this;
    const old = field.chain;
    if (old === chain) return;
    if (old >= 0) {
      let before = chains[old]!;
      if (before === field) {
        chains[old] = field.nextInChain;
      } else {
        while (before.nextInChain !== field) before = before.nextInChain!;
        before.nextInChain = field.nextInChain;
      }
    }
    field.chain = chain;
    field.nextInChain = chains[chain]!;
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
