/**
 * Makes parts visible: renames them to their final names in their order, then moves the commit mark
 * on, then syncs the folder. All of it can be repeated after it broke off anywhere.
 * Invariant: a part is passed over only when it is visible already, or when the mark proves that it
 * was: whoever takes finished files away may do so at any time.
 */
import { errorCodes } from '../../../errors/codes.ts';
import { VerificationError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import type { PendingPart } from './file-sink-state.ts';
import {
  commitMarkName,
  finishedName,
  inProgressName,
  lineageOf,
  parseCommitMark,
  savedName,
  type CommitMark,
} from './part-name.ts';

export class PartCommit {
  private readonly sink: string;
  private readonly folder: string;
  private readonly files: Files;
  /** The highest checkpoint of each lineage and subtask, by the mark's name without it. */
  private readonly marks = new Map<string, CommitMark>();
  /** What the first sync of the folder that failed said: no later one is trusted. */
  private syncFailure: { readonly cause: unknown } | null = null;

  constructor(sink: string, folder: string, files: Files) {
    this.sink = sink;
    this.folder = folder;
    this.files = files;
  }

  /** Takes note of the marks among the names in the folder. */
  readMarks(names: readonly string[]): void {
    for (const name of names) {
      const mark = parseCommitMark(name);
      if (mark === null) continue;
      const known = this.marks.get(keyOf(mark));
      if (known === undefined || known.checkpointId < mark.checkpointId) {
        this.marks.set(keyOf(mark), mark);
      }
    }
  }

  /** Whether the part is here, or was and has been taken away. */
  async knows(part: PendingPart): Promise<boolean> {
    if (this.isMarked(part)) return true;
    if ((await this.hiddenPath(part)) !== null) return true;
    return (await this.files.status(this.pathOf(finishedName(part.name)))) !== null;
  }

  /** The parts must be durable. Throws a VerificationError when one is not there or not whole. */
  async commit(parts: readonly PendingPart[]): Promise<void> {
    if (this.syncFailure !== null) throw this.syncFailure.cause;
    const reached = new Map<string, CommitMark>();
    for (const part of parts) {
      await this.show(part);
      const mark = markOf(part);
      reached.set(keyOf(mark), mark);
    }
    for (const mark of reached.values()) await this.moveMark(mark);
    try {
      await this.files.syncFolder(this.folder);
    } catch (cause) {
      this.syncFailure = { cause };
      throw cause;
    }
  }

  private async show(part: PendingPart): Promise<void> {
    const visible = this.pathOf(finishedName(part.name));
    const hidden = await this.hiddenPath(part);
    if (hidden === null) {
      if (this.isMarked(part) || (await this.files.status(visible)) !== null) return;
      throw this.missing(part, 'is gone');
    }
    const { path, sizeBytes } = hidden;
    if (sizeBytes !== part.sizeBytes) {
      throw this.missing(part, `has ${sizeBytes} bytes, not ${part.sizeBytes}`);
    }
    await this.move(path, visible);
  }

  private async hiddenPath({ name }: PendingPart): Promise<HiddenFile | null> {
    for (const hidden of [inProgressName(name), savedName(name)]) {
      const path = this.pathOf(hidden);
      const status = await this.files.status(path);
      if (status !== null) return { path, sizeBytes: status.sizeBytes };
    }
    return null;
  }

  private isMarked(part: PendingPart): boolean {
    const mark = this.marks.get(keyOf(markOf(part)));
    return mark !== undefined && mark.checkpointId >= part.checkpointId;
  }

  private async moveMark(mark: CommitMark): Promise<void> {
    const known = this.marks.get(keyOf(mark));
    if (known !== undefined && known.checkpointId >= mark.checkpointId) return;
    const path = this.pathOf(commitMarkName(mark));
    if (known === undefined) await (await this.files.openToWrite(path)).close();
    else await this.move(this.pathOf(commitMarkName(known)), path);
    this.marks.set(keyOf(mark), mark);
  }

  /** The commit of an attempt that was given up may come to its end at the same time. */
  private async move(from: string, to: string): Promise<void> {
    try {
      await this.files.rename(from, to);
    } catch (failure) {
      const isMoved =
        (await this.files.status(from)) === null && (await this.files.status(to)) !== null;
      if (!isMoved) throw failure;
    }
  }

  private missing(part: PendingPart, how: string): VerificationError {
    const path = this.pathOf(inProgressName(part.name));
    return new VerificationError(
      'DREY_SINK_PART_MISSING',
      `sink ${this.sink}: ${path}, which checkpoint ${part.checkpointId} is to make visible, ${how}`,
      {
        hint: errorCodes.DREY_SINK_PART_MISSING.next,
        details: { sink: this.sink, path, checkpointId: part.checkpointId },
      },
    );
  }

  private pathOf(name: string): string {
    return `${this.folder}/${name}`;
  }
}

interface HiddenFile {
  readonly path: string;
  readonly sizeBytes: number;
}

function markOf({ name, checkpointId }: PendingPart): CommitMark {
  return { lineage: lineageOf(name.run), subtask: name.subtask, checkpointId };
}

function keyOf({ lineage, subtask }: CommitMark): string {
  return `${lineage}-${subtask}`;
}
