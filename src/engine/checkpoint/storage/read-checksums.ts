/**
 * Checks a file of a snapshot as it is read, so that this takes no time of its own while the disk
 * works. One pass for all checksums: that of the file is that of its parts, and of what is between.
 * Invariant: `finish` returns only when the file and each of its parts are what was written.
 */
import { crc32, joinCrc32 } from '../../../platform/crc32.ts';
import type { ByteRange, ManifestFile } from './manifest.ts';
import { snapshotCorrupt } from './snapshot-error.ts';

export interface ExpectedFile {
  readonly file: ManifestFile;
  readonly parts: readonly ByteRange[];
}

export class ReadChecksums {
  private readonly path: string;
  private readonly file: ManifestFile;
  private readonly parts: readonly ByteRange[];
  /** The next part. */
  private index = 0;
  /** What is before it has been seen. */
  private at = 0;
  private checksum = 0;

  constructor(path: string, { file, parts }: ExpectedFile) {
    this.path = path;
    this.file = file;
    this.parts = parts.toSorted((a, b) => a.offset - b.offset);
  }

  /** `bytes` has been read up to `end`. */
  advance(bytes: Uint8Array, end: number): void {
    for (let part = this.parts[this.index]; part !== undefined; part = this.parts[++this.index]) {
      if (part.offset + part.sizeBytes > end) return;
      // Operators that share a piece name the same bytes.
      if (part.offset < this.at) continue;
      this.sum(bytes, part.offset);
      if (this.sum(bytes, part.offset + part.sizeBytes) !== part.crc32) {
        const what = `the checksum of its part at byte ${part.offset} does not fit`;
        throw snapshotCorrupt(this.path, what);
      }
    }
  }

  /** All of it has been read. */
  finish(bytes: Uint8Array): void {
    if (this.index < this.parts.length) {
      throw snapshotCorrupt(this.path, 'one of its parts ends behind it');
    }
    this.sum(bytes, bytes.length);
    if (this.checksum !== this.file.crc32) {
      throw snapshotCorrupt(this.path, 'its checksum does not fit');
    }
  }

  private sum(bytes: Uint8Array, end: number): number {
    if (end === this.at) return 0;
    const piece = crc32(bytes.subarray(this.at, end));
    this.checksum = joinCrc32(this.checksum, piece, end - this.at);
    this.at = end;
    return piece;
  }
}
