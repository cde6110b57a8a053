/**
 * Keeps one line for each ended checkpoint in the folder of the job, for later analysis. It is only
 * told of: no trouble with it ever touches the job, and its size is bounded.
 */
import { join } from 'node:path';
import type { Files } from '../../../platform/files.ts';
import { STATISTICS_NAME, STATISTICS_OLD_NAME } from './snapshot-layout.ts';

/** About 20,000 lines; when it is full it becomes the old one, and that before it goes. */
export const STATISTICS_BYTES_MAX = 8 * 1024 * 1024;

export class StatisticsFile {
  private readonly files: Files;
  private readonly folder: string;
  private readonly sizeBytesMax: number;
  private sizeBytes: number | null = null;
  private lostCount = 0;
  private queue: Promise<void> = Promise.resolve();

  constructor(files: Files, jobFolder: string, sizeBytesMax = STATISTICS_BYTES_MAX) {
    this.files = files;
    this.folder = jobFolder;
    this.sizeBytesMax = sizeBytesMax;
  }

  /** Lines that could not be written. */
  get lost(): number {
    return this.lostCount;
  }

  /** `record`: plain JSON. Lines keep the order of the calls. Never rejects. */
  append(record: Readonly<Record<string, unknown>>): Promise<void> {
    return this.appendLine(JSON.stringify(record));
  }

  /** As `append`; `text`: without the line feed. */
  appendLine(text: string): Promise<void> {
    const line = new TextEncoder().encode(`${text}\n`);
    this.queue = this.queue.then(async () => {
      try {
        await this.write(line);
      } catch {
        // The next line looks at the file again: it may end in the middle of this one.
        this.sizeBytes = null;
        this.lostCount++;
      }
    });
    return this.queue;
  }

  private async write(line: Uint8Array): Promise<void> {
    const path = join(this.folder, STATISTICS_NAME);
    let sizeBytes = this.sizeBytes ?? (await this.repairedSize(path));
    if (sizeBytes > 0 && sizeBytes + line.length > this.sizeBytesMax) {
      await this.files.rename(path, join(this.folder, STATISTICS_OLD_NAME));
      sizeBytes = 0;
    }
    await this.appendBytes(path, line);
    this.sizeBytes = sizeBytes + line.length;
  }

  /** A line that a crash cut off is ended, so that it spoils no other. */
  private async repairedSize(path: string): Promise<number> {
    const sizeBytes = (await this.files.status(path))?.sizeBytes ?? 0;
    if (sizeBytes === 0) return 0;
    const last = new Uint8Array(1);
    const file = await this.files.openToRead(path);
    try {
      await file.read(last, 0, 1, sizeBytes - 1);
    } finally {
      await file.close();
    }
    if (last[0] === NEWLINE) return sizeBytes;
    await this.appendBytes(path, Uint8Array.of(NEWLINE));
    return sizeBytes + 1;
  }

  private async appendBytes(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.files.openToWrite(path, { append: true });
    try {
      await file.write(bytes);
    } finally {
      await file.close();
    }
  }
}

const NEWLINE = 0x0a;
