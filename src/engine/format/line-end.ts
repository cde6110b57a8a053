/** Line ends of record blocks: where they are, and one lent to a last line that has none. */
import { CR, LF } from './ascii.ts';

/** Behind the last line feed in [from, to); `from` when there is none. */
export function lastLineEnd(bytes: Uint8Array, from: number, to: number): number {
  return from + bytes.subarray(from, to).lastIndexOf(LF) + 1;
}

/** End of the line [start, lineEnd) without a carriage return before its line feed. */
export function lineContentEnd(bytes: Uint8Array, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
}

/**
 * Puts a line feed at `to`, so that every scan ends there; the slack of a block makes room for it.
 * Returns the byte that was there, for restoreLastLine.
 */
export function endLastLine(bytes: Uint8Array, to: number): number {
  const saved = bytes[to]!;
  bytes[to] = LF;
  return saved;
}

export function restoreLastLine(bytes: Uint8Array, to: number, saved: number): void {
  bytes[to] = saved;
}

/** Line feeds in [from, to). */
export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (bytes[at] === LF) count++;
  return count;
}
