/** Told by a subtask what its attempt has to know. */
import type { SubtaskSnapshot } from './subtask-snapshot.ts';

export interface SubtaskListener {
  /** It may have something to do, for what others do in their steps. */
  readonly ready: () => void;
  /** It may have something to do, for what the loop does not know of: it must not sleep. */
  woken(): void;
  failed(failure: unknown): void;
  /** Nobody reads the output any more. */
  outputClosed(): void;
  /** The subtask has come to the end of its input. */
  finished(): void;
  snapshotTaken(snapshot: SubtaskSnapshot): void;
  /** It gives the checkpoint up. */
  declined(checkpointId: number): void;
}
