/**
 * JavaScript strings to and from the UTF-8 bytes of columns. Short ASCII text, which is nearly all
 * there is, goes character by character: that is two to three times faster than the encoders.
 * Broken UTF-8 reads as U+FFFD, as in Java's decoder; a lone surrogate is written as U+FFFD.
 */
import type { ByteArena } from './byte-arena.ts';
import type { ByteBlock } from './byte-block.ts';

/** Up to this length the loop beats TextDecoder, measured on Node 20. */
const LOOP_DECODE_MAX = 12;
/** Up to this length the loop beats TextEncoder, measured on Node 20. */
const LOOP_ENCODE_MAX = 24;
/** UTF-8 needs at most three bytes for each UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

export function decodeText(block: ByteBlock, start: number, length: number): string {
  const { bytes } = block;
  if (length > LOOP_DECODE_MAX) return decoder.decode(bytes.subarray(start, start + length));
  let text = '';
  for (let at = start; at < start + length; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7f) return decoder.decode(bytes.subarray(start, start + length));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The greatest number of bytes that `text` can take: what `writeText` needs reserved. */
export function textBytesMax(text: string): number {
  return text.length * BYTES_PER_UNIT_MAX;
}

/** Writes `text` behind the arena's end, where there is room, and returns its bytes. */
export function writeText(arena: ByteArena, text: string): number {
  const { bytes } = arena.block;
  const from = arena.end;
  if (text.length <= LOOP_ENCODE_MAX) {
    let index = 0;
    for (; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) break;
      bytes[from + index] = unit;
    }
    if (index === text.length) {
      arena.end = from + index;
      return index;
    }
  }
  const { written } = encoder.encodeInto(text, bytes.subarray(from));
  arena.end = from + written;
  return written;
}
