/**
 * The door to snapshots in storage: to list, describe and dispose them, to go on from one, and to
 * keep those of a job. A job without checkpoints does without it.
 */
export { parseStatisticsLine } from './checkpoint/statistics/statistics-line.ts';
export type { StatisticsRecord } from './checkpoint/statistics/statistics-line.ts';
export { checkDisposable, disposeSnapshot } from './checkpoint/storage/dispose-snapshot.ts';
export {
  lockAndReadLatest,
  noLatestSnapshot,
  type LatestSnapshot,
} from './checkpoint/storage/latest-snapshot.ts';
export type { CheckpointLock } from './checkpoint/storage/checkpoint-lock.ts';
export { listSnapshots, type ListedSnapshot } from './checkpoint/storage/list-snapshots.ts';
export { readLocatedSnapshot, type LocatedSnapshot } from './checkpoint/storage/read-snapshot.ts';
export {
  describeSnapshot,
  type SnapshotDescription,
} from './checkpoint/storage/describe-snapshot.ts';
export { FileJobStorage } from './failover/file-job-storage.ts';
export { MemoryJobStorage } from './failover/memory-job-storage.ts';
