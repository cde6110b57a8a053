/**
 * The snapshots of a job in files, with what belongs to the whole run of it: the lines of its
 * statistics, the mark that it has finished, and which checkpoints outlive it.
 */
import type { DreyError } from '../../errors/drey-error.ts';
import { join } from 'node:path';
import type { ExternalizedRetention } from '../checkpoint/checkpoint-configuration.ts';
import type { JobSnapshot } from '../checkpoint/job-snapshot.ts';
import type {
  CompletedSnapshot,
  PendingSnapshot,
  SnapshotOrder,
} from '../checkpoint/snapshot-storage.ts';
import type { CheckpointLock, LockPlatform } from '../checkpoint/storage/checkpoint-lock.ts';
import { FileSnapshotStorage } from '../checkpoint/storage/file-snapshot-storage.ts';
import { readSnapshot } from '../checkpoint/storage/read-snapshot.ts';
import { isRetained } from '../checkpoint/storage/retention.ts';
import { writeStopPointer } from '../checkpoint/storage/stop-pointer.ts';
import { StatisticsFile } from '../checkpoint/storage/statistics-file.ts';
import type { JobIdentity, JobStorage, StorageEnd } from './job-recovery.ts';

export interface FileJobStorageOptions {
  readonly platform: LockPlatform;
  /** Absolute. */
  readonly checkpointDirectory: string;
  /** Absolute; for savepoints that name no folder. */
  readonly savepointDirectory: string | null;
  readonly retention: ExternalizedRetention;
  /** Written into each manifest. */
  readonly dreyVersion: string;
  /** See FileSnapshotStorageOptions. */
  readonly lock?: CheckpointLock | undefined;
}

export class FileJobStorage implements JobStorage {
  private readonly options: FileJobStorageOptions;
  private readonly jobId: string;
  private readonly snapshots: FileSnapshotStorage;
  private readonly statistics: StatisticsFile;

  constructor(options: FileJobStorageOptions, { jobId, jobName }: JobIdentity) {
    const { platform, checkpointDirectory, dreyVersion, lock } = options;
    this.options = options;
    this.jobId = jobId;
    this.snapshots = new FileSnapshotStorage({
      platform,
      checkpointDirectory,
      jobId,
      jobName,
      dreyVersion,
      lock,
    });
    this.statistics = new StatisticsFile(platform.files, join(checkpointDirectory, jobId));
  }

  open(): Promise<void> {
    return this.snapshots.open();
  }

  async begin(order: SnapshotOrder): Promise<PendingSnapshot> {
    const targetDirectory = order.targetDirectory ?? this.options.savepointDirectory;
    const pending = await this.snapshots.begin({ ...order, targetDirectory });
    const isElsewhere = targetDirectory !== this.options.checkpointDirectory;
    return order.isLast === true && isElsewhere ? this.toldOf(pending) : pending;
  }

  /** The savepoint that a job stops with counts for who looks for the latest one in its folder. */
  private toldOf(pending: PendingSnapshot): PendingSnapshot {
    const { platform, checkpointDirectory } = this.options;
    return {
      add: (uid, subtask, part) => pending.add(uid, subtask, part),
      markFinished: (uid, subtask) => {
        pending.markFinished(uid, subtask);
      },
      complete: async (operators) => {
        const snapshot = await pending.complete(operators);
        const jobFolder = join(checkpointDirectory, this.jobId);
        await writeStopPointer(platform.files, jobFolder, snapshot);
        return snapshot;
      },
      abort: () => pending.abort(),
    };
  }

  discard(snapshot: CompletedSnapshot): Promise<void> {
    return this.snapshots.discard(snapshot);
  }

  adopt(snapshot: JobSnapshot, location: string, isOwned: boolean): Promise<void> {
    return this.snapshots.adopt(snapshot, location, isOwned);
  }

  read(location: string): Promise<JobSnapshot> {
    return readSnapshot(this.options.platform.files, location);
  }

  onLost(listener: (failure: DreyError) => void): void {
    this.snapshots.onLost(listener);
  }

  checkAllowed(): Promise<void> {
    return this.snapshots.checkAllowed();
  }

  appendStatistics(line: string): void {
    void this.statistics.appendLine(line);
  }

  /** First the mark: checkpoints that are there without it would be gone on from. */
  async jobEnded(end: StorageEnd, retained: readonly CompletedSnapshot[]): Promise<boolean> {
    await this.checkAllowed();
    if (end === 'finished') await this.snapshots.markFinished();
    if (isRetained(this.options.retention, end)) return true;
    // Who took over before the mark was there may have started from one of them.
    await this.checkAllowed();
    for (const snapshot of retained) {
      if (snapshot.kind === 'checkpoint') await this.snapshots.discard(snapshot);
    }
    return false;
  }

  close(): Promise<void> {
    return this.snapshots.close();
  }
}
