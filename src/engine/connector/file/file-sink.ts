/**
 * The `filesystem` sink: part files in a folder. Parts are written under hidden names and get
 * their visible ones when the checkpoint that covers them is complete, or at the end of a bounded
 * input, so that nobody ever sees a part that is not whole, or rows that will be written again.
 * Invariant: a snapshot names every part that is not visible yet and was not begun after it; only
 * files that were there while the run was known to be the only one are taken for leftovers.
 */
import { assert } from '../../../errors/assert.ts';
import { InputError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import type { Random } from '../../../platform/random.ts';
import { createFolderDurably } from '../../checkpoint/storage/durable-files.ts';
import type { Batch } from '../../batch/batch.ts';
import type { RecordEncoder } from '../../format/contract.ts';
import type { RestoredState, SnapshotWriter } from '../../state/operator-snapshot.ts';
import type { Sink, SinkRecovery } from '../contract.ts';
import { OutputBuffer } from '../output-buffer.ts';
import { restoredSink, SINK_STATE, writeSinkState } from './file-sink-state.ts';
import type { RestoredPart, RestoredSink } from './file-sink-state.ts';
import { folderTaken } from './folder-taken.ts';
import { finish, pendingOf, type Part } from './hidden-part.ts';
import { PartCommit } from './part-commit.ts';
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
  readonly parallelism?: number;
  /** A part that has this size is followed by another one. */
  readonly partBytes?: number;
  /** Throws when another run has taken over, whose files must stay. */
  readonly checkAllowed?: () => Promise<void>;
}

/** The parts of the platform that a file sink needs. */
export interface FileSinkPlatform {
  readonly files: Files;
  readonly random: Random;
}

/** Source: Flink, `sink.rolling-policy.file-size`. */
const PART_BYTES_DEFAULT = 128 * 1024 * 1024;

export class FileSink implements Sink {
  readonly recovery: SinkRecovery;
  private readonly options: FileSinkOptions;
  private readonly files: Files;
  private readonly random: Random;
  private readonly subtask: number;
  private readonly parallelism: number;
  private readonly buffer = new OutputBuffer();
  private readonly partCommit: PartCommit;
  private run: string;
  /** Whose finished files are this sink's own. */
  private lineages: readonly string[];
  private restored: RestoredSink | null = null;
  private nextIndex = 0;
  /** In the order in which they were begun; only the last one may be open. */
  private parts: Part[] = [];
  /** Finished files of other runs that the first commit removes. */
  private replaced: readonly string[] = [];
  /** Resolves when no commit is under way: they come one after the other. */
  private committing: Promise<void> = Promise.resolve();
  /** What the last snapshot is. */
  private isForSavepoint = false;
  private state: 'new' | 'open' | 'committed' | 'closed' = 'new';

  constructor(options: FileSinkOptions, { files, random }: FileSinkPlatform) {
    this.options = options;
    this.files = files;
    this.random = random;
    this.subtask = options.subtask ?? 0;
    this.parallelism = options.parallelism ?? 1;
    this.run = this.createRun(null);
    this.lineages = [partName.lineageOf(this.run)];
    this.partCommit = new PartCommit(options.name, options.path, files);
    this.recovery = {
      snapshotState: (snapshot) => {
        this.snapshotState(snapshot);
      },
      durable: () => this.durable(),
      commitUpTo: (checkpointId) => this.inTurn(() => this.commitUpTo(checkpointId)),
      restoreState: (restored) => {
        this.restoreState(restored);
      },
    };
  }

  get isFull(): boolean {
    return this.buffer.isFull;
  }

  async open(): Promise<void> {
    assert(this.state === 'new', 'a sink is opened once');
    await this.prepareFolder();
    const names = await this.files.list(this.options.path);
    // In this order: what another run adds from now on is in no list, however long this one sleeps.
    await this.options.checkAllowed?.();
    if (this.restored === null) await this.start(names);
    else await this.goOn(names, this.restored);
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
    await part.file.write(content);
    part.sizeBytes += content.length;
    if (part.sizeBytes >= (this.options.partBytes ?? PART_BYTES_DEFAULT)) await finish(part);
    return true;
  }

  async commit(): Promise<void> {
    await this.flush();
    await this.committing;
    for (const part of this.parts) await finish(part);
    const named = this.parts.filter(({ checkpointId }) => checkpointId !== null);
    if (named.length > 0) await this.partCommit.commit(named.map(pendingOf));
    // Whoever takes over after the answer finds all these parts, and removes them or refuses.
    if (named.length < this.parts.length) await this.options.checkAllowed?.();
    for (const { name, checkpointId } of this.parts) {
      if (checkpointId !== null) continue;
      const hidden = this.pathOf(partName.inProgressName(name));
      await this.files.rename(hidden, this.pathOf(partName.finishedName(name)));
    }
    await this.files.syncFolder(this.options.path);
    this.state = 'committed';
    this.parts = [];
    await this.removeReplaced();
  }

  async close(): Promise<void> {
    if (this.state === 'committed' || this.state === 'closed') return;
    this.state = 'closed';
    await this.committing;
    const failures: unknown[] = [];
    // Each of them, whatever becomes of the others.
    for (const part of this.parts) {
      await this.abandon(part).catch((failure: unknown) => failures.push(failure));
    }
    if (failures.length > 0) throw failures[0];
  }

  private async abandon(part: Part): Promise<void> {
    part.isOpen = false;
    await part.file.close();
    // Those of a checkpoint are needed when it is complete, which this sink may not have heard.
    if (part.checkpointId !== null) return;
    await this.remove(partName.inProgressName(part.name));
    // Of a commit that broke off.
    await this.remove(partName.finishedName(part.name));
  }

  private snapshotState(snapshot: SnapshotWriter): void {
    assert(this.buffer.length === 0, 'a sink is flushed before its snapshot');
    const { checkpointId, isSavepoint } = snapshot;
    this.isForSavepoint = isSavepoint;
    for (const part of this.parts) {
      part.isOpen = false;
      part.checkpointId ??= checkpointId;
      if (isSavepoint) part.isSaved = true;
    }
    writeSinkState(snapshot.unionList(SINK_STATE), {
      folder: this.options.path,
      lineages: this.lineages,
      pending: this.parts.map(pendingOf),
      replaced: this.replaced,
    });
  }

  private async durable(): Promise<void> {
    const { isForSavepoint } = this;
    const parts = this.parts.filter(({ checkpointId }) => checkpointId !== null);
    for (const part of parts) await finish(part);
    const unnamed = parts.filter(({ named }) => named === null);
    if (unnamed.length > 0) {
      const named = this.files.syncFolder(this.options.path);
      for (const part of unnamed) part.named = named;
      // Whoever waits hears of the first failure; the others stay for the next one who asks.
      named.catch(() => undefined);
    }
    const unsaved = parts.filter(({ isSaved, saved }) => isSaved && saved === null);
    if (unsaved.length > 0) {
      const saved = this.inTurn(() => this.save(unsaved));
      for (const part of unsaved) part.saved = saved;
      saved.catch(() => undefined);
    }
    for (const { named, saved } of parts) {
      await named;
      // A checkpoint finds a part under either name.
      if (isForSavepoint) await saved;
    }
  }

  /** Gives parts the name under which they wait for a savepoint, unless they are visible by now. */
  private async save(parts: readonly Part[]): Promise<void> {
    const hidden = parts.filter((part) => this.parts.includes(part));
    for (const { name } of hidden) {
      const from = this.pathOf(partName.inProgressName(name));
      await this.files.rename(from, this.pathOf(partName.savedName(name)));
    }
    if (hidden.length > 0) await this.files.syncFolder(this.options.path);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.committing.then(work);
    this.committing = done.catch(() => undefined);
    return done;
  }

  private async commitUpTo(checkpointId: number): Promise<void> {
    // A sink of an attempt that was given up: another one has taken over.
    if (this.state !== 'open') return;
    const due = this.parts.filter((part) => (part.checkpointId ?? Infinity) <= checkpointId);
    if (due.length > 0) {
      for (const { named } of due) {
        assert(named !== null, 'what is committed was made durable');
        await named;
      }
      await this.partCommit.commit(due.map(pendingOf));
      this.parts = this.parts.filter((part) => !due.includes(part));
    }
    await this.removeReplaced();
  }

  private restoreState(restored: RestoredState): void {
    assert(this.state === 'new', 'a sink is restored before it is opened');
    this.restored = restoredSink(restored);
    if (this.restored !== null) this.lineages = this.restored.lineages;
  }

  /** Without a snapshot. */
  private async start(names: readonly string[]): Promise<void> {
    const { existing } = this.options;
    const finished = names.filter(partName.isFinished);
    if (finished.length > 0 && existing === 'refuse') throw folderTaken(this.options, finished);
    if (existing === 'replace' && this.subtask === 0) this.replaced = finished;
    // Under append whoever left it may be alive.
    const hasRemoved = existing !== 'append' && (await this.removeBegun(names, () => true));
    // What an attempt before this one removed when it was closed may be back after a crash as well.
    await this.files.syncFolder(this.options.path);
    if (!hasRemoved || existing !== 'refuse') return;
    // A run that was taken over may have been about to show them.
    const shown = (await this.files.list(this.options.path)).filter(partName.isFinished);
    if (shown.length > 0) throw folderTaken(this.options, shown);
  }

  /** From a snapshot: shows what it names and was not shown, drops what came after it. */
  private async goOn(names: readonly string[], restored: RestoredSink): Promise<void> {
    const { lineages, pending } = restored;
    // Few digits tell the runs of a lineage apart.
    do this.run = this.createRun(lineages[0]!);
    while (names.some((name) => name.includes(this.run)));
    const isOwn = (run: string): boolean => lineages.includes(partName.lineageOf(run));
    if (this.options.existing === 'refuse') {
      const others = names.filter((name) => {
        const part = partName.parseFinished(name);
        return partName.isFinished(name) && (part === null || !isOwn(part.run));
      });
      if (others.length > 0) throw folderTaken(this.options, others);
    }
    this.partCommit.readMarks(names);
    await this.commitRestored(pending);
    const shown = new Set(pending.map(({ name }) => partName.finishedName(name)));
    const hasRemoved = await this.removeBegun(
      names,
      (part) => isOwn(part.run) && !shown.has(partName.finishedName(part)),
    );
    // Else they may be back after a crash, when nobody takes them for its own any more.
    if (hasRemoved) await this.files.syncFolder(this.options.path);
    this.replaced = restored.replaced;
    await this.removeReplaced();
  }

  /**
   * Parts lie in the sink's folder, also when that was moved; when the sink has another folder now,
   * they become visible where they were written, as in Flink.
   */
  private async commitRestored(pending: readonly RestoredPart[]): Promise<void> {
    const here: RestoredPart[] = [];
    const elsewhere = new Map<string, RestoredPart[]>();
    for (const part of pending) {
      const { folder } = part;
      const isHere = folder === this.options.path || (await this.partCommit.knows(part));
      if (isHere || (await this.files.status(folder))?.kind !== 'folder') here.push(part);
      else elsewhere.set(folder, [...(elsewhere.get(folder) ?? []), part]);
    }
    if (here.length > 0) await this.partCommit.commit(here);
    for (const [folder, parts] of elsewhere) {
      const commit = new PartCommit(this.options.name, folder, this.files);
      commit.readMarks(await this.files.list(folder));
      await commit.commit(parts);
    }
  }

  /** Removes parts that were begun by subtasks in whose place this one is; false: there were none. */
  private async removeBegun(
    names: readonly string[],
    isChosen: (part: partName.PartName) => boolean,
  ): Promise<boolean> {
    let hasRemoved = false;
    for (const name of names) {
      const part = partName.parseInProgress(name);
      if (part === null || !this.isMine(part) || !isChosen(part)) continue;
      await this.remove(name);
      hasRemoved = true;
    }
    return hasRemoved;
  }

  /** Of a subtask in whose place this one is; others of this start may have begun theirs. */
  private isMine({ subtask }: partName.PartName): boolean {
    return subtask % this.parallelism === this.subtask;
  }

  /** Only after a commit: had the run stopped before, the old rows would still be there. */
  private async removeReplaced(): Promise<void> {
    if (this.replaced.length === 0) return;
    for (const name of this.replaced) await this.remove(name);
    await this.files.syncFolder(this.options.path);
    this.replaced = [];
  }

  private async prepareFolder(): Promise<void> {
    const { name, path } = this.options;
    const status = await this.files.status(path);
    if (status === null) await createFolderDurably(this.files, path);
    else if (status.kind !== 'folder') {
      throw new InputError('DREY_FILE_WRONG_KIND', `sink ${name}: ${path} is not a folder`, {
        hint: 'Name a folder; the sink writes its part files into it.',
        details: { sink: name, path },
      });
    }
  }

  /** The part that is being written; a new one when there is none or it takes no more rows. */
  private async currentPart(): Promise<Part> {
    const last = this.parts.at(-1);
    if (last?.isOpen === true) return last;
    const name = { run: this.run, subtask: this.subtask, index: this.nextIndex++ };
    const path = this.pathOf(partName.inProgressName(name));
    const file = await this.files.openToWrite(path, { exclusive: true });
    const part: Part = {
      name,
      file,
      sizeBytes: 0,
      isOpen: true,
      isSaved: false,
      checkpointId: null,
      synced: null,
      named: null,
      saved: null,
    };
    this.parts.push(part);
    return part;
  }

  private createRun(lineage: string | null): string {
    return partName.createRunName((byteCount) => this.random.bytes(byteCount), lineage);
  }

  private remove(name: string): Promise<void> {
    return this.files.remove(this.pathOf(name));
  }

  private pathOf(name: string): string {
    return `${this.options.path}/${name}`;
  }
}
