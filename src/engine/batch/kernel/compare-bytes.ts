/**
 * Equality and order of byte ranges. Bytes are taken four at a time; the slack behind a block makes
 * a word at the last byte readable. Text is ordered by its unsigned UTF-8 bytes, as in Flink.
 */
import type { LinearMemory } from '../../memory/linear-memory.ts';
import { SLACK_BYTES } from '../byte-block.ts';
import type { BytesColumn } from '../column.ts';

/** Scratch areas of the linear memory, by what is copied there. */
const STARTS = 0;
const LENGTHS = 1;
const NULLS = 2;
const CONSTANT = 3;
const RESULT = 4;

/** 1 where the ranges are equal, else 0; rows with a NULL get 0. */
export function equalBytes(left: BytesColumn, right: BytesColumn, target: Uint8Array): void {
  const rowCount = target.length;
  const leftView = left.block.view;
  const rightView = right.block.view;
  for (let row = 0; row < rowCount; row++) {
    const length = left.length[row]!;
    if (length !== right.length[row]! || left.nulls[row] === 1 || right.nulls[row] === 1) {
      target[row] = 0;
    } else {
      const a = left.start[row]!;
      target[row] = equalRanges(leftView, a, { view: rightView, at: right.start[row]! }, length);
    }
  }
}

function equalRanges(
  left: DataView,
  leftAt: number,
  right: { readonly view: DataView; readonly at: number },
  length: number,
): 0 | 1 {
  const { view, at } = right;
  const whole = length & ~3;
  for (let offset = 0; offset < whole; offset += 4) {
    if (left.getInt32(leftAt + offset, true) !== view.getInt32(at + offset, true)) return 0;
  }
  const mask = tailMask(length);
  if (mask === 0) return 1;
  const difference = left.getInt32(leftAt + whole, true) ^ view.getInt32(at + whole, true);
  return (difference & mask) === 0 ? 1 : 0;
}

/** The bits of a little-endian word that the bytes behind the last whole word take; 0: none. */
export function tailMask(length: number): number {
  return (1 << ((length & 3) << 3)) - 1;
}

/** A byte string to compare many ranges with. */
export class ConstantBytes {
  readonly length: number;
  /** The content in little-endian words; the last one is masked. */
  readonly words: Int32Array;
  /** The content with SLACK_BYTES behind it. */
  readonly bytes: Uint8Array;
  private readonly lastMask: number;

  constructor(content: Uint8Array) {
    this.length = content.length;
    this.words = new Int32Array((content.length + 3) >> 2);
    for (const [index, byte] of content.entries()) {
      this.words[index >> 2] = this.words[index >> 2]! | (byte << ((index & 3) << 3));
    }
    this.bytes = new Uint8Array(content.length + SLACK_BYTES);
    this.bytes.set(content);
    const mask = tailMask(content.length);
    this.lastMask = mask === 0 ? -1 : mask;
  }

  /** Whether the content stands at `at`, where `length` bytes can be read. */
  isAt(view: DataView, at: number): boolean {
    const { words } = this;
    const last = words.length - 1;
    if (last < 0) return true;
    for (let index = 0; index < last; index++) {
      if (view.getInt32(at + (index << 2), true) !== words[index]) return false;
    }
    return (view.getInt32(at + (last << 2), true) & this.lastMask) === words[last];
  }
}

/** 1 where the range has the constant's content, else 0; rows with a NULL are left alone. */
export function equalConstant(
  column: BytesColumn,
  constant: ConstantBytes,
  target: Uint8Array,
): void {
  const { memory } = column.block;
  if (memory !== null) {
    equalInMemory(column, constant, target, memory);
    return;
  }
  const rowCount = target.length;
  const { start, length, nulls, hasNulls } = column;
  const { view } = column.block;
  const size = constant.length;
  // Eight bytes can be read whatever the length, so there is nothing for the processor to guess.
  const first = constant.words[0] ?? 0;
  const second = constant.words[1] ?? 0;
  const firstMask = size < 4 ? tailMask(size) : -1;
  const secondMask = size < 8 ? tailMask(Math.max(size, 4)) : -1;
  for (let row = 0; row < rowCount; row++) {
    if (hasNulls && nulls[row] === 1) continue;
    const at = start[row]!;
    const difference =
      (length[row]! ^ size) |
      ((view.getInt32(at, true) ^ first) & firstMask) |
      ((view.getInt32(at + 4, true) ^ second) & secondMask);
    target[row] = Number(difference === 0);
  }
  if (size <= 8) return;
  for (let row = 0; row < rowCount; row++) {
    if (target[row] === 1 && !(hasNulls && nulls[row] === 1)) {
      target[row] = Number(constant.isAt(view, start[row]!));
    }
  }
}

/** equalConstant for a block in linear memory, by a kernel. */
function equalInMemory(
  { block, start, length, nulls }: BytesColumn,
  constant: ConstantBytes,
  target: Uint8Array,
  memory: LinearMemory,
): void {
  const rowCount = target.length;
  const result = memory.scratch(RESULT, rowCount);
  memory.kernels.equalTexts(
    block.bytes.byteOffset,
    memory.addressOf(start, rowCount, STARTS),
    memory.addressOf(length, rowCount, LENGTHS),
    memory.addressOf(nulls, rowCount, NULLS),
    rowCount,
    memory.addressOf(constant.bytes, constant.bytes.length, CONSTANT),
    constant.length,
    result,
  );
  target.set(memory.uint8ArrayAt(result, rowCount));
}

/** Order of two ranges: negative, 0 or positive a row; rows with a NULL are left alone. */
export function orderBytes(left: BytesColumn, right: BytesColumn, order: Int32Array): void {
  const rowCount = order.length;
  for (let row = 0; row < rowCount; row++) {
    if (left.nulls[row] === 1 || right.nulls[row] === 1) continue;
    order[row] = orderOfRow(left, right, row);
  }
}

function orderOfRow(left: BytesColumn, right: BytesColumn, row: number): number {
  const leftLength = left.length[row]!;
  const rightLength = right.length[row]!;
  const a = left.start[row]!;
  const b = right.start[row]!;
  const shared = leftLength < rightLength ? leftLength : rightLength;
  const leftView = left.block.view;
  const rightView = right.block.view;
  let offset = 0;
  for (; offset + 4 <= shared; offset += 4) {
    // The first byte is the highest of a big-endian word, so words order like their bytes.
    const leftWord = leftView.getUint32(a + offset, false);
    const rightWord = rightView.getUint32(b + offset, false);
    if (leftWord !== rightWord) return leftWord < rightWord ? -1 : 1;
  }
  for (; offset < shared; offset++) {
    const difference = leftView.getUint8(a + offset) - rightView.getUint8(b + offset);
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}
