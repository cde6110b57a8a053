/**
 * Decompression of byte streams, and compression of blocks. The streams are asynchronous and may use
 * other threads, so they go through the door like files do. A decompressed stream is read like a file: by pulling, so that a small
 * compressed chunk that grows a thousandfold never lies in memory whole.
 */
export type CompressionFormat = 'gzip' | 'zstd';

/** What a record batch of Kafka may be compressed with. */
export type BlockFormat = 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface ByteStream {
  /** The file or stream, as messages name it. */
  readonly path: string;
  /**
   * Reads up to `length` bytes into `target` at `offset`; 0 at the end. One read at a time.
   * Rejects with DREY_COMPRESSED_FILE_CORRUPT when the input is damaged or cut, and with what the
   * input's own read rejects with.
   */
  read(target: Uint8Array, offset: number, length: number): Promise<number>;
  /** Idempotent. Does not close the input. */
  close(): Promise<void>;
}

/** Gives the compressed bytes, in order; 0 at their end. */
export type CompressedInput = (
  target: Uint8Array,
  offset: number,
  length: number,
) => Promise<number>;

export interface Compression {
  /** What this Node can decompress; zstd needs Node 22.15. */
  readonly formats: ReadonlySet<CompressionFormat>;
  /**
   * The bytes that `input` holds under `format`; gzip files of several members are one stream.
   * Throws DREY_COMPRESSION_UNSUPPORTED when the format is not among `formats`.
   */
  decompress(format: CompressionFormat, path: string, input: CompressedInput): ByteStream;
  /**
   * A block that lies in memory whole, at once and on this thread. Throws
   * DREY_COMPRESSED_BLOCK_CORRUPT, or DREY_COMPRESSED_BLOCK_TOO_LARGE when it would unpack to more
   * than `limitBytes`; then no more than that was unpacked.
   */
  unpackBlock(format: BlockFormat, packed: Uint8Array, limitBytes: number): Uint8Array;
  /** Throws DREY_COMPRESSION_UNSUPPORTED for zstd before Node 22.15. */
  packBlock(format: BlockFormat, bytes: Uint8Array): Uint8Array;
}
