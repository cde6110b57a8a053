/** Decompression by node:zlib, whose work runs on the thread pool. */
import { once } from 'node:events';
import type { Transform } from 'node:stream';
import type * as Zlib from 'node:zlib';
import { packBlock, unpackBlock } from '../block/block-compression.ts';
import { compressedFileCorrupt, compressionUnsupported } from '../compression-error.ts';
import type {
  ByteStream,
  CompressedInput,
  Compression,
  CompressionFormat,
} from '../compression.ts';

const CHUNK_BYTES = 64 * 1024;

/** Loaded with its first use: most commands decompress nothing. */
const zlib = (): typeof Zlib => process.getBuiltinModule('node:zlib');

export const realCompression: Compression = {
  get formats() {
    return new Set<CompressionFormat>(isFactory(createZstd()) ? ['gzip', 'zstd'] : ['gzip']);
  },
  decompress(format, path, input) {
    return new DecompressedStream(path, createDecompressor(format, path), input);
  },
  unpackBlock,
  packBlock,
};

function createDecompressor(format: CompressionFormat, path: string): Transform {
  if (format === 'gzip') return zlib().createGunzip({ chunkSize: CHUNK_BYTES });
  const create = createZstd();
  if (!isFactory(create)) throw compressionUnsupported(format, path);
  return create({ chunkSize: CHUNK_BYTES });
}

/** node:zlib has zstd from Node 22.15 on; the types here are of the floor. */
function createZstd(): unknown {
  return Reflect.get(zlib(), 'createZstdDecompress');
}

function isFactory(value: unknown): value is (options: { chunkSize: number }) => Transform {
  return typeof value === 'function';
}

class DecompressedStream implements ByteStream {
  readonly path: string;
  private readonly decompressor: Transform;
  private readonly input: CompressedInput;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);
  private isFed = false;
  private compressedBytesRead = 0;
  private inputError: { readonly error: unknown } | null = null;

  constructor(path: string, decompressor: Transform, input: CompressedInput) {
    this.path = path;
    this.decompressor = decompressor;
    this.input = input;
    this.chunks = decompressor[Symbol.asyncIterator]();
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    if (!this.isFed) {
      this.isFed = true;
      void this.feed();
    }
    while (this.rest.length === 0) {
      const next = await this.nextChunk();
      if (next === null) return 0;
      this.rest = next;
    }
    const count = Math.min(length, this.rest.length);
    target.set(this.rest.subarray(0, count), offset);
    this.rest = this.rest.subarray(count);
    return count;
  }

  async close(): Promise<void> {
    this.rest = new Uint8Array(0);
    if (this.decompressor.destroyed) return;
    this.decompressor.destroy();
    await once(this.decompressor, 'close');
  }

  /** Runs beside the reads; a full decompressor holds it back. Ends with what the reads see. */
  private async feed(): Promise<void> {
    try {
      for (;;) {
        const chunk = new Uint8Array(CHUNK_BYTES);
        const count = await this.input(chunk, 0, chunk.length);
        if (this.decompressor.destroyed) return;
        if (count === 0) break;
        this.compressedBytesRead += count;
        if (!this.decompressor.write(chunk.subarray(0, count))) {
          await once(this.decompressor, 'drain');
        }
      }
      // The decompressor takes no input at all for an empty, good file.
      if (this.compressedBytesRead === 0) throw compressedFileCorrupt(this.path, 0, 'it is empty');
      this.decompressor.end();
    } catch (error) {
      if (this.decompressor.destroyed) return;
      this.inputError = { error };
      this.decompressor.destroy(new Error('the input failed'));
    }
  }

  private async nextChunk(): Promise<Uint8Array | null> {
    try {
      const next = await this.chunks.next();
      return next.done === true ? null : next.value;
    } catch (error) {
      if (this.inputError !== null) throw this.inputError.error;
      throw compressedFileCorrupt(this.path, this.compressedBytesRead, reasonOf(error), error);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
