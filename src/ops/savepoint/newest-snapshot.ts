/**
 * The snapshot that a job is best restored from: the newest that is complete and still there. By
 * the time of its trigger and not by anything in its path, whose order says nothing.
 */
import type { CheckpointEntry, CheckpointOverview } from '../../flink/model/checkpoint.ts';

export interface Snapshot extends CheckpointEntry {
  readonly location: string;
}

/** Null: the cluster shows none. */
export function newestSnapshot({
  history,
  latestCompleted,
  latestSavepoint,
}: CheckpointOverview): Snapshot | null {
  // The latest ones may have left the history, which is short.
  const known = [latestCompleted, latestSavepoint, ...history].filter((entry) => entry !== null);
  const usable = known.filter(isUsable);
  return usable.reduce<Snapshot | null>(
    (newest, next) => (newest === null || next.id > newest.id ? next : newest),
    null,
  );
}

function isUsable(entry: CheckpointEntry): entry is Snapshot {
  // A savepoint is never discarded by the job; a checkpoint is when later ones replace it.
  return entry.status === 'COMPLETED' && entry.location !== null && entry.isDiscarded !== true;
}
