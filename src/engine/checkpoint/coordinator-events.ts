/**
 * What the coordinator is told and what it answers: all of it data, so that a simulation can play
 * any order of events and a test can read every decision. Who carries the effects out reports back
 * with events.
 */
import type { DeclineReason, FailureReason } from './failure-reason.ts';
import type { SnapshotKind } from './job-snapshot.ts';
import type { CompletedSnapshot } from './snapshot-storage.ts';

/** One instance of a vertex. */
export interface SubtaskName {
  readonly vertexId: string;
  readonly subtask: number;
}

/** How one subtask fared with one checkpoint; Flink's CheckpointMetrics. */
export interface SubtaskMetrics {
  /** From the trigger until the first barrier was there. */
  readonly startDelayMs: number;
  /** From the first barrier to the last. */
  readonly alignmentMs: number;
  readonly syncMs: number;
  readonly asyncMs: number;
  readonly checkpointedSizeBytes: number;
  readonly stateSizeBytes: number;
  /** In-flight data that was processed during the alignment. */
  readonly processedBytes: number;
  /** In-flight data that became part of the checkpoint. */
  readonly persistedBytes: number;
  readonly isUnaligned: boolean;
}

export type SavepointFormat = 'CANONICAL' | 'NATIVE';

/** What ends with a savepoint; draining sends the last watermark through first. */
export type StopMode = 'none' | 'suspend' | 'drain';

export type SnapshotRequest =
  | { readonly kind: 'checkpoint' }
  | {
      readonly kind: 'savepoint';
      readonly format: SavepointFormat;
      readonly targetDirectory: string | null;
      readonly stop: StopMode;
    };

export type CoordinatorEvent =
  | { readonly kind: 'time-passed' }
  /**
   * An attempt runs, with these subtasks. `random`, in [0, 1), places the first periodic trigger
   * between the minimum pause and the interval, as Flink.
   */
  | {
      readonly kind: 'tasks-running';
      readonly subtasks: readonly SubtaskName[];
      readonly random: number;
    }
  /** It has come to the end of its input; it goes on to acknowledge. */
  | { readonly kind: 'subtask-finished'; readonly subtask: SubtaskName }
  /** Someone asks for a snapshot and gets an answer under this id. */
  | {
      readonly kind: 'snapshot-requested';
      readonly requestId: string;
      readonly request: SnapshotRequest;
    }
  /** All that the subtask has to say is in the storage. */
  | {
      readonly kind: 'subtask-acknowledged';
      readonly checkpointId: number;
      readonly subtask: SubtaskName;
      readonly metrics: SubtaskMetrics;
    }
  | {
      readonly kind: 'subtask-declined';
      readonly checkpointId: number;
      readonly subtask: SubtaskName;
      readonly reason: DeclineReason;
      /** What was wrong, for people; empty where the reason says it all. */
      readonly message: string;
      /** As far as it came. */
      readonly metrics: SubtaskMetrics | null;
    }
  /** After the effect `complete`: manifest written, durable. */
  | {
      readonly kind: 'storage-completed';
      readonly checkpointId: number;
      readonly snapshot: CompletedSnapshot;
    }
  /** The storage could not begin or not complete it, and certainly has not. */
  | {
      readonly kind: 'storage-failed';
      readonly checkpointId: number;
      readonly message: string;
    }
  /** The attempt is over; subtasks of it have no say any more. */
  | { readonly kind: 'restarting' }
  | { readonly kind: 'shutting-down' };

/** How barriers of a checkpoint pass channels. */
export type Alignment =
  /** At-least-once: a channel is never blocked. */
  | { readonly kind: 'none' }
  | { readonly kind: 'aligned' }
  | { readonly kind: 'unaligned' }
  | { readonly kind: 'aligned-until'; readonly timeoutMs: number };

/** A snapshot that is to be taken. */
export interface TriggerEffect {
  readonly kind: 'trigger';
  readonly checkpointId: number;
  /** Who asked for it; null: a periodic one. */
  readonly requestId: string | null;
  readonly snapshot: SnapshotKind;
  readonly alignment: Alignment;
  readonly format: SavepointFormat | null;
  readonly targetDirectory: string | null;
  readonly stop: StopMode;
  /** Those that are to acknowledge. */
  readonly subtasks: readonly SubtaskName[];
}

export type CoordinatorEffect =
  | TriggerEffect
  /** Give up: subtasks and storage forget what they have of it. */
  | {
      readonly kind: 'abort';
      readonly checkpointId: number;
      readonly reason: FailureReason;
      readonly message: string;
    }
  /** All have acknowledged: the storage writes the manifest and answers, whatever happens. */
  | { readonly kind: 'complete'; readonly checkpointId: number }
  /** Subtasks commit what belongs to it and to all before it. */
  | { readonly kind: 'notify-complete'; readonly checkpointId: number }
  /** Not needed any more. */
  | { readonly kind: 'discard'; readonly snapshot: CompletedSnapshot }
  /** A periodic trigger that came to nothing; statistics count it, as Flink's do. */
  | { readonly kind: 'trigger-refused'; readonly reason: FailureReason }
  | {
      readonly kind: 'request-completed';
      readonly requestId: string;
      readonly snapshot: CompletedSnapshot;
    }
  | {
      readonly kind: 'request-failed';
      readonly requestId: string;
      readonly reason: FailureReason;
      readonly message: string;
    }
  /** `isRestartable` false: what the storage holds is unknown, only a new process may look. */
  | { readonly kind: 'fail-job'; readonly message: string; readonly isRestartable: boolean };
