/**
 * The `filesystem` sink: part files in a folder. Parts are written under hidden names and get
 * their visible ones at the commit, when all of them are on disk, so that nobody ever sees a part
 * that is not whole, or one of a run that failed.
 */
import { assert } from '../../../errors/assert.ts';
import { errorCodes } from '../../../errors/codes.ts';
import { InputError } from '../../../errors/drey-error.ts';
import type { Files, WritableFile } from '../../../platform/files.ts';
import type { Random } from '../../../platform/random.ts';
import type { Batch } from '../../batch/batch.ts';
import type { RecordEncoder } from '../../format/contract.ts';
import type { Sink } from '../contract.ts';
import { OutputBuffer } from '../output-buffer.ts';
import * as partName from './part-name.ts';

export interface FileSinkOptions {
  /** Name of the sink node. */
  readonly name: string;
  /** The folder; it is made when it is not there. */
  readonly path: string;
  /** What to do when the folder holds finished files of another run. */
  readonly existing: 'refuse' | 'append' | 'replace';
  readonly encoder: RecordEncoder;
  readonly subtask?: number;
  /** A part that has this size is followed by another one. */
  readonly partBytes?: number;
}

/** The parts of the platform that a file sink needs. */
export interface FileSinkPlatform {
  readonly files: Files;
  readonly random: Random;
}

/** Source: Flink, `sink.rolling-policy.file-size`. */
const PART_BYTES_DEFAULT = 128 * 1024 * 1024;

/** A part that was begun; `file` is null once its content is on disk. */
interface Part {
  readonly name: partName.PartName;
  sizeBytes: number;
  file: WritableFile | null;
}

export class FileSink implements Sink {
  private readonly options: FileSinkOptions;
  private readonly files: Files;
  private readonly run: string;
  private readonly buffer = new OutputBuffer();
  private readonly parts: Part[] = [];
  /** Finished files of other runs that the commit removes. */
  private replaced: readonly string[] = [];
  private state: 'new' | 'open' | 'committed' | 'closed' = 'new';

  constructor(options: FileSinkOptions, { files, random }: FileSinkPlatform) {
    this.options = options;
    this.files = files;
    this.run = partName.createRunName((byteCount) => random.bytes(byteCount));
  }

  get isFull(): boolean {
    return this.buffer.isFull;
  }

  async open(): Promise<void> {
    assert(this.state === 'new', 'a sink is opened once');
    await this.prepareFolder();
    const names = await this.files.list(this.options.path);
    const finished = names.filter(partName.isFinished);
    if (finished.length > 0 && this.options.existing === 'refuse') throw this.taken(finished);
    if (this.options.existing === 'replace') this.replaced = finished;
    for (const name of names.filter(partName.isInProgress)) await this.remove(name);
    this.state = 'open';
  }

  write(batch: Batch): void {
    this.options.encoder.encode(batch, 0, this.buffer);
  }

  async flush(): Promise<boolean> {
    assert(this.state === 'open', 'only an open sink is flushed');
    if (this.buffer.length === 0) return true;
    const content = this.buffer.take();
    const part = await this.currentPart();
    await part.file?.write(content);
    part.sizeBytes += content.length;
    if (part.sizeBytes >= (this.options.partBytes ?? PART_BYTES_DEFAULT)) await finish(part);
    return true;
  }

  async commit(): Promise<void> {
    await this.flush();
    for (const part of this.parts) await finish(part);
    for (const { name } of this.parts) {
      const hidden = this.pathOf(partName.inProgressName(name));
      await this.files.rename(hidden, this.pathOf(partName.finishedName(name)));
    }
    await this.files.syncFolder(this.options.path);
    this.state = 'committed';
    // Only now: had the run stopped before, the old rows would still be there.
    for (const name of this.replaced) await this.remove(name);
    if (this.replaced.length > 0) await this.files.syncFolder(this.options.path);
  }

  async close(): Promise<void> {
    if (this.state === 'committed' || this.state === 'closed') return;
    this.state = 'closed';
    for (const { name, file } of this.parts) {
      await file?.close();
      await this.remove(partName.inProgressName(name));
      // Of a commit that broke off.
      await this.remove(partName.finishedName(name));
    }
  }

  private async prepareFolder(): Promise<void> {
    const { name, path } = this.options;
    const status = await this.files.status(path);
    if (status === null) await this.files.createFolder(path);
    else if (status.kind !== 'folder') {
      throw new InputError('DREY_FILE_WRONG_KIND', `sink ${name}: ${path} is not a folder`, {
        hint: 'Name a folder; the sink writes its part files into it.',
        details: { sink: name, path },
      });
    }
  }

  private taken(finished: readonly string[]): InputError {
    const { name, path } = this.options;
    const count = finished.length === 1 ? '1 finished file' : `${finished.length} finished files`;
    return new InputError(
      'DREY_SINK_FOLDER_TAKEN',
      `sink ${name}: ${path} holds ${count} of another run (${finished[0]})`,
      {
        hint: errorCodes.DREY_SINK_FOLDER_TAKEN.next,
        details: { sink: name, path, fileCount: finished.length, first: finished[0] },
      },
    );
  }

  /** The part that is being written; a new one when there is none or it has its size. */
  private async currentPart(): Promise<Part> {
    const last = this.parts.at(-1);
    if (last !== undefined && last.file !== null) return last;
    const name = { run: this.run, subtask: this.options.subtask ?? 0, index: this.parts.length };
    const path = this.pathOf(partName.inProgressName(name));
    const file = await this.files.openToWrite(path, { exclusive: true });
    const part: Part = { name, sizeBytes: 0, file };
    this.parts.push(part);
    return part;
  }

  private remove(name: string): Promise<void> {
    return this.files.remove(this.pathOf(name));
  }

  private pathOf(name: string): string {
    return `${this.options.path}/${name}`;
  }
}

/** Puts the part's content on disk. */
async function finish(part: Part): Promise<void> {
  if (part.file === null) return;
  await part.file.sync();
  await part.file.close();
  part.file = null;
}
