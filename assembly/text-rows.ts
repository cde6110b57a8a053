/** Loops over the texts of a column: byte ranges of a block, by row. NULL rows are left out. */

import { equalBytes } from './key-hash';

/** Writes 1 for each row whose text is the constant, else 0. 16 bytes behind it are readable. */
export function equalTexts(
  block: usize,
  starts: usize,
  lengths: usize,
  nulls: usize,
  rowCount: u32,
  constant: usize,
  size: u32,
  target: usize,
): void {
  const mask = size < 16 ? (1 << size) - 1 : 0xffff;
  const first = v128.load(constant);
  for (let row: u32 = 0; row < rowCount; row++) {
    if (load<u8>(nulls + row) != 0) continue;
    const at = block + load<u32>(starts + (row << 2));
    // Sixteen bytes can be read whatever the length, so there is nothing to foresee.
    const equal = i8x16.bitmask(i8x16.eq(v128.load(at), first)) & mask;
    let isEqual = (<u32>(equal == mask)) & (<u32>(load<u32>(lengths + (row << 2)) == size));
    if (size > 16 && isEqual != 0) isEqual = <u32>equalBytes(at, constant, size);
    store<u8>(target + row, isEqual);
  }
}

/**
 * Takes characters [skipped, until) of each text, as long as they are ASCII; `until` is 16 at most.
 * Rows for which that is not so are listed in `odd`; returns how many they are.
 */
export function takeShortTexts(
  block: usize,
  starts: usize,
  lengths: usize,
  nulls: usize,
  rowCount: u32,
  skipped: u32,
  until: u32,
  newStarts: usize,
  newLengths: usize,
  odd: usize,
): u32 {
  let oddAt = odd;
  for (let row: u32 = 0; row < rowCount; row++) {
    if (load<u8>(nulls + row) != 0) continue;
    const start = load<u32>(starts + (row << 2));
    const size = load<u32>(lengths + (row << 2));
    const looked = min(size, until);
    const beyondAscii = i8x16.bitmask(v128.load(block + start)) & ((1 << looked) - 1);
    const taken = min(size, skipped);
    store<u32>(newStarts + (row << 2), start + taken);
    store<u32>(newLengths + (row << 2), looked - taken);
    store<u32>(oddAt, row);
    if (beyondAscii != 0) oddAt += 4;
  }
  return (<u32>(oddAt - odd)) >> 2;
}

/** The bytes of all these rows' texts together. */
export function textBytes(rows: usize, count: u32, lengths: usize, nulls: usize): f64 {
  let bytes: u64 = 0;
  const end = rows + (count << 2);
  for (let at = rows; at < end; at += 4) {
    const row = load<u32>(at);
    if (load<u8>(nulls + row) == 0) bytes += load<u32>(lengths + (row << 2));
  }
  return <f64>bytes;
}

/** From this size on a native copy is faster than one by words. */
const WORDS_BYTES_MAX: u32 = 64;

/**
 * Copies the texts of these rows one behind the other to `target` from `place` on, and notes where
 * they start and how long they are; what is there for NULL rows stays. Returns the new place.
 * 7 bytes behind each text must be readable, and behind the last copy writable.
 */
export function appendTexts(
  rows: usize,
  count: u32,
  block: usize,
  starts: usize,
  lengths: usize,
  nulls: usize,
  target: usize,
  place: u32,
  newStarts: usize,
  newLengths: usize,
): u32 {
  for (let offset: usize = 0; offset < count << 2; offset += 4) {
    const row = load<u32>(rows + offset);
    if (load<u8>(nulls + row) != 0) continue;
    const size = load<u32>(lengths + (row << 2));
    const from = block + load<u32>(starts + (row << 2));
    const to = target + place;
    store<u32>(newStarts + offset, place);
    store<u32>(newLengths + offset, size);
    place += size;
    if (size > WORDS_BYTES_MAX) memory.copy(to, from, size);
    else for (let byte: u32 = 0; byte < size; byte += 8) store<u64>(to + byte, load<u64>(from + byte));
  }
  return place;
}
