/**
 * The `filesystem` source: one split for each file, in the order of their paths. Decides how much
 * memory each reader gets, so that all open ones together stay under READ_MEMORY_BYTES.
 */
import { compressionUnsupported } from '../../../platform/compression-error.ts';
import type { RowSchema } from '../../batch/batch.ts';
import type { LinearMemory } from '../../memory/linear-memory.ts';
import type { DeadRecordListener, Source, SourceProgress, SplitReader } from '../contract.ts';
import { FEED_MEMORY_FACTOR } from '../record-stream/block-feed.ts';
import { OpenSlots } from '../record-stream/open-slots.ts';
import { RecordReader, type DecoderFactory } from '../record-stream/record-reader.ts';
import { listFiles } from './file-listing.ts';
import { compressionOf, FileOpener, type FilePlatform } from './file-opener.ts';

export interface FileSourceOptions {
  /** Name of the source node. */
  readonly name: string;
  /** A file, folder or glob. */
  readonly path: string;
  /** What the decoder fills. */
  readonly schema: RowSchema;
  readonly createDecoder: DecoderFactory;
  readonly maxRecordBytes: number;
  /** Where records are read to. */
  readonly memory: LinearMemory;
  readonly onDeadRecord: DeadRecordListener;
  /** Content bytes of a block; by default from READ_MEMORY_BYTES. */
  readonly blockBytes?: number;
}

/** Files of one source that are open at the same time; the rest waits for one of them to end. */
const OPEN_FILES_MAX = 64;
/** Memory of all open readers of one source, without records longer than a block. */
const READ_MEMORY_BYTES = 32 * 1024 * 1024;
/** Larger blocks are not faster to read, and leave the processor's cache. */
const BLOCK_BYTES_MAX = 1024 * 1024;

export class FileSource implements Source {
  readonly schema: RowSchema;
  readonly isBounded = true;
  private readonly options: FileSourceOptions;
  private readonly platform: FilePlatform;
  private openers: readonly FileOpener[] = [];
  private bytesTotal: number | null = null;

  constructor(options: FileSourceOptions, platform: FilePlatform) {
    this.schema = options.schema;
    this.options = options;
    this.platform = platform;
  }

  async open(): Promise<readonly SplitReader[]> {
    const { name, path } = this.options;
    const found = await listFiles(this.platform.files, name, path);
    for (const file of found) {
      const format = compressionOf(file.path);
      if (format !== null && !this.platform.compression.formats.has(format)) {
        throw compressionUnsupported(format, file.path);
      }
    }
    const hasStreams = found.some((file) => file.kind === 'other');
    this.bytesTotal = hasStreams ? null : found.reduce((sum, file) => sum + file.sizeBytes, 0);
    this.openers = found.map((file) => new FileOpener(file, this.platform));
    const slots = new OpenSlots(OPEN_FILES_MAX);
    const blockBytes = this.options.blockBytes ?? blockBytesFor(found.length);
    return found.map((file, index) =>
      this.createReader(file.path, this.openers[index]!, slots, blockBytes),
    );
  }

  progress(): SourceProgress {
    let bytesRead = 0;
    for (const opener of this.openers) bytesRead += opener.bytesRead;
    return { bytesRead, bytesTotal: this.bytesTotal };
  }

  private createReader(
    path: string,
    opener: FileOpener,
    slots: OpenSlots,
    blockBytes: number,
  ): RecordReader {
    const { name, createDecoder, maxRecordBytes, memory, onDeadRecord } = this.options;
    // One byte more than a small file has: its end is then seen with its first block.
    const contentBytes = Math.min(blockBytes, (opener.sizeBytes ?? blockBytes) + 1);
    return new RecordReader({
      source: name,
      name: path,
      opener,
      createDecoder,
      blockBytes: contentBytes,
      maxRecordBytes,
      memory,
      onDeadRecord,
      slots,
      isRepeatable: opener.fillsBlocks,
    });
  }
}

function blockBytesFor(fileCount: number): number {
  const openMax = Math.min(Math.max(fileCount, 1), OPEN_FILES_MAX);
  return Math.min(BLOCK_BYTES_MAX, Math.floor(READ_MEMORY_BYTES / (openMax * FEED_MEMORY_FACTOR)));
}
