/**
 * Where snapshots are kept, as the coordinator sees it: one that is begun takes parts while rows go
 * on, and becomes complete or is given up. Never a third state: what is not complete is never read.
 */
import type { StatePart } from '../state/state-part.ts';
import type { StateSchema } from '../state/state-schema.ts';
import type { JobSnapshot, SnapshotKind } from './job-snapshot.ts';

/** A complete snapshot. */
export interface CompletedSnapshot {
  readonly kind: SnapshotKind;
  readonly checkpointId: number;
  /** Absolute path of its folder, which `--restore` takes. */
  readonly location: string;
  /** When it became complete, wall clock, epoch milliseconds. */
  readonly completedAtMs: number;
  /** What it has written, without pieces that earlier checkpoints wrote. Flink: checkpointed_size. */
  readonly checkpointedSizeBytes: number;
  /** With them. Flink: state_size. */
  readonly stateSizeBytes: number;
}

export interface SnapshotOrder {
  readonly kind: SnapshotKind;
  readonly checkpointId: number;
  readonly triggeredAtMs: number;
  /** Of a savepoint: the folder in which its folder is made. */
  readonly targetDirectory: string | null;
  /** The job ends with it, and its output is committed: what is older must not be gone on from. */
  readonly isLast?: boolean;
}

/** Of one operator, named in the manifest even when it has written nothing. */
export interface OperatorHeader {
  readonly uid: string;
  readonly operatorKind: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** What its state means. */
  readonly stateSchema: StateSchema;
}

/** A snapshot that is being written. */
export interface PendingSnapshot {
  /**
   * Takes a part, which must stay as it is; resolves when more may be added. Rejects with what the
   * disk said; the snapshot is then to be given up.
   */
  add(uid: string, subtask: number, part: StatePart): Promise<void>;
  /** This subtask has come to the end of its input. */
  markFinished(uid: string, subtask: number): void;
  /** All is there: writes the manifest, makes everything durable, and only then is it complete. */
  complete(operators: readonly OperatorHeader[]): Promise<CompletedSnapshot>;
  /** Gives it up and removes what was written, as far as that is possible. Never rejects. */
  abort(): Promise<void>;
}

export interface SnapshotStorage {
  /** Checks and prepares the folders. Throws DreyErrors. */
  open(): Promise<void>;
  begin(order: SnapshotOrder): Promise<PendingSnapshot>;
  /** Removes a checkpoint that newer ones have subsumed, with the pieces that no other one needs. */
  discard(snapshot: CompletedSnapshot): Promise<void>;
  /**
   * Takes over what a restored checkpoint holds: its pieces are kept as long as checkpoints of this
   * job need them; `isOwned` (CLAIM): they, and it, are removed afterwards. When it resolves no
   * crash takes the checkpoint away: its output is made visible next.
   */
  adopt(snapshot: JobSnapshot, location: string, isOwned: boolean): Promise<void>;
  close(): Promise<void>;
}
