/** What the rules about the health of a cluster look at: one look at it, as plain data. */
import type { JobId, TaskManagerId } from '../../flink/model/identifiers.ts';
import type { JobStatus } from '../../flink/model/job-status.ts';

export interface ClusterFacts {
  readonly versionText: string | null;
  /** Null: drey is not made for this version; unknown ones are not judged. */
  readonly isSupported: boolean | null;
  /** Null: not told. */
  readonly webSubmit: boolean | null;
  readonly slotsTotal: number | null;
  readonly slotsAvailable: number | null;
  readonly time: ClusterTime;
  readonly heartbeat: HeartbeatSettings;
  readonly jobManager: JobManagerFacts;
  readonly taskManagers: readonly TaskManagerFacts[];
  /** Those that matter; see jobsToExamine. */
  readonly jobs: readonly JobFacts[];
  /** Jobs that were not looked at closely, because there are too many. */
  readonly jobsSkipped: number;
}

export interface ClusterTime {
  /** Clock of the JobManager, or ours where it does not tell. */
  readonly nowAtMs: number;
  /** How far the JobManager's clock is ahead of ours; null: not told, and `nowAtMs` is ours. */
  readonly aheadMs: number | null;
}

export interface HeartbeatSettings {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface JobManagerFacts {
  readonly heapUsedBytes: number | null;
  readonly heapMaxBytes: number | null;
  readonly metaspaceUsedBytes: number | null;
  readonly metaspaceMaxBytes: number | null;
  /** Of each second, in the last minute. */
  readonly gcMsPerSec: number | null;
}

export interface TaskManagerFacts {
  readonly taskManagerId: TaskManagerId;
  readonly lastHeartbeatAtMs: number | null;
  readonly heapUsedBytes: number | null;
  readonly heapMaxBytes: number | null;
  readonly metaspaceUsedBytes: number | null;
  readonly metaspaceMaxBytes: number | null;
  /** Of each second, in the last minute. */
  readonly gcMsPerSec: number | null;
  /** Why there are no figures; null when there are. */
  readonly unreadable: string | null;
}

export interface JobFacts {
  readonly jobId: JobId;
  readonly name: string;
  /** STREAMING or BATCH; since 2.3. */
  readonly jobType: string | null;
  readonly state: JobStatus;
  /** Since when it is in this state. */
  readonly stateSinceAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Subtasks by state, in lower case, and `total`. */
  readonly tasks: Readonly<Record<string, number>>;
  readonly restarts: number | null;
  /** When it failed, as far as the cluster remembers; the newest first. */
  readonly failuresAtMs: readonly number[];
  /** Of the last failure. */
  readonly failureCause: string | null;
  /** Null: it takes none, or was not asked. */
  readonly checkpoints: CheckpointFacts | null;
  /** Why the parts above are missing; null when they could be read. */
  readonly unreadable: string | null;
}

export interface CheckpointFacts {
  readonly completed: number;
  readonly failed: number;
  /** Of the history, the newest first, without what is in progress. */
  readonly outcomes: readonly CheckpointOutcome[];
}

export interface CheckpointOutcome {
  readonly isCompleted: boolean;
  readonly atMs: number | null;
  readonly failureMessage: string | null;
}

/** A share between 0 and 1; null where one of both is not known. */
export function shareOf(used: number | null, max: number | null): number | null {
  return used === null || max === null || max <= 0 ? null : used / max;
}

export function percent(share: number): number {
  return Math.round(share * 100);
}

const NAME_CHARACTERS_MAX = 60;

/** `job clicks`: SQL gives names that are whole statements. */
export function jobTitle({ name }: Pick<JobFacts, 'name'>): string {
  const line = name.replaceAll(/\s+/g, ' ').trim();
  const isLong = line.length > NAME_CHARACTERS_MAX;
  return `job ${isLong ? `${line.slice(0, NAME_CHARACTERS_MAX)}...` : line}`;
}
