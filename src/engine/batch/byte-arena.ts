/**
 * A growing block that values are written into one after the other, and that is emptied as a whole.
 * Invariant: bytes before `end` keep their position when the block grows; the block itself changes.
 */
import { EngineError } from '../../errors/drey-error.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { ByteBlock } from './byte-block.ts';

const INITIAL_BYTES = 4 * 1024;
/** What one column may hold. Positions are 32-bit integers, and a batch is not a warehouse. */
const ARENA_BYTES_MAX = 1024 * 1024 * 1024;
/** A block larger than this is given back when the arena is emptied. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024;

export class ByteArena {
  block: ByteBlock;
  /** End of the content; the next value goes here. */
  end = 0;
  private readonly memory: LinearMemory | null;

  /** `memory`: where blocks are made; null: on the heap. */
  constructor(memory: LinearMemory | null = null) {
    this.memory = memory;
    this.block = new ByteBlock(INITIAL_BYTES, memory);
  }

  reset(): void {
    this.end = 0;
    if (this.block.capacity > KEPT_BYTES_MAX) this.replace(INITIAL_BYTES);
  }

  /** Makes room for `byteCount` bytes at `end`. Throws EngineError beyond the limit. */
  reserve(byteCount: number): void {
    const needed = this.end + byteCount;
    if (needed <= this.block.capacity) return;
    if (needed > ARENA_BYTES_MAX) {
      throw new EngineError(
        'DREY_BATCH_TOO_LARGE',
        `one column of a batch needs ${needed} bytes, more than ${ARENA_BYTES_MAX}`,
      );
    }
    this.replace(Math.min(Math.max(needed, this.block.capacity * 2), ARENA_BYTES_MAX));
  }

  /** Moves the content to a block of this capacity. */
  private replace(capacity: number): void {
    const old = this.block;
    this.block = new ByteBlock(capacity, this.memory);
    this.block.bytes.set(old.bytes.subarray(0, this.end));
    this.memory?.release(old.bytes);
  }
}

/** Above this length a native copy is faster than a loop over words, measured on Node 20. */
const LOOP_COPY_MAX = 128;

/**
 * Copies a byte range behind the arena's end, where there is room, and moves the end. Words are
 * copied, so up to three bytes behind the end, in the slack, are written too.
 */
export function appendRange(
  arena: ByteArena,
  source: ByteBlock,
  start: number,
  length: number,
): void {
  const from = arena.end;
  arena.end = from + length;
  if (length > LOOP_COPY_MAX) {
    arena.block.bytes.set(source.bytes.subarray(start, start + length), from);
    return;
  }
  const target = arena.block.view;
  const { view } = source;
  for (let offset = 0; offset < length; offset += 4) {
    target.setInt32(from + offset, view.getInt32(start + offset, true), true);
  }
}
