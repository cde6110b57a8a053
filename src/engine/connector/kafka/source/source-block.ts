/**
 * The blocks that a source's records are decoded in, shared by its partitions: they are polled one
 * after the other, and rows of one are gone when the next is polled.
 */
import { ByteBlock } from '../../../batch/byte-block.ts';
import type { LinearMemory } from '../../../memory/linear-memory.ts';

/** Room for the values of a full batch of 250 bytes each; less fits into the processor's cache. */
const AREA_BYTES = 512 * 1024;
/** Room for decoded text, in multiples of the area. */
const SCRATCH_FACTOR = 1;

export class SourceBlock {
  block: ByteBlock;
  /** Bytes from 0 that may hold records; the decoder's region follows. */
  areaBytes: number;
  private readonly memory: LinearMemory;
  private readonly standardBytes: number;

  constructor(memory: LinearMemory, standardBytes = AREA_BYTES) {
    this.memory = memory;
    this.standardBytes = standardBytes;
    this.areaBytes = standardBytes;
    this.block = new ByteBlock(standardBytes * (1 + SCRATCH_FACTOR), memory);
  }

  /** What is in it is gone; has room for one record of `byteCount` bytes, or for the usual. */
  renew(byteCount: number): void {
    const areaBytes = Math.max(byteCount, this.standardBytes);
    if (areaBytes === this.areaBytes) return;
    this.memory.release(this.block.bytes);
    this.areaBytes = areaBytes;
    this.block = new ByteBlock(areaBytes * (1 + SCRATCH_FACTOR), this.memory);
  }

  /** More room; what is in the first `usedBytes` stays. */
  grow(usedBytes: number, byteCount: number): void {
    const old = this.block;
    this.areaBytes = Math.max(2 * this.areaBytes, usedBytes + byteCount);
    this.block = new ByteBlock(this.areaBytes * (1 + SCRATCH_FACTOR), this.memory);
    this.block.bytes.set(old.bytes.subarray(0, usedBytes));
    this.memory.release(old.bytes);
  }

  /** Idempotent. */
  release(): void {
    if (this.areaBytes === 0) return;
    this.memory.release(this.block.bytes);
    this.block = new ByteBlock(0);
    this.areaBytes = 0;
  }
}
