/**
 * Writes parts behind each other into files that are full at some size: few files, because making
 * one durable costs milliseconds whatever its size. Where a part lies is known at once, the bytes
 * follow in the background.
 * Invariant: after `finish` all bytes are durable, though not yet the names of the files.
 */
import { join } from 'node:path';
import { crc32, joinCrc32 } from '../../../platform/crc32.ts';
import { BugError } from '../../../errors/drey-error.ts';
import type { Files, WritableFile } from '../../../platform/files.ts';
import type { ByteRange } from './manifest.ts';

export interface SeriesOptions {
  readonly files: Files;
  readonly folder: string;
  nameOf(index: number): string;
  /** A part that does not fit behind the others begins a new file. */
  readonly fileSizeBytesMax: number;
}

export interface WrittenFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly crc32: number;
}

export interface WrittenPart extends ByteRange {
  /** Index in the series. */
  readonly file: number;
}

/** Parts of key groups are often small; a write costs 20 to 50 us whatever its size. */
const BUFFER_BYTES = 256 * 1024;
/** Parts of this size are written as they are, without a copy. */
const COPIED_BYTES_MAX = 64 * 1024;
/** What may wait for the disk before whoever adds has to. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;

interface CurrentFile {
  sizeBytes: number;
  crc32: number;
  readonly name: string;
}

export class FileSeries {
  private readonly options: SeriesOptions;
  private readonly done: WrittenFile[] = [];
  private current: CurrentFile | null = null;
  private handle: WritableFile | null = null;
  private buffer: Uint8Array = new Uint8Array(0);
  private buffered = 0;
  private waitingBytes = 0;
  /**
   * What the next write takes, null when none waits. While one is under way the others come
   * together: beside a busy job each write waits for a turn of the event loop, whatever its size.
   */
  private batch: Uint8Array[] | null = null;
  /** All that was asked of the disk, one after the other; never rejects. */
  private queue: Promise<void> = Promise.resolve();
  private failure: Error | null = null;

  constructor(options: SeriesOptions) {
    this.options = options;
  }

  /** Paths of all files that were begun. */
  get paths(): readonly string[] {
    const names = this.done.map(({ name }) => name);
    if (this.current !== null) names.push(this.current.name);
    return names.map((name) => join(this.options.folder, name));
  }

  get sizeBytes(): number {
    return this.done.reduce((sum, file) => sum + file.sizeBytes, this.current?.sizeBytes ?? 0);
  }

  /** Takes a part, whose bytes must stay as they are until `finish`. */
  append(bytes: Uint8Array): WrittenPart {
    const current = this.fileFor(bytes.length);
    const checksum = crc32(bytes);
    const offset = current.sizeBytes;
    current.sizeBytes += bytes.length;
    current.crc32 = joinCrc32(current.crc32, checksum, bytes.length);
    this.put(bytes);
    return { file: this.done.length, offset, sizeBytes: bytes.length, crc32: checksum };
  }

  /** Resolves when more may be appended. Rejects with what the disk said to anything so far. */
  async ready(): Promise<void> {
    if (this.waitingBytes > WAITING_BYTES_MAX) await this.queue;
    this.throwFailure();
  }

  async finish(): Promise<readonly WrittenFile[]> {
    this.endFile();
    await this.queue;
    this.throwFailure();
    return this.done;
  }

  /** Nothing is under way and open any more; whoever still adds gets `reason`. Never rejects. */
  async abandon(reason: Error): Promise<void> {
    this.failure ??= reason;
    await this.queue;
    // A file whose close fails is closed all the same.
    await this.handle?.close().catch(() => undefined);
    this.handle = null;
  }

  private fileFor(sizeBytes: number): CurrentFile {
    const isFull =
      this.current !== null &&
      this.current.sizeBytes > 0 &&
      this.current.sizeBytes + sizeBytes > this.options.fileSizeBytesMax;
    if (isFull) this.endFile();
    if (this.current !== null) return this.current;
    const name = this.options.nameOf(this.done.length);
    const current = { sizeBytes: 0, crc32: 0, name };
    this.current = current;
    const path = join(this.options.folder, name);
    this.enqueue(async () => {
      this.handle = await this.options.files.openToWrite(path, { exclusive: true });
    });
    return current;
  }

  private endFile(): void {
    if (this.current === null) return;
    this.flush();
    // What follows belongs to the next file.
    this.batch = null;
    this.enqueue(async () => {
      await this.handle?.sync();
      const handle = this.handle;
      this.handle = null;
      await handle?.close();
    });
    this.done.push(this.current);
    this.current = null;
  }

  private put(bytes: Uint8Array): void {
    if (bytes.length > COPIED_BYTES_MAX) {
      this.flush();
      this.write(bytes);
      return;
    }
    if (this.buffered + bytes.length > this.buffer.length) {
      this.flush();
      this.buffer = new Uint8Array(BUFFER_BYTES);
    }
    this.buffer.set(bytes, this.buffered);
    this.buffered += bytes.length;
  }

  private flush(): void {
    if (this.buffered === 0) return;
    this.write(this.buffer.subarray(0, this.buffered));
    this.buffer = this.buffer.subarray(this.buffered);
    this.buffered = 0;
  }

  private write(bytes: Uint8Array): void {
    this.waitingBytes += bytes.length;
    if (this.batch !== null) {
      this.batch.push(bytes);
      return;
    }
    const batch = [bytes];
    this.batch = batch;
    this.enqueue(async () => {
      if (this.batch === batch) this.batch = null;
      const content = batch.length === 1 ? bytes : Buffer.concat(batch);
      await this.handle?.write(content);
      this.waitingBytes -= content.length;
    });
  }

  /** After a failure nothing more is tried: what the disk kept is not known any more. */
  private enqueue(task: () => Promise<void>): void {
    this.queue = this.queue.then(async () => {
      if (this.failure !== null) return;
      try {
        await task();
      } catch (error) {
        this.failure = toError(error);
      }
    });
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new BugError('DREY_BUG', String(error));
}
