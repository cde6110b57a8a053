/**
 * What a reader remembers of the rows it read: which keys there are and which one follows which,
 * with the very bytes from the end of one value to the start of the next (`,"deviceId":`). Machines
 * write rows alike, so comparing with what came last time beats looking for names.
 * Invariant: equal bytes mean the same key, so a wrong guess costs time and never a wrong row.
 */
import { allocate, allocateZeroed, release } from './allocator';
import {
  BACKSLASH,
  CLOSE_BRACE,
  COLON,
  COMMA,
  OPEN_BRACE,
  QUOTE,
  colonEnd,
  plainEnd,
  plainUtf8End,
  skipSpace,
} from './json-text';
import { equalBytes, fullHash } from './key-hash';

/** Keys that are remembered although no column wants them. */
const UNKNOWN_KEYS_MAX: u32 = 256;
/** Longest key that is remembered although no column wants it. */
const UNKNOWN_KEY_BYTES_MAX: u32 = 64;
/** Longest run of bytes that is remembered for a field. */
const RUN_BYTES_MAX: u32 = 64;
/** Bytes of a run by which it is recalled, and how many places there are, as a power of two. */
const RECALL_BYTES: u32 = 8;
const RECALL_BITS: u32 = 8;
const RECALL_FACTOR: u64 = 0x9e3779b97f4a7c15;
const KEY_SLOTS_MIN: u32 = 64;
/** The column of a key that no column wants. */
export const NO_COLUMN: i32 = -1;

/** A key at its place in a row, as the first field or behind a comma. */
@unmanaged
export class Field {
  /** The run of bytes in front of the value; 0: unknown. */
  runBytes: u32;
  column: i32;
  /** The field that came after this one last time. */
  next: Field | null;
  /** Address of the run, RUN_BYTES_MAX bytes. */
  run: usize;
}

/** A name with its two fields. */
@unmanaged
class Key {
  hash: u32;
  length: u32;
  /** Address of its bytes. */
  name: usize;
  /** The key's fields: as the first of a row, and behind a comma. */
  first: Field;
  later: Field;
}

@unmanaged
export class JsonLayout {
  /** Open addressing by hash: addresses of keys. */
  keys: usize;
  keyMask: u32;
  keyCount: u32;
  keysMax: u32;
  /** The field "before" the first of a row. */
  rowStart: Field;
  /** Stands for every key that is not remembered. */
  forgotten: Field;
  /** Fields behind a comma by the first bytes of their runs. */
  recalled: usize;
}

export function createLayout(columnCount: u32): JsonLayout {
  const layout = changetype<JsonLayout>(allocateZeroed(offsetof<JsonLayout>()));
  layout.keysMax = columnCount + UNKNOWN_KEYS_MAX;
  let slots = KEY_SLOTS_MIN;
  while (slots < layout.keysMax << 1) slots <<= 1;
  layout.keys = allocateZeroed(slots << 2);
  layout.keyMask = slots - 1;
  layout.rowStart = newField(NO_COLUMN);
  layout.forgotten = newField(NO_COLUMN);
  layout.recalled = allocateZeroed((1 << RECALL_BITS) << 2);
  return layout;
}

export function releaseLayout(layout: JsonLayout): void {
  for (let slot: u32 = 0; slot <= layout.keyMask; slot++) {
    const address = load<usize>(layout.keys + (slot << 2));
    if (address == 0) continue;
    const key = changetype<Key>(address);
    releaseField(key.first);
    releaseField(key.later);
    release(key.name, key.length);
    release(address, offsetof<Key>());
  }
  releaseField(layout.rowStart);
  releaseField(layout.forgotten);
  release(layout.recalled, (1 << RECALL_BITS) << 2);
  release(layout.keys, (layout.keyMask + 1) << 2);
  release(changetype<usize>(layout), offsetof<JsonLayout>());
}

/** Adds the name of a column. */
export function addColumnKey(layout: JsonLayout, name: usize, length: u32, column: i32): void {
  addKey(layout, name, length, fullHash(name, length), column);
}

/**
 * The field behind a comma whose run stands at `at`, if it is the last one that began like that;
 * else null.
 */
// @ts-ignore: decorator
@inline
export function recall(layout: JsonLayout, at: usize): Field | null {
  const field = changetype<Field | null>(load<usize>(recallSlot(layout, at)));
  return field !== null && startsWith(at, field) ? field : null;
}

/** Where the field is noted whose run begins like the 8 bytes at `at`. */
// @ts-ignore: decorator
@inline
function recallSlot(layout: JsonLayout, at: usize): usize {
  const place = <u32>((load<u64>(at) * RECALL_FACTOR) >> (64 - RECALL_BITS));
  return layout.recalled + (place << 2);
}

/** The field that `find` has found; null: the row has no fields. */
export let foundField: Field | null = null;

/**
 * Finds the field whose key follows `at`, behind a value or at the start of a row, and learns.
 * Returns the address of its value; of the closing brace when the row ends there.
 */
export function find(layout: JsonLayout, at: usize, previous: Field): usize {
  const isFirst = previous === layout.rowStart;
  const begin = at;
  at = skipSpace(at);
  foundField = null;
  if (load<u8>(at) == CLOSE_BRACE && !isFirst) return at;
  if (<u32>load<u8>(at) != (isFirst ? OPEN_BRACE : COMMA)) return 0;
  at = skipSpace(at + 1);
  if (load<u8>(at) != QUOTE) return isFirst && load<u8>(at) == CLOSE_BRACE ? at : 0;
  const name = at + 1;
  let end = plainEnd(name);
  if (load<u8>(end) != QUOTE) {
    // A key with an escape may be the name of a column once it is decoded.
    end = plainUtf8End(end);
    if (end == 0 || load<u8>(end) == BACKSLASH) return 0;
  }
  const length = <u32>(end - name);
  const value = load<u8>(end, 1) == COLON && load<u8>(end, 2) > 0x20 ? end + 2 : colonEnd(end + 1);
  if (value == 0) return 0;
  const key = keyOf(layout, name, length);
  if (key === null) {
    foundField = layout.forgotten;
    return value;
  }
  const field = isFirst ? key.first : key.later;
  foundField = field;
  if (previous.next !== field) previous.next = field;
  else remember(layout, field, !isFirst, begin, value);
  if (field.runBytes == 0) remember(layout, field, !isFirst, begin, value);
  return value;
}

function remember(
  layout: JsonLayout,
  field: Field,
  isBehindComma: bool,
  from: usize,
  to: usize,
): void {
  const length = <u32>(to - from);
  if (length > RUN_BYTES_MAX) {
    field.runBytes = 0;
    return;
  }
  memory.copy(field.run, from, length);
  field.runBytes = length;
  if (isBehindComma && length >= RECALL_BYTES) {
    store<usize>(recallSlot(layout, from), changetype<usize>(field));
  }
}

/** True when the bytes at `at` are the field's run. */
// @ts-ignore: decorator
@inline
export function startsWith(at: usize, field: Field): bool {
  const length = field.runBytes;
  const run = field.run;
  if (length == 0) return false;
  let offset: u32 = 0;
  for (; offset + 16 < length; offset += 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(at + offset), v128.load(run + offset))) != 0xffff)
      return false;
  }
  const equal = <u32>i8x16.bitmask(i8x16.eq(v128.load(at + offset), v128.load(run + offset)));
  return <u32>ctz(~equal) >= length - offset;
}

/** The key with this name, a new one if need be; null when it is not remembered. */
function keyOf(layout: JsonLayout, name: usize, length: u32): Key | null {
  const hash = fullHash(name, length);
  let slot = hash & layout.keyMask;
  for (;;) {
    const address = load<usize>(layout.keys + (slot << 2));
    if (address == 0) break;
    const key = changetype<Key>(address);
    if (key.hash == hash && key.length == length && equalBytes(key.name, name, length)) return key;
    slot = (slot + 1) & layout.keyMask;
  }
  if (length > UNKNOWN_KEY_BYTES_MAX) return null;
  if (layout.keyCount >= layout.keysMax) return null;
  return addKey(layout, name, length, hash, NO_COLUMN);
}

function addKey(layout: JsonLayout, name: usize, length: u32, hash: u32, column: i32): Key {
  const address = allocate(offsetof<Key>());
  const key = changetype<Key>(address);
  key.hash = hash;
  key.length = length;
  key.name = allocateZeroed(length);
  memory.copy(key.name, name, length);
  key.first = newField(column);
  key.later = newField(column);
  let slot = hash & layout.keyMask;
  while (load<usize>(layout.keys + (slot << 2)) != 0) slot = (slot + 1) & layout.keyMask;
  store<usize>(layout.keys + (slot << 2), address);
  layout.keyCount++;
  return key;
}

function newField(column: i32): Field {
  const field = changetype<Field>(allocateZeroed(offsetof<Field>()));
  field.column = column;
  field.run = allocateZeroed(RUN_BYTES_MAX);
  return field;
}

function releaseField(field: Field): void {
  release(field.run, RUN_BYTES_MAX);
  release(changetype<usize>(field), offsetof<Field>());
}
