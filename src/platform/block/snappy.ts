/**
 * Snappy, as Kafka has it: the stream of Java's snappy library (blocks with their lengths behind a
 * header of 16 bytes), and the bare format, which some clients write.
 */
import { corrupt, tooLarge } from './block-damage.ts';
import { MatchTable, matchLength } from './match-table.ts';
import { UnpackedBytes } from './unpacked-bytes.ts';

/** 0x82, "SNAPPY", 0; then twice the version 1. */
const STREAM_HEADER = Uint8Array.of(
  0x82,
  0x53,
  0x4e,
  0x41,
  0x50,
  0x50,
  0x59,
  0,
  0,
  0,
  0,
  1,
  0,
  0,
  0,
  1,
);
const MAGIC_BYTES = 8;
/** As Kafka's own producers; a distance within it takes two bytes. */
const BLOCK_BYTES = 32 * 1024;
const COPY_BYTES_MAX = 64;
const MATCH_BYTES_MIN = 4;

export function unpackSnappy(packed: Uint8Array, limitBytes: number): Uint8Array {
  if (!isStream(packed)) {
    const unpacked = new UnpackedBytes(limitBytes, 4 * packed.length);
    unpackBare(packed, unpacked, limitBytes);
    return unpacked.finish();
  }
  const unpacked = new UnpackedBytes(limitBytes, 4 * packed.length);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  for (let at = STREAM_HEADER.length; at < packed.length;) {
    if (at + 4 > packed.length) throw corrupt('it ends within the length of a block');
    const size = view.getInt32(at);
    at += 4;
    if (size < 0 || at + size > packed.length) throw corrupt(`it has a block of ${size} bytes`);
    unpackBare(packed.subarray(at, at + size), unpacked, limitBytes);
    at += size;
  }
  return unpacked.finish();
}

function isStream(packed: Uint8Array): boolean {
  if (packed.length < STREAM_HEADER.length) return false;
  return STREAM_HEADER.subarray(0, MAGIC_BYTES).every((byte, at) => packed[at] === byte);
}

function unpackBare(packed: Uint8Array, into: UnpackedBytes, limitBytes: number): void {
  let at = 0;
  let said = 0;
  for (let shift = 0; ; shift += 7) {
    if (shift > 28 || at >= packed.length) throw corrupt('it does not say its length');
    const byte = packed[at++] ?? 0;
    said += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (into.length + said > limitBytes) throw tooLarge(limitBytes);
  const end = into.length + said;
  while (at < packed.length) {
    const tag = packed[at++] ?? 0;
    if ((tag & 3) === 0) at = literal(packed, at, tag >>> 2, into);
    else at = copy(packed, at, tag, into);
  }
  if (into.length !== end) throw corrupt(`it has not the ${said} bytes that it says`);
}

function literal(packed: Uint8Array, from: number, code: number, into: UnpackedBytes): number {
  let at = from;
  let length = code + 1;
  if (code >= 60) {
    length = 1;
    for (let index = 0; index < code - 59; index++)
      length += (packed[at++] ?? 0) * 2 ** (8 * index);
  }
  into.append(packed, at, at + length);
  return at + length;
}

function copy(packed: Uint8Array, at: number, tag: number, into: UnpackedBytes): number {
  const kind = tag & 3;
  const bytes = kind === 3 ? 4 : kind;
  if (at + bytes > packed.length) throw corrupt('it ends too early');
  const next = packed[at] ?? 0;
  if (kind === 1) {
    into.repeat(((tag >>> 5) << 8) | next, ((tag >>> 2) & 7) + 4);
  } else {
    let distance = next | ((packed[at + 1] ?? 0) << 8);
    if (kind === 3) distance += ((packed[at + 2] ?? 0) << 16) + (packed[at + 3] ?? 0) * 2 ** 24;
    into.repeat(distance, (tag >>> 2) + 1);
  }
  return at + bytes;
}

export function packSnappy(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil(bytes.length / BLOCK_BYTES);
  // Literals take at most a byte more than each 60 of them; a block has two lengths.
  const packed = new Uint8Array(
    STREAM_HEADER.length + bytes.length + (bytes.length >>> 4) + 32 * blocks,
  );
  packed.set(STREAM_HEADER);
  const view = new DataView(packed.buffer);
  const table = new MatchTable();
  let at = STREAM_HEADER.length;
  for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
    const to = Math.min(bytes.length, from + BLOCK_BYTES);
    const end = packBare(bytes.subarray(from, to), table, packed, at + 4);
    view.setInt32(at, end - at - 4);
    at = end;
  }
  return packed.subarray(0, at);
}

function packBare(block: Uint8Array, table: MatchTable, into: Uint8Array, from: number): number {
  table.clear();
  let out = from;
  for (let rest = block.length; ; rest >>>= 7) {
    into[out++] = rest < 0x80 ? rest : (rest & 0x7f) | 0x80;
    if (rest < 0x80) break;
  }
  let written = 0;
  let at = 0;
  while (at + MATCH_BYTES_MIN <= block.length) {
    const place = table.swap(block, at);
    if (place < 0) {
      // The longer nothing was found, the larger the steps.
      at += 1 + ((at - written) >>> 5);
      continue;
    }
    out = writeLiteral(block.subarray(written, at), into, out);
    let length = matchLength(block, place, at, block.length);
    const distance = at - place;
    at += length;
    written = at;
    for (; length > 0; length -= COPY_BYTES_MAX) {
      into[out++] = ((Math.min(length, COPY_BYTES_MAX) - 1) << 2) | 2;
      into[out++] = distance;
      into[out++] = distance >>> 8;
    }
  }
  return writeLiteral(block.subarray(written), into, out);
}

function writeLiteral(literals: Uint8Array, into: Uint8Array, from: number): number {
  let out = from;
  const { length } = literals;
  if (length === 0) return out;
  if (length <= 60) into[out++] = (length - 1) << 2;
  else {
    into[out++] = 61 << 2;
    into[out++] = length - 1;
    into[out++] = (length - 1) >>> 8;
  }
  into.set(literals, out);
  return out + length;
}
