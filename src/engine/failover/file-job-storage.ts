/**
 * The snapshots of a job in files, with what belongs to the whole run of it: the lines of its
 * statistics, the mark that it has finished, and which checkpoints outlive it.
 */
import { join } from 'node:path';
import type { ExternalizedRetention } from '../checkpoint/checkpoint-configuration.ts';
import type { JobSnapshot } from '../checkpoint/job-snapshot.ts';
import type {
  CompletedSnapshot,
  PendingSnapshot,
  SnapshotOrder,
} from '../checkpoint/snapshot-storage.ts';
import type { LockPlatform } from '../checkpoint/storage/checkpoint-lock.ts';
import { FileSnapshotStorage } from '../checkpoint/storage/file-snapshot-storage.ts';
import { readSnapshot } from '../checkpoint/storage/read-snapshot.ts';
import { isRetained } from '../checkpoint/storage/retention.ts';
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
}

export class FileJobStorage implements JobStorage {
  private readonly options: FileJobStorageOptions;
  private readonly snapshots: FileSnapshotStorage;
  private readonly statistics: StatisticsFile;

  constructor(options: FileJobStorageOptions, { jobId, jobName }: JobIdentity) {
    const { platform, checkpointDirectory, dreyVersion } = options;
    this.options = options;
    this.snapshots = new FileSnapshotStorage({
      platform,
      checkpointDirectory,
      jobId,
      jobName,
      dreyVersion,
    });
    this.statistics = new StatisticsFile(platform.files, join(checkpointDirectory, jobId));
  }

  open(): Promise<void> {
    return this.snapshots.open();
  }

  begin(order: SnapshotOrder): Promise<PendingSnapshot> {
    const targetDirectory = order.targetDirectory ?? this.options.savepointDirectory;
    return this.snapshots.begin({ ...order, targetDirectory });
  }

  discard(snapshot: CompletedSnapshot): Promise<void> {
    return this.snapshots.discard(snapshot);
  }

  adopt(snapshot: JobSnapshot, location: string, isOwned: boolean): void {
    this.snapshots.adopt(snapshot, location, isOwned);
  }

  read(location: string): Promise<JobSnapshot> {
    return readSnapshot(this.options.platform.files, location);
  }

  checkAllowed(): Promise<void> {
    return this.snapshots.checkAllowed();
  }

  appendStatistics(line: string): void {
    void this.statistics.appendLine(line);
  }

  /** First the mark: checkpoints that are there without it would be gone on from. */
  async jobEnded(end: StorageEnd, retained: readonly CompletedSnapshot[]): Promise<void> {
    await this.checkAllowed();
    if (end === 'finished') await this.snapshots.markFinished();
    if (isRetained(this.options.retention, end)) return;
    for (const snapshot of retained) {
      if (snapshot.kind === 'checkpoint') await this.snapshots.discard(snapshot);
    }
  }

  close(): Promise<void> {
    return this.snapshots.close();
  }
}
