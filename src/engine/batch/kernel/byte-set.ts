/**
 * A constant set of byte strings, tested against columns. Few members are told apart by length and
 * first word, one after the other; many are found by their hash in an open table.
 */
import { ByteBlock } from '../byte-block.ts';
import type { BytesColumn } from '../column.ts';
import { hashBytes } from '../hash.ts';
import { ConstantBytes, tailMask } from './compare-bytes.ts';

/** Up to this many members the walk is faster than hashing the text, measured on Node 20. */
const WALKED_MAX = 8;

export class ByteSet {
  private readonly members: readonly ConstantBytes[];
  /** Length and first word of each member. */
  private readonly lengths: Int32Array;
  private readonly firsts: Int32Array;
  /** Member index + 1 by hash, 0: free; at most half full. */
  private readonly table: Int32Array;

  constructor(contents: readonly Uint8Array[]) {
    this.members = contents.map((content) => new ConstantBytes(content));
    this.lengths = Int32Array.from(this.members, (member) => member.length);
    this.firsts = Int32Array.from(this.members, (member) => member.words[0] ?? 0);
    let slots = 4;
    while (slots < contents.length * 2) slots *= 2;
    this.table = new Int32Array(slots);
    for (const [index, content] of contents.entries()) {
      let slot = hashBytes(ByteBlock.of(content).view, 0, content.length) & (slots - 1);
      while (this.table[slot] !== 0) slot = (slot + 1) & (slots - 1);
      this.table[slot] = index + 1;
    }
  }

  /** Writes 1 where the range is a member, else 0; rows with a NULL get 0. */
  test(column: BytesColumn, target: Uint8Array): void {
    if (this.members.length <= WALKED_MAX) this.walk(column, target);
    else this.lookUp(column, target);
  }

  private walk(column: BytesColumn, target: Uint8Array): void {
    const { lengths, firsts, members } = this;
    const { start, length, nulls } = column;
    const { view } = column.block;
    const count = members.length;
    for (let row = 0; row < target.length; row++) {
      target[row] = 0;
      if (nulls[row] === 1) continue;
      const size = length[row]!;
      const at = start[row]!;
      let word = 0;
      if (size > 0) word = view.getInt32(at, true) & (size < 4 ? tailMask(size) : -1);
      for (let index = 0; index < count; index++) {
        if (lengths[index] !== size || firsts[index] !== word) continue;
        if (size <= 4 || members[index]!.isAt(view, at)) {
          target[row] = 1;
          break;
        }
      }
    }
  }

  private lookUp(column: BytesColumn, target: Uint8Array): void {
    const { table, lengths, members } = this;
    const { start, length, nulls } = column;
    const { view } = column.block;
    const mask = table.length - 1;
    for (let row = 0; row < target.length; row++) {
      target[row] = 0;
      if (nulls[row] === 1) continue;
      const size = length[row]!;
      const at = start[row]!;
      let slot = hashBytes(view, at, size) & mask;
      for (let member = table[slot]! - 1; member >= 0; member = table[slot]! - 1) {
        if (lengths[member] === size && members[member]!.isAt(view, at)) {
          target[row] = 1;
          break;
        }
        slot = (slot + 1) & mask;
      }
    }
  }
}
