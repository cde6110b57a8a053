/**
 * Reads a stream of bytes into blocks, one block ahead: while the consumer works on the current
 * block the next one is being filled, so that moving on is synchronous and seldom has to wait.
 * The unconsumed tail of a block is carried to the front of the next, so that what starts in one
 * block can be read whole in the next.
 *
 * A chunk's bytes: room for the carried tail, then content, then a region of the same size that
 * belongs to the decoder (`scratchStart`).
 * Invariant: the current block is written to only inside `advance`.
 */
import { assert } from '../../../errors/assert.ts';
import { ByteBlock } from '../../batch/byte-block.ts';
import type { LinearMemory } from '../../memory/linear-memory.ts';
import type { ByteInput } from './byte-input.ts';

/** A standard chunk has room for a tail of this share of its content. */
const CARRY_SHARE = 1 / 4;
/** Smallest room for a tail, bytes. */
const CARRY_BYTES_MIN = 16;
/** Blocks a feed holds at most when no record is longer than the room for tails. */
const STANDARD_BLOCKS = 2;

export interface BlockFeedOptions {
  /** Called once, when the first block is wanted. */
  readonly openInput: () => Promise<ByteInput>;
  /** Content bytes of a block; at least 1. */
  readonly contentBytes: number;
  /** Fill each block as far as the input goes, or hand it on after one read. */
  readonly fillsBlocks: boolean;
  /** Where the blocks are made. */
  readonly memory: LinearMemory;
}

interface Chunk {
  readonly block: ByteBlock;
  /** Bytes from 0 that may hold tail and content; the decoder's region follows. */
  readonly areaBytes: number;
}

interface FilledChunk {
  readonly chunk: Chunk;
  readonly byteCount: number;
  readonly isLast: boolean;
}

/** Memory of one feed, in multiples of its content bytes: two blocks, each with tail and scratch. */
export const FEED_MEMORY_FACTOR = STANDARD_BLOCKS * 2 * (1 + CARRY_SHARE);

export class BlockFeed {
  /** Unconsumed content is [from, end) of `block`; the consumer moves `from`. */
  from = 0;
  end = 0;
  /** True when nothing follows behind `end`. */
  isAtEnd = false;

  private readonly options: BlockFeedOptions;
  private readonly carryBytes: number;
  private current: Chunk = EMPTY_CHUNK;
  private readonly spares: Chunk[] = [];
  private filled: FilledChunk | null = null;
  private pending: Promise<void> | null = null;
  private failure: { readonly cause: unknown } | null = null;
  private input: ByteInput | null = null;
  private isClosed = false;

  constructor(options: BlockFeedOptions) {
    assert(options.contentBytes >= 1, 'a block holds at least one byte of content');
    this.options = options;
    this.carryBytes = Math.max(CARRY_BYTES_MIN, Math.ceil(options.contentBytes * CARRY_SHARE));
  }

  get block(): ByteBlock {
    return this.current.block;
  }

  /** From here to the block's capacity the decoder may write. */
  get scratchStart(): number {
    return this.current.areaBytes;
  }

  /**
   * Makes more content follow behind the unconsumed bytes, which may move to another block; sets
   * `isAtEnd` when there is none. False: it is still being read. Throws what reading failed with.
   */
  advance(): boolean {
    if (this.isAtEnd) return true;
    if (this.failure !== null) throw this.failure.cause;
    const filled = this.filled;
    if (filled === null) {
      this.startFill();
      return false;
    }
    this.filled = null;
    if (filled.byteCount === 0) this.spares.push(filled.chunk);
    else if (this.end - this.from <= this.carryBytes) this.moveTo(filled);
    else this.append(filled);
    if (filled.isLast) this.isAtEnd = true;
    else this.startFill();
    return true;
  }

  /** Resolves when `advance` is worth repeating, also when it then throws. */
  ready(): Promise<void> {
    return this.pending ?? Promise.resolve();
  }

  /** Gives up memory and input. A read that never answers (a silent pipe) is not waited for. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.release();
    if (this.pending !== null && this.options.fillsBlocks) await this.pending;
    if (this.pending === null) await this.closeInput();
  }

  /** Gives up the memory; nothing can be read any more. */
  release(): void {
    this.giveBack(this.current);
    for (const spare of this.spares) this.giveBack(spare);
    if (this.filled !== null) this.giveBack(this.filled.chunk);
    this.current = EMPTY_CHUNK;
    this.from = 0;
    this.end = 0;
    this.isAtEnd = true;
    this.spares.length = 0;
    this.filled = null;
  }

  /** The tail goes in front of the content that was read into the other chunk. */
  private moveTo({ chunk, byteCount }: FilledChunk): void {
    const tailBytes = this.end - this.from;
    const start = this.carryBytes - tailBytes;
    chunk.block.bytes.set(this.current.block.bytes.subarray(this.from, this.end), start);
    this.spare(this.current);
    this.current = chunk;
    this.from = start;
    this.end = this.carryBytes + byteCount;
  }

  /** The tail is too long for a standard chunk: tail and content go into one that grows. */
  private append({ chunk, byteCount }: FilledChunk): void {
    const tailBytes = this.end - this.from;
    const tail = this.current.block.bytes.subarray(this.from, this.end);
    let target = this.current;
    if (this.isStandard(target) || target.areaBytes < tailBytes + byteCount) {
      // Doubling, so that a record of n bytes is copied O(n) bytes in all.
      target = this.newChunk(Math.max(2 * tailBytes + byteCount, this.standardAreaBytes + 1));
      target.block.bytes.set(tail, 0);
      this.spare(this.current);
    } else if (this.from > 0) {
      target.block.bytes.copyWithin(0, this.from, this.end);
    }
    const content = chunk.block.bytes.subarray(this.carryBytes, this.carryBytes + byteCount);
    target.block.bytes.set(content, tailBytes);
    this.spares.push(chunk);
    this.current = target;
    this.from = 0;
    this.end = tailBytes + byteCount;
  }

  /** Keeps a standard chunk for the next fill. */
  private spare(chunk: Chunk): void {
    if (this.isStandard(chunk)) this.spares.push(chunk);
    else this.giveBack(chunk);
  }

  private giveBack(chunk: Chunk): void {
    if (chunk !== EMPTY_CHUNK) this.options.memory.release(chunk.block.bytes);
  }

  private newChunk(areaBytes: number): Chunk {
    return { block: new ByteBlock(2 * areaBytes, this.options.memory), areaBytes };
  }

  private isStandard(chunk: Chunk): boolean {
    return chunk.areaBytes === this.standardAreaBytes;
  }

  private get standardAreaBytes(): number {
    return this.carryBytes + this.options.contentBytes;
  }

  private startFill(): void {
    if (this.pending !== null || this.isClosed) return;
    const chunk = this.spares.pop() ?? this.newChunk(this.standardAreaBytes);
    this.pending = this.fill(chunk).then(
      () => this.endFill(),
      (cause: unknown) => {
        this.giveBack(chunk);
        this.failure = { cause };
        return this.endFill();
      },
    );
  }

  private async endFill(): Promise<void> {
    this.pending = null;
    if (this.isClosed) await this.closeInput();
  }

  private async fill(chunk: Chunk): Promise<void> {
    this.input ??= await this.options.openInput();
    const { contentBytes, fillsBlocks } = this.options;
    let byteCount = 0;
    let isLast = false;
    while (byteCount < contentBytes && !this.isClosed) {
      const target = chunk.block.bytes;
      const count = await this.input.read(
        target,
        this.carryBytes + byteCount,
        contentBytes - byteCount,
      );
      isLast = count === 0;
      byteCount += count;
      if (isLast || !fillsBlocks) break;
    }
    if (isLast) await this.closeInput();
    if (this.isClosed) this.giveBack(chunk);
    else this.filled = { chunk, byteCount, isLast };
  }

  private async closeInput(): Promise<void> {
    const input = this.input;
    this.input = null;
    await input?.close();
  }
}

const EMPTY_CHUNK: Chunk = { block: new ByteBlock(0), areaBytes: 0 };
