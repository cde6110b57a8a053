/** What makes a job survive failures: how checkpoints are taken, where they lie, when it restarts. */
import type { CheckpointConfiguration } from '../checkpoint/checkpoint-configuration.ts';
import type { JobSnapshot } from '../checkpoint/job-snapshot.ts';
import type { CompletedSnapshot, SnapshotStorage } from '../checkpoint/snapshot-storage.ts';
import type { RestartStrategy } from './restart-strategy.ts';
import type { CoordinatorEffect, CoordinatorEvent } from '../checkpoint/coordinator-events.ts';

export interface JobIdentity {
  /** 32 hexadecimal digits. */
  readonly jobId: string;
  readonly jobName: string;
}

/** The snapshots of a job, and what is done with them beside what the coordinator orders. */
export interface JobStorage extends SnapshotStorage {
  /** Reads a complete snapshot; VerificationErrors name what is broken. */
  read(location: string): Promise<JobSnapshot>;
  /** The job has come to its end after the last commit; before `close`. */
  jobEnded?(end: 'finished' | 'canceled' | 'failed'): Promise<void>;
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
  /** Sees all that the coordinator hears and decides: for statistics, and for tests. */
  readonly observe?: (
    event: CoordinatorEvent,
    effects: readonly CoordinatorEffect[],
    nowMs: number,
  ) => void;
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
