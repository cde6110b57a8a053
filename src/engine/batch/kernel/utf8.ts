/**
 * Characters in UTF-8 bytes. A character is a code point, as in Flink's string functions; it
 * starts at every byte that is no continuation byte (10xxxxxx), whatever stands around it.
 */
import type { ByteBlock } from '../byte-block.ts';

/** The high bit of each byte of a word: set in every byte that is not ASCII. */
export const HIGH_BITS = 0x80808080 | 0;

/** Whether `length` bytes from `start` are all ASCII. */
export function isAscii(view: DataView, start: number, length: number): boolean {
  const wholeEnd = start + (length & ~3);
  let at = start;
  for (; at < wholeEnd; at += 4) if ((view.getInt32(at, true) & HIGH_BITS) !== 0) return false;
  const rest = length & 3;
  if (rest === 0) return true;
  const mask = (1 << (rest << 3)) - 1;
  return (view.getInt32(at, true) & HIGH_BITS & mask) === 0;
}

/** Characters in `length` bytes from `start`. */
export function countCharacters(block: ByteBlock, start: number, length: number): number {
  if (isAscii(block.view, start, length)) return length;
  const { bytes } = block;
  let count = 0;
  for (let at = start; at < start + length; at++) if ((bytes[at]! & 0xc0) !== 0x80) count++;
  return count;
}

/** Position behind `count` characters from `at`, at most `end`. */
export function skipCharacters(bytes: Uint8Array, at: number, end: number, count: number): number {
  let position = at;
  for (let skipped = 0; skipped < count && position < end; skipped++) {
    position++;
    while (position < end && (bytes[position]! & 0xc0) === 0x80) position++;
  }
  return position;
}

/** Position of the last `count` characters before `end`; -1 when there are fewer from `start`. */
export function skipCharactersBack(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
): number {
  let position = end;
  for (let skipped = 0; skipped < count; skipped++) {
    if (position <= start) return -1;
    position--;
    while (position > start && (bytes[position]! & 0xc0) === 0x80) position--;
  }
  return position;
}
