/**
 * The names of objects as they stand in front of their values, and what was read of them lately:
 * objects of one state mostly have the same names, which need not be decoded for each one.
 * Invariant: only blocks with equal bytes have equal names.
 */
import { corruptState } from '../corrupt-state.ts';
import type { ByteSource } from './byte-source.ts';

/** Blocks that are remembered, a power of two. Source: a state has one or two kinds of objects. */
const REMEMBERED = 64;

export interface ObjectNames {
  readonly names: readonly string[];
  /** A name that JavaScript takes for something else when it is assigned to. */
  readonly hasProto: boolean;
}

interface Remembered extends ObjectNames {
  readonly block: Uint8Array;
}

export class RecentNames {
  private readonly recent: (Remembered | undefined)[] = Array.from<undefined>({
    length: REMEMBERED,
  });

  /** Reads a block of this length, and moves behind it. */
  read(source: ByteSource, length: number): ObjectNames {
    const from = source.take(length);
    const { bytes } = source;
    const last = from + length - 1;
    const place =
      (length * 31 + bytes[last]! * 7 + bytes[from + (length >> 1)]!) & (REMEMBERED - 1);
    const known = this.recent[place];
    if (known !== undefined && isEqual(known.block, bytes, from, length)) return known;
    source.at = from;
    const names: string[] = [];
    for (let count = source.varint(); count > 0; count--) names.push(source.text());
    if (source.at !== from + length) throw corruptState('it holds names that do not end');
    const block = bytes.slice(from, from + length);
    const read = { names, hasProto: names.includes('__proto__'), block };
    this.recent[place] = read;
    return read;
  }
}

function isEqual(block: Uint8Array, bytes: Uint8Array, from: number, length: number): boolean {
  if (block.length !== length) return false;
  for (let at = 0; at < length; at++) if (block[at] !== bytes[from + at]) return false;
  return true;
}
