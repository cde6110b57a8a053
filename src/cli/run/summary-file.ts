/**
 * The file of `--summary`. Opened before the job starts, so that a path that cannot be written
 * fails at once and not after hours.
 */
import type { JobSummary } from '../../engine/minicluster.ts';
import { jsonDocument } from '../../output/json-document.ts';
import type { Files, WritableFile } from '../../platform/files.ts';

export class SummaryFile {
  /** Null: none was asked for. */
  private readonly file: WritableFile | null;

  private constructor(file: WritableFile | null) {
    this.file = file;
  }

  static async open(path: string | null, files: Files): Promise<SummaryFile> {
    return new SummaryFile(path === null ? null : await files.openToWrite(path));
  }

  async write(summary: JobSummary): Promise<void> {
    if (this.file === null) return;
    await this.file.write(Buffer.from(jsonDocument(summary)));
    await this.file.sync();
  }

  async close(): Promise<void> {
    await this.file?.close();
  }
}
