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
