/**
 * Decompression without threads: the whole input is read through the scheduler and decompressed
 * at once, so the order of events depends on the seed alone. For inputs that fit into memory.
 */
import { gunzipSync } from 'node:zlib';
import { packBlock, unpackBlock } from '../block/block-compression.ts';
import { compressedFileCorrupt, compressionUnsupported } from '../compression-error.ts';
import type {
  ByteStream,
  CompressedInput,
  Compression,
  CompressionFormat,
} from '../compression.ts';

const CHUNK_BYTES = 64 * 1024;

export const simulatedCompression: Compression = {
  formats: new Set<CompressionFormat>(['gzip']),
  decompress(format, path, input) {
    if (format !== 'gzip') throw compressionUnsupported(format, path);
    return new GunzippedStream(path, input);
  },
  unpackBlock,
  packBlock,
};

class GunzippedStream implements ByteStream {
  readonly path: string;
  private readonly input: CompressedInput;
  private rest: Uint8Array | null = null;

  constructor(path: string, input: CompressedInput) {
    this.path = path;
    this.input = input;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    this.rest ??= gunzip(this.path, await readToEnd(this.input));
    const count = Math.min(length, this.rest.length);
    target.set(this.rest.subarray(0, count), offset);
    this.rest = this.rest.subarray(count);
    return count;
  }

  async close(): Promise<void> {
    this.rest = new Uint8Array(0);
  }
}

async function readToEnd(input: CompressedInput): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = await input(chunk, 0, chunk.length);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
  }
}

function gunzip(path: string, compressed: Uint8Array): Uint8Array {
  if (compressed.length === 0) throw compressedFileCorrupt(path, 0, 'it is empty');
  try {
    return gunzipSync(compressed);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw compressedFileCorrupt(path, compressed.length, reason, error);
  }
}
