/**
 * Opens one file of a source as a stream of content bytes: a plain file, a compressed one, a pipe
 * or device. Counts the bytes taken from the file, compressed ones as they lie there.
 */
import type { InputError } from '../../../errors/drey-error.ts';
import type { Compression, CompressionFormat } from '../../../platform/compression.ts';
import type { Files, ReadableFile } from '../../../platform/files.ts';
import type { ByteInput, InputOpener } from '../record-stream/byte-input.ts';
import { ContentMark } from '../record-stream/content-mark.ts';
import { fileChanged } from '../record-stream/file-changed.ts';
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

  async open(behind: ContentMark | null): Promise<ByteInput> {
    const format = compressionOf(this.file.path);
    if (format !== null) return this.openCompressed(format, behind);
    if (behind === null) return this.openRaw(0);
    return this.openPlainBehind(behind);
  }

  private async openPlainBehind(mark: ContentMark): Promise<ByteInput> {
    const { path } = this.file;
    const { positionBytes } = mark;
    const file = await this.openAgain();
    try {
      const head = await readAt(file, 0, mark.headBytes);
      const tailAt = positionBytes - mark.lastBytes.length;
      const tail = await readAt(file, tailAt, mark.lastBytes.length);
      if (tail === null || head === null) {
        const sizeBytes = (await this.platform.files.status(path))?.sizeBytes ?? 0;
        throw tooShort(path, positionBytes, sizeBytes);
      }
      if (!mark.hasHead(head) || !mark.hasTail(tail)) throw replaced(path, positionBytes);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.bytesRead = positionBytes;
    return this.counted(file, positionBytes);
  }

  private async openCompressed(
    format: CompressionFormat,
    behind: ContentMark | null,
  ): Promise<ByteInput> {
    const { path } = this.file;
    if (behind === null) return this.unpacked(format, await this.openRaw(0));
    const input = this.unpacked(format, this.counted(await this.openAgain(), 0));
    try {
      const read = await skip(input, path, behind.positionBytes);
      if (!read.hasSameContent(behind)) throw replaced(path, behind.positionBytes);
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
    return this.counted(await this.platform.files.openToRead(this.file.path), positionBytes);
  }

  /** A file that rows were read of before. */
  private async openAgain(): Promise<ReadableFile> {
    const { path } = this.file;
    const status = await this.platform.files.status(path);
    if (status === null) throw fileChanged(path, 'it does not exist any more');
    return this.platform.files.openToRead(path);
  }

  private counted(file: ReadableFile, positionBytes: number): ByteInput {
    const position = this.file.kind === 'file' ? positionBytes : NEXT_BYTES;
    return new CountedFile(file, position, (count) => {
      this.bytesRead += count;
    });
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

/** So many bytes from there; null: the file ends before. */
async function readAt(
  file: ReadableFile,
  position: number,
  length: number,
): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const count = await file.read(bytes, done, length - done, position + done);
    if (count === 0) return null;
    done += count;
  }
  return bytes;
}

/** Drops the first bytes; the answer is what they were. */
async function skip(input: ByteInput, path: string, byteCount: number): Promise<ContentMark> {
  const mark = new ContentMark();
  const dropped = new Uint8Array(Math.min(byteCount, SKIP_BYTES));
  while (mark.positionBytes < byteCount) {
    const wanted = Math.min(dropped.length, byteCount - mark.positionBytes);
    const count = await input.read(dropped, 0, wanted);
    if (count === 0) throw tooShort(path, byteCount, mark.positionBytes);
    mark.add(dropped, 0, count);
  }
  return mark;
}

function tooShort(path: string, positionBytes: number, sizeBytes: number): InputError {
  const how = `the snapshot is at byte ${positionBytes} and the file has ${sizeBytes}`;
  return fileChanged(path, how, { positionBytes, sizeBytes });
}

function replaced(path: string, positionBytes: number): InputError {
  const how = `what it holds before byte ${positionBytes} is not what was read there`;
  return fileChanged(path, how, { positionBytes });
}
