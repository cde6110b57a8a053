/**
 * Opens one file of a source as a stream of content bytes: a plain file, a compressed one, a pipe
 * or device. Counts the bytes taken from the file, compressed ones as they lie there.
 */
import { errorCodes } from '../../../errors/codes.ts';
import { InputError } from '../../../errors/drey-error.ts';
import type { Compression, CompressionFormat } from '../../../platform/compression.ts';
import type { Files, ReadableFile } from '../../../platform/files.ts';
import type { ByteInput, InputOpener } from '../record-stream/byte-input.ts';
import type { FoundFile } from './file-listing.ts';
import { ZstdInput } from './zstd-frames.ts';

/** Unpacked bytes that are read and dropped at a time, on the way to a restored position. */
const SKIP_BYTES = 64 * 1024;
/** Position of a read that takes the next bytes: of pipes and devices, which have no positions. */
const NEXT_BYTES = -1;

/** The parts of the platform that files are read through. */
export interface FilePlatform {
  readonly files: Files;
  readonly compression: Compression;
}

/** The compression that a file's name promises; null: none. */
export function compressionOf(path: string): CompressionFormat | null {
  if (path.endsWith('.gz')) return 'gzip';
  if (path.endsWith('.zst')) return 'zstd';
  return null;
}

export class FileOpener implements InputOpener {
  readonly fillsBlocks: boolean;
  readonly sizeBytes: number | null;
  /** Bytes taken from the file so far. */
  bytesRead = 0;
  private readonly file: FoundFile;
  private readonly platform: FilePlatform;

  constructor(file: FoundFile, platform: FilePlatform) {
    this.file = file;
    this.platform = platform;
    this.fillsBlocks = file.kind === 'file';
    const isPlain = compressionOf(file.path) === null && file.kind === 'file';
    this.sizeBytes = isPlain ? file.sizeBytes : null;
  }

  async open(positionBytes: number): Promise<ByteInput> {
    const format = compressionOf(this.file.path);
    if (format === null) return this.openPlain(positionBytes);
    return this.openCompressed(format, positionBytes);
  }

  private async openPlain(positionBytes: number): Promise<ByteInput> {
    const { path } = this.file;
    if (positionBytes > 0) {
      const status = await this.platform.files.status(path);
      if (status !== null && status.sizeBytes < positionBytes) {
        throw tooShort(path, positionBytes, status.sizeBytes);
      }
    }
    const raw = await this.openRaw(positionBytes);
    this.bytesRead = positionBytes;
    return raw;
  }

  private async openCompressed(
    format: CompressionFormat,
    positionBytes: number,
  ): Promise<ByteInput> {
    const { path } = this.file;
    const input = this.unpacked(format, await this.openRaw(0));
    try {
      await skip(input, path, positionBytes);
      return input;
    } catch (error) {
      await input.close();
      throw error;
    }
  }

  private unpacked(format: CompressionFormat, raw: ByteInput): ByteInput {
    const { path } = this.file;
    const { compression } = this.platform;
    if (format === 'zstd') {
      return new ZstdInput(path, raw, (input) => compression.decompress(format, path, input));
    }
    const stream = compression.decompress(format, path, (target, offset, length) =>
      raw.read(target, offset, length),
    );
    return {
      read: (target, offset, length) => stream.read(target, offset, length),
      async close() {
        await stream.close();
        await raw.close();
      },
    };
  }

  private async openRaw(positionBytes: number): Promise<ByteInput> {
    const file = await this.platform.files.openToRead(this.file.path);
    return new CountedFile(
      file,
      this.file.kind === 'file' ? positionBytes : NEXT_BYTES,
      (count) => {
        this.bytesRead += count;
      },
    );
  }
}

/** Reads a file from front to back. */
class CountedFile implements ByteInput {
  private readonly file: ReadableFile;
  private readonly count: (byteCount: number) => void;
  private position: number;

  constructor(file: ReadableFile, position: number, count: (byteCount: number) => void) {
    this.file = file;
    this.position = position;
    this.count = count;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    const byteCount = await this.file.read(target, offset, length, this.position);
    if (this.position !== NEXT_BYTES) this.position += byteCount;
    this.count(byteCount);
    return byteCount;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function skip(input: ByteInput, path: string, byteCount: number): Promise<void> {
  if (byteCount === 0) return;
  const dropped = new Uint8Array(Math.min(byteCount, SKIP_BYTES));
  for (let done = 0; done < byteCount;) {
    const count = await input.read(dropped, 0, Math.min(dropped.length, byteCount - done));
    if (count === 0) throw tooShort(path, byteCount, done);
    done += count;
  }
}

function tooShort(path: string, positionBytes: number, sizeBytes: number): InputError {
  return new InputError(
    'DREY_FILE_CHANGED',
    `cannot go on in ${path}: the snapshot is at byte ${positionBytes} and the file has ${sizeBytes}`,
    { hint: errorCodes.DREY_FILE_CHANGED.next, details: { path, positionBytes, sizeBytes } },
  );
}
