/**
 * Keeps the snapshots of one run of a job in files, as the only writer among the runs of its
 * pipeline: it holds the lock of the checkpoint directory from `open` to `close`.
 * Invariant: a file of pieces is deleted only when no manifest that is kept, of whatever job, may
 * refer to it; what cannot be looked at counts as referring.
 */
import { dirname, join } from 'node:path';
import { assert } from '../../../errors/assert.ts';
import { DreyError } from '../../../errors/drey-error.ts';
import { fileError } from '../../../platform/file-error.ts';
import type { JobSnapshot } from '../job-snapshot.ts';
import type {
  CompletedSnapshot,
  PendingSnapshot,
  SnapshotOrder,
  SnapshotStorage,
} from '../snapshot-storage.ts';
import { adoptedPieces, type Adoption } from './adopted-pieces.ts';
import { CheckpointLock, type LockPlatform } from './checkpoint-lock.ts';
import { createFolderDurably } from './durable-files.ts';
import { FileSeries } from './file-series.ts';
import { writeFinished } from './finished-marker.ts';
import { writeMarker, type JobMarker } from './job-marker.ts';
import { nextRunNumber, removeLeftovers } from './leftovers.ts';
import { PendingFileSnapshot, type PendingOutcome } from './pending-file-snapshot.ts';
import { PieceRegister, type Hold } from './piece-register.ts';
import { findReferences, referencesOf } from './piece-references.ts';
import { readManifest } from './read-snapshot.ts';
import { refuseLinks, removeSnapshotFiles } from './remove-snapshot.ts';
import { removeWhole } from './dispose-snapshot.ts';
import {
  checkpointName,
  folderOfSnapshot,
  MARKER_NAME,
  savepointName,
  SHARED_NAME,
  sharedFileName,
  STATE_PREFIX,
} from './snapshot-layout.ts';
import { findJobs, type FoundJob } from './survey.ts';

export interface FileSnapshotStorageOptions {
  readonly platform: LockPlatform;
  /** Absolute. */
  readonly checkpointDirectory: string;
  readonly jobId: string;
  readonly jobName: string;
  /** Written into each manifest. */
  readonly dreyVersion: string;
  /** Of this directory and pipeline, taken already; it is the storage's from `open` on. */
  readonly lock?: CheckpointLock | undefined;
}

/** One read of a file is one piece of memory, of which Node allows 4 GiB. */
const STATE_FILE_BYTES_MAX = 1024 * 1024 * 1024;
/**
 * Pieces of one checkpoint share files: a piece has about 1 MiB, and a file of its own would cost
 * an fsync for each. The larger the file, the longer one living piece keeps dead ones.
 */
const SHARED_FILE_BYTES_MAX = 32 * 1024 * 1024;
const NAME_RANDOM_BYTES = 4;
const SAVEPOINT_RANDOM_BYTES = 6;

export class FileSnapshotStorage implements SnapshotStorage {
  private readonly options: FileSnapshotStorageOptions;
  private readonly jobFolder: string;
  private readonly sharedFolder: string;
  private readonly register = new PieceRegister();
  private lock: CheckpointLock | null = null;
  private runNumber = 0;
  /** What was restored from and is not read yet. */
  private adoptions: Adoption[] = [];
  /** What was restored from without a claim, until the first checkpoint of this run is complete. */
  private readonly restored = new Set<string>();
  /** What was restored from with a claim. */
  private readonly claimed = new Set<string>();
  /** Snapshots and files that could not be removed; tried again with the next removal. */
  private readonly unremoved = new Set<string>();
  private readonly unremovedFiles = new Set<string>();
  /** Own files that other jobs refer to, as of the start; null: that cannot be told. */
  private neededByOthers: ReadonlySet<string> | null = new Set();
  /** One removal at a time; never rejects. */
  private removal: Promise<void> = Promise.resolve();

  constructor(options: FileSnapshotStorageOptions) {
    this.options = options;
    this.jobFolder = join(options.checkpointDirectory, options.jobId);
    this.sharedFolder = join(this.jobFolder, SHARED_NAME);
  }

  async open(): Promise<void> {
    assert(this.lock === null, 'a storage is opened once');
    const { platform, checkpointDirectory: directory, jobId, jobName } = this.options;
    const { files } = platform;
    await createFolderDurably(files, directory);
    const held = this.options.lock;
    const lock = held ?? (await CheckpointLock.acquire({ platform, directory, jobName }));
    try {
      await refuseLinks(files, [this.jobFolder, this.sharedFolder]);
      const jobs = await findJobs(files, directory);
      // Whoever takes over from now on is not among them.
      await lock.check();
      this.runNumber = nextRunNumber(jobs, jobName);
      const isNew = jobs.every((job) => job.jobId !== jobId);
      const others = jobs.filter((job) => job.jobId !== jobId);
      this.neededByOthers = isNew ? new Set() : referencesOf(others);
      await createFolderDurably(files, this.sharedFolder);
      await writeMarker(files, this.jobFolder, this.marker(null));
      await removeLeftovers(files, jobs, { jobName, jobId });
      this.retainOwn(jobs);
      this.lock = lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Throws DREY_CHECKPOINT_FENCED when another run has taken over. */
  async checkAllowed(): Promise<void> {
    assert(this.lock !== null, 'who asks has opened the storage');
    await this.lock.check();
  }

  /** See CheckpointLock. */
  onLost(listener: (failure: DreyError) => void): void {
    assert(this.lock !== null, 'who listens has opened the storage');
    this.lock.onLost(listener);
  }

  async begin(order: SnapshotOrder): Promise<PendingSnapshot> {
    assert(this.lock !== null, 'a storage is open when a snapshot begins');
    await this.readAdoptions();
    const location = await this.createFolder(order);
    const { platform, dreyVersion, jobId, jobName } = this.options;
    const { files, clock, random } = platform;
    const hold = this.register.hold();
    const nameOf = (index: number): string =>
      sharedFileName(order.checkpointId, index, random.bytes(NAME_RANDOM_BYTES));
    const lock = this.lock;
    return new PendingFileSnapshot({
      files,
      clock,
      order,
      origin: { dreyVersion, jobId, jobName, runNumber: this.runNumber },
      location,
      sharedFolder: order.kind === 'checkpoint' ? this.sharedFolder : null,
      own: new FileSeries({
        files,
        folder: location,
        nameOf: (index) => `${STATE_PREFIX}${index}`,
        fileSizeBytesMax: STATE_FILE_BYTES_MAX,
      }),
      shared: new FileSeries({
        files,
        folder: this.sharedFolder,
        nameOf,
        fileSizeBytesMax: SHARED_FILE_BYTES_MAX,
      }),
      register: this.register,
      checkAllowed: () => lock.check(),
      onEnd: (outcome) => this.end({ order, location, hold }, outcome),
    });
  }

  /** Own checkpoints, and what was claimed: a savepoint, too. */
  async discard(snapshot: CompletedSnapshot): Promise<void> {
    const { kind, location } = snapshot;
    assert(kind === 'checkpoint' || this.claimed.has(location), 'a savepoint belongs to its user');
    this.unremoved.add(location);
    await this.removeUnremoved();
  }

  async adopt(_: JobSnapshot, location: string, isOwned: boolean): Promise<void> {
    const folder = folderOfSnapshot(location);
    // A run that was taken over may have given the manifest its name and gone no further.
    await this.options.platform.files.syncFolder(folder);
    this.adoptions.push({ location: folder, isOwned });
    if (isOwned) this.claimed.add(folder);
  }

  /** After the last commit of a job that came to its end, before its checkpoints are removed. */
  async markFinished(): Promise<void> {
    const { platform } = this.options;
    await writeFinished(platform.files, this.jobFolder, platform.clock.nowMs());
  }

  /** Gives the lock back. What cannot be removed is left for the next run. */
  async close(): Promise<void> {
    if (this.lock === null) return;
    await this.removeUnremoved().catch(ignoreDreyError);
    await this.lock.release();
    this.lock = null;
  }

  private marker(checkpointId: number | null): JobMarker {
    const { jobId, jobName } = this.options;
    return { jobId, jobName, runNumber: this.runNumber, checkpointId };
  }

  private async createFolder(order: SnapshotOrder): Promise<string> {
    const { platform, jobId } = this.options;
    const { files, random } = platform;
    if (order.kind === 'checkpoint') {
      // A disk that is not mounted any more must not be written beside: the folder is not made anew.
      if ((await files.status(join(this.jobFolder, MARKER_NAME))) === null) {
        throw fileError('ENOENT', { operation: 'take a checkpoint in', path: this.jobFolder });
      }
      const location = join(this.jobFolder, checkpointName(order.checkpointId));
      assert((await files.status(location)) === null, 'a checkpoint id is used once');
      await files.createFolder(location);
      return location;
    }
    assert(order.targetDirectory !== null, 'a savepoint has a target directory');
    await createFolderDurably(files, order.targetDirectory);
    const name = savepointName(jobId, random.bytes(SAVEPOINT_RANDOM_BYTES));
    const location = join(order.targetDirectory, name);
    assert((await files.status(location)) === null, 'a random name is not taken');
    await files.createFolder(location);
    try {
      await writeMarker(files, location, this.marker(order.checkpointId));
    } catch (error) {
      // Without a marker nobody would know it for ours later.
      await removeSnapshotFiles(files, location).catch(ignoreDreyError);
      throw error;
    }
    return location;
  }

  private async end(
    ended: { readonly order: SnapshotOrder; readonly location: string; readonly hold: Hold },
    outcome: PendingOutcome,
  ): Promise<void> {
    const { order, location, hold } = ended;
    if (outcome.kind === 'complete' && order.kind === 'checkpoint') {
      this.register.retain(location, outcome.references);
      this.releaseRestored();
    }
    if (outcome.kind === 'aborted' && !outcome.isSettled) this.unremoved.add(location);
    hold.release();
    // The snapshot is what it is: trouble with older files is not its failure.
    await this.removeUnremoved().catch(ignoreDreyError);
  }

  /** Without a claim the first checkpoint of the run stands for itself. */
  private releaseRestored(): void {
    for (const location of this.restored) this.register.release(location);
    this.restored.clear();
  }

  private async readAdoptions(): Promise<void> {
    while (this.adoptions.length > 0) {
      const [adoption, ...others] = this.adoptions;
      assert(adoption !== undefined, 'there is a first one');
      const { files } = this.options.platform;
      const manifest = await readManifest(files, adoption.location);
      const pieces = adoptedPieces(manifest, adoption, this.jobFolder);
      this.register.retain(adoption.location, pieces);
      if (!adoption.isOwned) this.restored.add(adoption.location);
      this.adoptions = others;
    }
  }

  /** A storage of the same job may have been here before, in a process that is gone. */
  private retainOwn(jobs: readonly FoundJob[]): void {
    const own = jobs.filter(({ jobId }) => jobId === this.options.jobId);
    for (const { location, content } of own.flatMap(({ checkpoints }) => checkpoints)) {
      if (content.kind !== 'manifest') continue;
      const adoption = { location, isOwned: true };
      this.register.retain(location, adoptedPieces(content.manifest, adoption, this.jobFolder));
    }
  }

  private removeUnremoved(): Promise<void> {
    const removed = this.removal.then(() => this.removeAll());
    this.removal = removed.catch(() => undefined);
    return removed;
  }

  /** Goes on after a failure, and rejects with the first one. */
  private async removeAll(): Promise<void> {
    const { files } = this.options.platform;
    const failures: unknown[] = [];
    for (const location of this.unremoved) {
      try {
        await removeWhole(files, location, () => {
          this.register.release(location);
          return this.removePieces();
        });
        this.unremoved.delete(location);
      } catch (error) {
        failures.push(error);
      }
    }
    try {
      await this.removePieces();
    } catch (error) {
      failures.push(error);
    }
    const [first] = failures;
    if (first instanceof Error) throw first;
  }

  /** Files of pieces that nobody needs any more. */
  private async removePieces(): Promise<void> {
    for (const { path } of this.register.takeUnneeded()) this.unremovedFiles.add(path);
    for (const path of this.unremovedFiles) {
      if (!(await this.isNeededByOthers(path))) await this.options.platform.files.remove(path);
      this.unremovedFiles.delete(path);
    }
  }

  private async isNeededByOthers(path: string): Promise<boolean> {
    const isOwn = dirname(path) === this.sharedFolder;
    // Nobody claims from a job that runs, so what there was at its start is enough.
    const needed = isOwn ? this.neededByOthers : await this.referencesAround(path);
    // What a damaged manifest refers to is not known: all stays until that is gone.
    return needed === null || needed.has(path);
  }

  /** Of all jobs beside the one in whose folder of pieces the file lies. */
  private referencesAround(path: string): Promise<ReadonlySet<string> | null> {
    const directory = dirname(dirname(dirname(path)));
    return findReferences(this.options.platform.files, directory);
  }
}

function ignoreDreyError(error: unknown): void {
  if (!(error instanceof DreyError)) throw error;
}
