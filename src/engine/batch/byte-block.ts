/**
 * A block of bytes that string columns point into, readable byte by byte and, at any offset, as
 * little-endian words. A block in a job's linear memory is used by kernels where it is; bytes of
 * any other are copied for them.
 * Invariant: at least SLACK_BYTES bytes follow the last byte in use, so a word read that starts at
 * the last byte stays inside the block.
 */
import type { LinearMemory } from '../memory/linear-memory.ts';

/** Bytes kept free behind the content, so that word reads never leave the block. */
export const SLACK_BYTES = 16;

export class ByteBlock {
  readonly bytes: Uint8Array;
  /** The memory that the block lies in; null: the heap. */
  readonly memory: LinearMemory | null;
  readonly view: DataView;
  /** Bytes that may hold content, without the slack. */
  readonly capacity: number;

  /** `memory`: where the block is made, with anything in it; null: on the heap. */
  constructor(capacity: number, memory: LinearMemory | null = null) {
    this.memory = memory;
    const byteCount = capacity + SLACK_BYTES;
    this.bytes = memory === null ? new Uint8Array(byteCount) : memory.bytes(byteCount);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, byteCount);
    this.capacity = capacity;
  }

  /** A block that holds a copy of `content`. */
  static of(content: Uint8Array): ByteBlock {
    const block = new ByteBlock(content.length);
    block.bytes.set(content);
    return block;
  }
}
