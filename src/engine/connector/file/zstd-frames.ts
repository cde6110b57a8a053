/**
 * Unpacks a zstd file frame by frame. Node's decompressor stops silently behind the first frame
 * and at a cut file (seen with Node 22.23), so rows would be missing without an error; here the
 * frames are told apart, and a file that ends inside one is refused.
 * Format: RFC 8878 section 3.1.
 */
import { compressedFileCorrupt } from '../../../platform/compression-error.ts';
import type { ByteStream, CompressedInput } from '../../../platform/compression.ts';
import type { ByteInput } from '../record-stream/byte-input.ts';

const FRAME_MAGIC = 0xfd2fb528;
/** Frames that hold no content; the last four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const BLOCK_TYPE_RLE = 1;
/** Compressed bytes read from the file at a time. */
const CHUNK_BYTES = 64 * 1024;

type Part =
  | 'magic'
  | 'descriptor'
  | 'header'
  | 'block-header'
  | 'block'
  | 'checksum'
  | 'skippable-size'
  | 'skippable';

/** Follows the structure of a frame without unpacking it, to know where it ends. */
export class ZstdFrameWalker {
  private part: Part = 'magic';
  /** Bytes of the part that are still to come. */
  private missing = 4;
  /** The little-endian number that the part's bytes make so far. */
  private value = 0;
  private shift = 0;
  private hasChecksum = false;
  private isLastBlock = false;
  private hasBegun = false;
  /** True behind the last byte of a frame. */
  isAtEnd = false;

  /** True inside a frame. */
  get isInside(): boolean {
    return this.hasBegun && !this.isAtEnd;
  }

  /** Takes bytes from `from` up to `to` or the frame's end; returns where it stopped. */
  advance(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && !this.isAtEnd) {
      this.hasBegun = true;
      if (this.part === 'block' || this.part === 'skippable' || this.part === 'header') {
        const count = Math.min(this.missing, to - at);
        at += count;
        this.missing -= count;
      } else {
        this.value += bytes[at++]! * 2 ** this.shift;
        this.shift += 8;
        this.missing--;
      }
      while (this.missing === 0 && !this.isAtEnd) this.nextPart();
    }
    return at;
  }

  private nextPart(): void {
    const { value } = this;
    this.value = 0;
    this.shift = 0;
    switch (this.part) {
      case 'magic':
        if (value === FRAME_MAGIC) return this.expect('descriptor', 1);
        // Anything else is left to the decompressor, which refuses it.
        if (value - (value % 16) !== SKIPPABLE_MAGIC) return this.expect('skippable', Infinity);
        return this.expect('skippable-size', 4);
      case 'descriptor':
        this.hasChecksum = (value & 4) !== 0;
        return this.expect('header', headerBytes(value));
      case 'header':
        return this.expect('block-header', BLOCK_HEADER_BYTES);
      case 'block-header': {
        this.isLastBlock = (value & 1) !== 0;
        const size = value >>> 3;
        return this.expect('block', ((value >>> 1) & 3) === BLOCK_TYPE_RLE ? 1 : size);
      }
      case 'block':
        if (!this.isLastBlock) return this.expect('block-header', BLOCK_HEADER_BYTES);
        return this.expect('checksum', this.hasChecksum ? CHECKSUM_BYTES : 0);
      case 'skippable-size':
        return this.expect('skippable', value);
      case 'checksum':
      case 'skippable':
        this.isAtEnd = true;
    }
  }

  private expect(part: Part, byteCount: number): void {
    this.part = part;
    this.missing = byteCount;
  }
}

/** Bytes between the frame's descriptor and its first block. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >>> 6;
  const contentSizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
  return (isSingleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[descriptor & 3]! + contentSizeBytes;
}

export class ZstdInput implements ByteInput {
  private readonly path: string;
  private readonly raw: ByteInput;
  private readonly decompress: (input: CompressedInput) => ByteStream;
  private readonly chunk = new Uint8Array(CHUNK_BYTES);
  /** Unused bytes of the chunk. */
  private from = 0;
  private to = 0;
  private bytesRead = 0;
  private walker = new ZstdFrameWalker();
  private frame: ByteStream | null = null;

  /** `decompress` unpacks one frame. */
  constructor(path: string, raw: ByteInput, decompress: (input: CompressedInput) => ByteStream) {
    this.path = path;
    this.raw = raw;
    this.decompress = decompress;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    for (;;) {
      if (this.frame === null && !(await this.nextFrame())) return 0;
      const count = (await this.frame?.read(target, offset, length)) ?? 0;
      if (count > 0) return count;
      await this.endFrame();
    }
  }

  async close(): Promise<void> {
    await this.frame?.close();
    await this.raw.close();
  }

  /** False at the end of the file. An empty file is left to the decompressor, which refuses it. */
  private async nextFrame(): Promise<boolean> {
    const isFirst = this.bytesRead === 0;
    if (!(await this.fillChunk()) && !isFirst) return false;
    this.walker = new ZstdFrameWalker();
    this.frame = this.decompress((target, offset, length) =>
      this.readCompressed(target, offset, length),
    );
    return true;
  }

  private async endFrame(): Promise<void> {
    await this.frame?.close();
    this.frame = null;
    if (!this.walker.isInside) return;
    throw compressedFileCorrupt(this.path, this.bytesRead, 'it ends inside a frame');
  }

  /** The compressed bytes of the current frame; 0 behind its last one. */
  private async readCompressed(
    target: Uint8Array,
    offset: number,
    length: number,
  ): Promise<number> {
    if (this.walker.isAtEnd || !(await this.fillChunk())) return 0;
    const end = this.walker.advance(this.chunk, this.from, Math.min(this.to, this.from + length));
    const count = end - this.from;
    target.set(this.chunk.subarray(this.from, end), offset);
    this.from = end;
    return count;
  }

  /** Makes sure that the chunk has an unused byte; false at the end of the file. */
  private async fillChunk(): Promise<boolean> {
    if (this.from < this.to) return true;
    this.from = 0;
    this.to = await this.raw.read(this.chunk, 0, this.chunk.length);
    this.bytesRead += this.to;
    return this.to > 0;
  }
}
