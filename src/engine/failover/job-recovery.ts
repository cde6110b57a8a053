/** What makes a job survive failures: how checkpoints are taken, where they lie, when it restarts. */
import type { DreyError } from '../../errors/drey-error.ts';
import type { CheckpointConfiguration } from '../checkpoint/checkpoint-configuration.ts';
import type { JobSnapshot } from '../checkpoint/job-snapshot.ts';
import type { CheckpointStatistics } from '../checkpoint/statistics/checkpoint-statistics.ts';
import type { CompletedSnapshot, SnapshotStorage } from '../checkpoint/snapshot-storage.ts';
import type { RestartStrategy } from './restart-strategy.ts';
import type { CoordinatorEffect, CoordinatorEvent } from '../checkpoint/coordinator-events.ts';

export interface JobIdentity {
  /** 32 hexadecimal digits. */
  readonly jobId: string;
  readonly jobName: string;
}

/** How a job ended; `suspended`: it is to go on later. */
export type StorageEnd = 'finished' | 'canceled' | 'failed' | 'suspended';

/** The snapshots of a job, and what is done with them beside what the coordinator orders. */
export interface JobStorage extends SnapshotStorage {
  /** Reads a complete snapshot; VerificationErrors name what is broken. */
  read(location: string): Promise<JobSnapshot>;
  /** Throws when another run has taken over: nothing may be done in its name any more. */
  checkAllowed?(): Promise<void>;
  /** Told when another run has taken over. After `open`. */
  onLost?(listener: (failure: DreyError) => void): void;
  /** A line of the statistics of this run; never fails. */
  appendStatistics?(line: string): void;
  /**
   * The job has ended, after the last commit; `retained`: its own checkpoints. Before `close`.
   * False: none of them outlives the job.
   */
  jobEnded?(end: StorageEnd, retained: readonly CompletedSnapshot[]): Promise<boolean>;
}

/** What a job starts from. */
export interface RestoreFrom {
  readonly snapshot: JobSnapshot;
  /** Absolute path of its folder. */
  readonly location: string;
  readonly completedAtMs: number;
  /** CLAIM: it is removed when it is subsumed. */
  readonly isOwned: boolean;
  /** State that no operator takes is left out. */
  readonly allowNonRestoredState: boolean;
}

export interface JobRecovery {
  readonly configuration: CheckpointConfiguration;
  readonly storageOf: (job: JobIdentity) => JobStorage;
  readonly restart: RestartStrategy;
  readonly restoreFrom: RestoreFrom | null;
  /** What `stop` means for the checkpoints that are there: the job is given up, or goes on later. */
  readonly stopIs?: 'canceled' | 'suspended';
  /** Told of each checkpoint and savepoint that has become complete or has failed. */
  readonly ended?: (checkpoint: CheckpointStatistics) => void;
  /** Sees all that the coordinator hears and decides: for statistics, and for tests. */
  readonly observe?: (
    event: CoordinatorEvent,
    effects: readonly CoordinatorEffect[],
    nowMs: number,
  ) => void;
  /** Told when all output of this checkpoint, and of those before it, is visible. */
  readonly committed?: (checkpointId: number) => void;
}

/** An own snapshot as the coordinator knows it. */
export function completedOf({ snapshot, location, completedAtMs }: RestoreFrom): CompletedSnapshot {
  return {
    kind: snapshot.kind,
    checkpointId: snapshot.checkpointId,
    location,
    completedAtMs,
    checkpointedSizeBytes: 0,
    stateSizeBytes: 0,
  };
}
