/**
 * The façade of the embedded engine: start a job, watch it, stop it. With configuration.ts,
 * snapshots.ts and testing.ts the only door for the rest of drey; everything else under engine/ is
 * private to it.
 */
import type { BackendOptions } from './state/backend/keyed-backend.ts';
import type { Platform } from '../platform/platform.ts';
import type { StreamGraph } from './graph/stream-graph.ts';
import type { StopMode } from './checkpoint/coordinator-events.ts';
import type { CompletedSnapshot } from './checkpoint/snapshot-storage.ts';
import type { CheckpointOverview } from './checkpoint/statistics/statistics-tracker.ts';
import { JobExecution } from './failover/job-execution.ts';
import type { JobRecovery } from './failover/job-recovery.ts';
import type { LoadedModules } from './process/load-function.ts';
import type { ExecutionGrain } from './task/execution-grain.ts';
import type { SourceLag } from './task/job-counters.ts';
import type { JobEnd } from './task/job-task.ts';
import type { PickSubtask } from './task/ready-subtasks.ts';
import type { JobWarning } from './task/job-warning.ts';

export type { CheckpointStatistics } from './checkpoint/statistics/checkpoint-statistics.ts';
export type { CheckpointOverview } from './checkpoint/statistics/statistics-tracker.ts';
export type { CompletedSnapshot } from './checkpoint/snapshot-storage.ts';
export type { JobIdentity, JobRecovery, JobStorage, RestoreFrom } from './failover/job-recovery.ts';
export type { BackendOptions } from './state/backend/keyed-backend.ts';
export type { PickSubtask } from './task/ready-subtasks.ts';
export type { JobWarning } from './task/job-warning.ts';

/** What a job is given beside its graph. */
export interface JobSurroundings {
  /** What `loadModules` gave. */
  readonly modules?: LoadedModules | undefined;
  /** Told what does not end the job. */
  readonly warn?: ((warning: JobWarning) => void) | undefined;
  /** Left out: no checkpoints are taken, and the job ends with its first failure. */
  readonly recovery?: JobRecovery | undefined;
  /** Which subtask steps next; left out: the one nearest to the sinks. */
  readonly pick?: PickSubtask | undefined;
  /** How keyed state is kept; left out: in memory, and written as `recovery` says. */
  readonly stateBackend?: BackendOptions | undefined;
  /** Rows wait no longer for others of their batch; null: until it is full; left out: 100 ms. */
  readonly bufferTimeoutMs?: number | null | undefined;
  /** How finely rows and turns are cut; left out: as suits a fast job. */
  readonly grain?: ExecutionGrain | undefined;
}

export interface SavepointRequest {
  /** Absolute path of the folder in which the folder of the savepoint is made. */
  readonly targetDirectory: string;
  /** The job ends with the savepoint. */
  readonly stop?: boolean;
  /** With `stop`: every window fires first, as if the input had ended. */
  readonly drain?: boolean;
}

export type JobState = 'RUNNING' | 'FINISHED' | 'CANCELED' | 'FAILED';

/** A moment of a running job, for progress on a terminal. */
export interface JobProgress {
  readonly bytesRead: number;
  /** Null when not known for every source. */
  readonly bytesTotal: number | null;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly lateRecords: number;
  readonly deadRecords: number;
  /** Lookup tables read again while the job runs; absent where none is to be. */
  readonly tableRefreshes?: { readonly completed: number; readonly failed: number };
  /** Lowest watermark of the event-time sources, epoch ms; null before the first. */
  readonly watermarkAtMs: number | null;
  /** Of the partitions of Kafka sources; absent where there are none. */
  readonly lag?: readonly SourceLag[];
  /** Whole milliseconds. */
  readonly durationMs: number;
}

/** The keys are those of `drey run --summary`, which are fixed. */
export interface JobSummary {
  /** 32 hexadecimal digits. */
  readonly jobId: string;
  readonly name: string;
  readonly state: JobState;
  /** Rows of the sources that are no lookup tables. */
  readonly recordsIn: number;
  /** Rows that sinks took. */
  readonly recordsOut: number;
  readonly lateRecords: number;
  readonly deadRecords: number;
  readonly watermarkAtMs: number | null;
  /** As of JobProgress. */
  readonly tableRefreshes?: { readonly completed: number; readonly failed: number };
  readonly checkpoints: {
    readonly completed: number;
    readonly failed: number;
    /** Folder of the latest complete one that is there; null: none, or the end has removed it. */
    readonly latest: string | null;
  };
  readonly durationMs: number;
  readonly restoredFrom: string | null;
  /** Of the savepoint that the job was stopped with; absent: none was asked for. */
  readonly savepoint?: string;
}

export interface JobHandle {
  readonly jobId: string;
  progress(): JobProgress;
  /** Null: the job takes no checkpoints. */
  checkpointStatistics(): CheckpointOverview | null;
  /** Resolves when the savepoint is complete; rejects with a DreyError, and the job goes on. */
  triggerSavepoint(request: SavepointRequest): Promise<CompletedSnapshot>;
  /** As of now, for a job that is over without having said so itself. */
  summary(state: JobState): JobSummary;
  /** Asks for an orderly stop; `done` then resolves with state CANCELED. Idempotent. */
  stop(): void;
  /**
   * Resolves with the summary: FINISHED at the end of the input, CANCELED after `stop` or when
   * standard output was closed. Rejects with what made the job fail.
   */
  readonly done: Promise<JobSummary>;
}

const JOB_ID_BYTES = 16;

export { loadModules } from './task/load-modules.ts';

/** Starts a job on this platform; returns at once. Throws when a snapshot does not fit the graph. */
export function startJob(
  graph: StreamGraph,
  platform: Platform,
  surroundings: JobSurroundings = {},
): JobHandle {
  const { modules = new Map(), warn = () => undefined } = surroundings;
  const jobId = Buffer.from(platform.random.bytes(JOB_ID_BYTES)).toString('hex');
  const startedMs = platform.clock.monotonicMs();
  const execution = new JobExecution({
    graph,
    platform,
    job: { jobId, jobName: graph.name },
    modules,
    warn,
    recovery: surroundings.recovery ?? null,
    pick: surroundings.pick ?? null,
    stateBackend: surroundings.stateBackend,
    bufferTimeoutMs: surroundings.bufferTimeoutMs,
    grain: surroundings.grain,
  });
  const progress = (): JobProgress =>
    progressOf(execution, platform.clock.monotonicMs() - startedMs);
  const summary = (state: JobState): JobSummary => {
    const { bytesRead: _read, bytesTotal: _total, ...counts } = progress();
    return {
      jobId,
      name: graph.name,
      state,
      ...counts,
      checkpoints: execution.checkpoints,
      restoredFrom: execution.restoredFrom,
    };
  };
  return {
    jobId,
    progress,
    checkpointStatistics: () => execution.statistics,
    triggerSavepoint: ({ targetDirectory, stop = false, drain = false }) =>
      execution.trigger({
        kind: 'savepoint',
        format: 'CANONICAL',
        targetDirectory,
        stop: stopModeOf(stop, drain),
      }),
    stop: () => {
      execution.stop();
    },
    summary,
    done: execution
      .run()
      .then((end: JobEnd) => summary(end === 'finished' ? 'FINISHED' : 'CANCELED')),
  };
}

function stopModeOf(stop: boolean, drain: boolean): StopMode {
  if (!stop) return 'none';
  return drain ? 'drain' : 'suspend';
}

function progressOf({ counters }: JobExecution, durationMs: number): JobProgress {
  const { bytes, tableRefreshes, lag } = counters;
  return {
    bytesRead: bytes.read,
    bytesTotal: bytes.total,
    recordsIn: counters.recordsIn,
    recordsOut: counters.recordsOut,
    lateRecords: counters.lateRecords,
    deadRecords: counters.deadRecords,
    ...(tableRefreshes !== null && { tableRefreshes }),
    watermarkAtMs: counters.watermarkMs,
    ...(lag.length > 0 && { lag }),
    durationMs: Math.round(durationMs),
  };
}
