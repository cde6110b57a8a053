/**
 * LZ4 frames, as Kafka has them: blocks of their own, no checksums but that of the header. Blocks
 * that lean on earlier ones and frames with checksums are read as well; the checksums of blocks and
 * content are passed over, for the batch around them has its own.
 */
import { corrupt } from './block-damage.ts';
import { MatchTable, matchLength } from './match-table.ts';
import { UnpackedBytes } from './unpacked-bytes.ts';
import { xxhash32 } from './xxhash32.ts';

const MAGIC = 0x184d2204;
const FLAGS = {
  version: 0xc0,
  blockChecksum: 0x10,
  contentSize: 0x08,
  contentChecksum: 0x04,
  dictionary: 0x01,
};
const VERSION_1 = 0x40;
/** Blocks that need no other. */
const INDEPENDENT = 0x20;
/** A block of at most 64 KiB. */
const BLOCK_MAX_64_KB = 0x40;
const BLOCK_BYTES = 64 * 1024;
const STORED = 0x8000_0000;
/** The last match begins so far before the end of a block, and the last bytes are literals. */
const MATCH_DISTANCE_FROM_END = 12;
const LITERALS_LAST = 5;
const MATCH_BYTES_MIN = 4;

export function unpackLz4(packed: Uint8Array, limitBytes: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  const flags = packed[4] ?? 0;
  let at = readHeader(packed, view, flags);
  const checksumBytes = (flags & FLAGS.blockChecksum) === 0 ? 0 : 4;
  const unpacked = new UnpackedBytes(limitBytes, 4 * packed.length);
  for (;;) {
    if (at + 4 > packed.length) throw corrupt('it ends without its end mark');
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const size = word >= STORED ? word - STORED : word;
    if (at + size > packed.length) throw corrupt(`it has a block of ${size} bytes`);
    if (word >= STORED) unpacked.append(packed, at, at + size);
    else unpackBlock(packed.subarray(at, at + size), unpacked);
    at += size + checksumBytes;
  }
  return unpacked.finish();
}

/** Where the blocks begin. */
function readHeader(packed: Uint8Array, view: DataView, flags: number): number {
  if (packed.length < 7 || view.getUint32(0, true) !== MAGIC) throw corrupt('it is no LZ4 frame');
  if ((flags & FLAGS.version) !== VERSION_1) throw corrupt('its version is not known');
  if ((flags & FLAGS.dictionary) !== 0) throw corrupt('it needs a dictionary');
  const end = 6 + ((flags & FLAGS.contentSize) === 0 ? 0 : 8);
  const check = (xxhash32(packed.subarray(4, end)) >>> 8) & 0xff;
  if (packed[end] !== check) throw corrupt('the checksum of its header is another one');
  return end + 1;
}

function unpackBlock(block: Uint8Array, into: UnpackedBytes): void {
  const { length } = block;
  for (let at = 0; at < length;) {
    const token = block[at++] ?? 0;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let byte = 255; byte === 255; literals += byte) {
        if (at >= length) throw corrupt('it ends too early');
        byte = block[at++] ?? 0;
      }
    }
    into.append(block, at, at + literals);
    at += literals;
    if (at === length) return;
    if (at + 2 > length) throw corrupt('it ends too early');
    const distance = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    let match = token & 15;
    if (match === 15) {
      for (let byte = 255; byte === 255; match += byte) {
        if (at >= length) throw corrupt('it ends too early');
        byte = block[at++] ?? 0;
      }
    }
    into.repeat(distance, match + MATCH_BYTES_MIN);
  }
}

export function packLz4(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil(bytes.length / BLOCK_BYTES);
  const packed = new Uint8Array(16 + bytes.length + (bytes.length >>> 7) + 32 * blocks);
  const view = new DataView(packed.buffer);
  view.setUint32(0, MAGIC, true);
  packed[4] = VERSION_1 | INDEPENDENT;
  packed[5] = BLOCK_MAX_64_KB;
  packed[6] = (xxhash32(packed.subarray(4, 6)) >>> 8) & 0xff;
  const table = new MatchTable();
  let at = 7;
  for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
    const block = bytes.subarray(from, from + BLOCK_BYTES);
    const end = packBlock(block, table, packed, at + 4);
    const size = end - at - 4;
    const isSmaller = size < block.length;
    if (!isSmaller) packed.set(block, at + 4);
    view.setUint32(at, isSmaller ? size : STORED + block.length, true);
    at += 4 + (isSmaller ? size : block.length);
  }
  view.setUint32(at, 0, true);
  return packed.slice(0, at + 4);
}

function packBlock(block: Uint8Array, table: MatchTable, into: Uint8Array, from: number): number {
  table.clear();
  let out = from;
  let written = 0;
  let at = 0;
  const matchFromMax = block.length - MATCH_DISTANCE_FROM_END;
  while (at < matchFromMax) {
    const place = table.swap(block, at);
    if (place < 0) {
      // The longer nothing was found, the larger the steps.
      at += 1 + ((at - written) >>> 6);
      continue;
    }
    const length = matchLength(block, place, at, block.length - LITERALS_LAST);
    out = writeSequence(block.subarray(written, at), length - MATCH_BYTES_MIN, into, out);
    const distance = at - place;
    into[out++] = distance;
    into[out++] = distance >>> 8;
    out = writeLength(length - MATCH_BYTES_MIN, into, out);
    at += length;
    written = at;
  }
  return writeSequence(block.subarray(written), 0, into, out);
}

/** Token and literals; what `match` has beyond the token follows behind the distance. */
function writeSequence(
  literals: Uint8Array,
  match: number,
  into: Uint8Array,
  from: number,
): number {
  into[from] = (Math.min(literals.length, 15) << 4) | Math.min(match, 15);
  const out = writeLength(literals.length, into, from + 1);
  into.set(literals, out);
  return out + literals.length;
}

function writeLength(length: number, into: Uint8Array, from: number): number {
  let out = from;
  if (length < 15) return out;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) into[out++] = 255;
  into[out++] = rest;
  return out;
}
