/**
 * The stored form of a sketch, little-endian: the letters `HLL`, a version byte, then
 * - sparse: a byte 0, three zero bytes, and the entries as ascending 32-bit words;
 * - registers: a byte 1, three zero bytes, and the ranks at 6 bits each, lowest bits first.
 * The version stands for the hash, the precision and this layout together.
 * Reading trusts nothing: what it accepts is stored again as the same bytes.
 */
import { errorCodes } from '../../../errors/codes.ts';
import { VerificationError } from '../../../errors/drey-error.ts';
import { RANK_MAX, Registers, REGISTERS } from './registers.ts';
import {
  ENTRIES_MAX,
  PLACE_BITS,
  RANK_BITS,
  rankOf,
  placeOf,
  SPARSE_RANK_MAX,
  SparseEntries,
} from './sparse-entries.ts';

/** `HLL` and version 1 as a little-endian word. */
const MAGIC = 0x014c4c48;
const SPARSE = 0;
const DENSE = 1;
const HEADER_BYTES = 8;
/** Four ranks of 6 bits fill three bytes. */
const RANKS_BYTES = (REGISTERS / 4) * 3;

export function writeSketch(form: SparseEntries | Registers): Uint8Array {
  const isSparse = form instanceof SparseEntries;
  const contentBytes = isSparse ? form.count * 4 : RANKS_BYTES;
  const bytes = new Uint8Array(HEADER_BYTES + contentBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, isSparse ? SPARSE : DENSE, true);
  if (isSparse) {
    let at = HEADER_BYTES;
    for (const entry of form.sorted()) {
      view.setUint32(at, entry, true);
      at += 4;
    }
  } else {
    writeRanks(bytes, form.ranks);
  }
  return bytes;
}

function writeRanks(bytes: Uint8Array, ranks: Uint8Array): void {
  let at = HEADER_BYTES;
  for (let register = 0; register < REGISTERS; register += 4) {
    const packed =
      ranks[register]! |
      (ranks[register + 1]! << 6) |
      (ranks[register + 2]! << 12) |
      (ranks[register + 3]! << 18);
    bytes[at++] = packed;
    bytes[at++] = packed >>> 8;
    bytes[at++] = packed >>> 16;
  }
}

export function readSketch(bytes: Uint8Array): SparseEntries | Registers {
  if (bytes.length < HEADER_BYTES) throw corrupt(bytes, 'it is shorter than its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, true);
  if (magic !== MAGIC) throw corrupt(bytes, `it starts with ${magic.toString(16)}`);
  const form = view.getUint32(4, true);
  if (form === SPARSE) return readEntries(bytes, view);
  if (form === DENSE) return readRanks(bytes);
  throw corrupt(bytes, `its form is ${form}`);
}

function readEntries(bytes: Uint8Array, view: DataView): SparseEntries {
  const count = (bytes.length - HEADER_BYTES) / 4;
  if (!Number.isInteger(count)) throw corrupt(bytes, 'it ends inside an entry');
  if (count > ENTRIES_MAX) throw corrupt(bytes, `it has ${count} entries`);
  const entries = new SparseEntries();
  let previousPlace = -1;
  for (let index = 0; index < count; index++) {
    const entry = view.getUint32(HEADER_BYTES + index * 4, true);
    const place = placeOf(entry);
    const rank = rankOf(entry);
    if (place >= 2 ** PLACE_BITS || rank < 1 || rank > SPARSE_RANK_MAX) {
      throw corrupt(bytes, `entry ${index} is ${entry}`);
    }
    if (place <= previousPlace) throw corrupt(bytes, `entry ${index} is not ascending`);
    previousPlace = place;
    entries.add(entry);
  }
  return entries;
}

function readRanks(bytes: Uint8Array): Registers {
  const contentBytes = bytes.length - HEADER_BYTES;
  if (contentBytes !== RANKS_BYTES) throw corrupt(bytes, `it has ${contentBytes} bytes of ranks`);
  const rankMask = (1 << RANK_BITS) - 1;
  const ranks = new Uint8Array(REGISTERS);
  for (let register = 0; register < REGISTERS; register++) {
    const at = HEADER_BYTES + (register >>> 2) * 3;
    const packed = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const rank = (packed >>> ((register & 3) * 6)) & rankMask;
    if (rank > RANK_MAX) throw corrupt(bytes, `register ${register} has rank ${rank}`);
    ranks[register] = rank;
  }
  return new Registers(ranks);
}

function corrupt(bytes: Uint8Array, reason: string): VerificationError {
  return new VerificationError('DREY_STATE_CORRUPT', `not a HyperLogLog sketch: ${reason}`, {
    hint: errorCodes.DREY_STATE_CORRUPT.next,
    details: { part: 'hyper-log-log', lengthBytes: bytes.length },
  });
}
