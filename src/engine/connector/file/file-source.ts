/**
 * The `filesystem` source: one split for each file, in the order of their paths. Decides how much
 * memory each reader gets, so that all open ones together stay under READ_MEMORY_BYTES.
 */
import { compressionUnsupported } from '../../../platform/compression-error.ts';
import type { Files } from '../../../platform/files.ts';
import type { Timers } from '../../../platform/timers.ts';
import type { RowSchema } from '../../batch/batch.ts';
import type { LinearMemory } from '../../memory/linear-memory.ts';
import type {
  DeadRecordListener,
  Source,
  SourcePlace,
  SourceProgress,
  SplitDiscovery,
  SplitReader,
} from '../contract.ts';
import { FEED_MEMORY_FACTOR } from '../record-stream/block-feed.ts';
import { OpenSlots } from '../record-stream/open-slots.ts';
import { RecordReader, type DecoderFactory } from '../record-stream/record-reader.ts';
import { SharedListings } from '../shared-listings.ts';
import { dealtTo, ownsSplit, restoredTo, WHOLE_SOURCE } from '../split-assignment.ts';
import { fileChanged } from '../record-stream/file-changed.ts';
import { FileMonitor } from './file-monitor.ts';
import { listFiles, type FoundFile } from './file-listing.ts';
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
  /** Of the subtasks that share this source. */
  readonly listings?: SharedListings;
  /** Null or left out: the files that are there at the start, and no others. */
  readonly monitor?: MonitorOptions | null;
  /** Content bytes of a block; by default from READ_MEMORY_BYTES. */
  readonly blockBytes?: number;
}

/** How new files are looked for. */
export interface MonitorOptions {
  readonly intervalMs: number;
  readonly timers: Timers;
}

/** Files of one source that are open at the same time; the rest waits for one of them to end. */
const OPEN_FILES_MAX = 64;
/** Memory of all open readers of one source, without records longer than a block. */
const READ_MEMORY_BYTES = 32 * 1024 * 1024;
/** Larger blocks are not faster to read, and leave the processor's cache. */
const BLOCK_BYTES_MAX = 1024 * 1024;

export class FileSource implements Source {
  readonly schema: RowSchema;
  readonly isBounded: boolean;
  readonly isRepeatable = true;
  private readonly options: FileSourceOptions;
  private readonly platform: FilePlatform;
  private readonly slots = new OpenSlots(OPEN_FILES_MAX);
  /** Of the files that may still be read, by path. */
  private readonly openers = new Map<string, FileOpener>();
  /** Of the others. */
  private endedBytes = 0;
  private bytesTotal: number | null = null;
  private monitor: FileMonitor | null = null;

  constructor(options: FileSourceOptions, platform: FilePlatform) {
    this.schema = options.schema;
    this.isBounded = (options.monitor ?? null) === null;
    this.options = options;
    this.platform = platform;
  }

  get discovery(): SplitDiscovery | null {
    return this.monitor;
  }

  async open(place: SourcePlace = WHOLE_SOURCE): Promise<readonly SplitReader[]> {
    const { monitor = null } = this.options;
    if (monitor !== null) return this.openMonitored(place, monitor);
    const found =
      place.restored === null
        ? dealtTo(await this.sharedListing(), place)
        : await this.foundAgain(restoredTo(place.restored, place));
    const hasStreams = found.some((file) => file.kind === 'other');
    this.bytesTotal = hasStreams ? null : found.reduce((sum, file) => sum + file.sizeBytes, 0);
    const blockBytes = this.options.blockBytes ?? blockBytesFor(found.length);
    return found.map((file) => this.createReader(file, blockBytes));
  }

  progress(): SourceProgress {
    let bytesRead = this.endedBytes;
    for (const opener of this.openers.values()) bytesRead += opener.bytesRead;
    return { bytesRead, bytesTotal: this.bytesTotal };
  }

  private async openMonitored(
    place: SourcePlace,
    { intervalMs, timers }: MonitorOptions,
  ): Promise<readonly SplitReader[]> {
    const blockBytes = this.options.blockBytes ?? blockBytesFor(OPEN_FILES_MAX);
    const createReader = (file: FoundFile): SplitReader => this.createReader(file, blockBytes);
    const monitor = new FileMonitor({
      list: () => this.list(),
      place,
      intervalMs,
      timers,
      createReader,
      ended: (path) => {
        this.endedBytes += this.openers.get(path)?.bytesRead ?? 0;
        this.openers.delete(path);
      },
    });
    const names = (place.restored?.names ?? []).filter((name) => ownsSplit(name, place));
    const found = await this.foundAgain(names);
    monitor.addKnown(names);
    await monitor.look();
    this.monitor = monitor;
    return [...found.map(createReader), ...monitor.take()];
  }

  private sharedListing(): Promise<readonly FoundFile[]> {
    const { name, listings = new SharedListings() } = this.options;
    return listings.once(name, () => this.list());
  }

  private list(): Promise<readonly FoundFile[]> {
    const { name, path } = this.options;
    return listFiles(this.platform.files, { source: name, path, isMonitored: !this.isBounded });
  }

  /** The files of a snapshot, and no others: what is new was not there when the job started. */
  private async foundAgain(paths: readonly string[]): Promise<readonly FoundFile[]> {
    const found: FoundFile[] = [];
    for (const path of paths) found.push(await findAgain(this.platform.files, path));
    return found;
  }

  private createReader(file: FoundFile, blockBytes: number): RecordReader {
    const { name, createDecoder, maxRecordBytes, memory, onDeadRecord } = this.options;
    const format = compressionOf(file.path);
    if (format !== null && !this.platform.compression.formats.has(format)) {
      throw compressionUnsupported(format, file.path);
    }
    const opener = new FileOpener(file, this.platform);
    this.openers.set(file.path, opener);
    // One byte more than a small file has: its end is then seen with its first block.
    const contentBytes = Math.min(blockBytes, (opener.sizeBytes ?? blockBytes) + 1);
    return new RecordReader({
      source: name,
      name: file.path,
      opener,
      createDecoder,
      blockBytes: contentBytes,
      maxRecordBytes,
      memory,
      onDeadRecord,
      slots: this.slots,
      isRepeatable: opener.fillsBlocks,
    });
  }
}

function blockBytesFor(fileCount: number): number {
  const openMax = Math.min(Math.max(fileCount, 1), OPEN_FILES_MAX);
  return Math.min(BLOCK_BYTES_MAX, Math.floor(READ_MEMORY_BYTES / (openMax * FEED_MEMORY_FACTOR)));
}

/** A file that a snapshot names. */
async function findAgain(files: Files, path: string): Promise<FoundFile> {
  const status = await files.status(path);
  if (status === null) throw fileChanged(path, 'it does not exist any more');
  if (status.kind === 'folder') throw fileChanged(path, 'it is a folder now');
  return { path, kind: status.kind, sizeBytes: status.sizeBytes };
}
