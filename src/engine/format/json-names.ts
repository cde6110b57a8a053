/** Finds the column that a field's name stands for, by the bytes of the name. */
import { hashBytes } from '../batch/hash.ts';
import type { ColumnSlot } from './column-slot.ts';

interface Name {
  readonly hash: number;
  readonly bytes: Uint8Array;
  readonly slot: ColumnSlot;
}

const encoder = new TextEncoder();

export class JsonNames {
  private readonly names: readonly Name[];
  /** Open addressing by hash, at most half full: number of a name plus 1, or 0. */
  private readonly table: Int32Array;

  constructor(slots: readonly ColumnSlot[]) {
    this.names = slots.map((slot) => nameOf(slot));
    this.table = new Int32Array(2 ** Math.ceil(Math.log2(slots.length * 2 + 1)));
    const mask = this.table.length - 1;
    for (const [index, { hash }] of this.names.entries()) {
      let place = hash & mask;
      while (this.table[place] !== 0) place = (place + 1) & mask;
      this.table[place] = index + 1;
    }
  }

  /** The column whose name these bytes are; null when there is none. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): ColumnSlot | null {
    const mask = this.table.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = this.table[place]!;
      if (number === 0) return null;
      const name = this.names[number - 1]!;
      if (name.hash === hash && isAt(name.bytes, bytes, start, end)) return name.slot;
    }
  }
}

function nameOf(slot: ColumnSlot): Name {
  const bytes = encoder.encode(slot.name);
  const view = new DataView(new ArrayBuffer(bytes.length + 4));
  new Uint8Array(view.buffer).set(bytes);
  return { hash: hashBytes(view, 0, bytes.length), bytes, slot };
}

function isAt(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let index = 0; index < name.length; index++) {
    if (name[index] !== bytes[start + index]) return false;
  }
  return true;
}
