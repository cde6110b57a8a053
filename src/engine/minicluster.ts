/**
 * The façade of the embedded engine: start a job, watch it, stop it. With testing.ts the only door
 * for the rest of drey; everything else under engine/ is private to it.
 */
import type { Platform } from '../platform/platform.ts';
import type { StreamGraph } from './graph/stream-graph.ts';
import type { LoadedModules } from './process/load-function.ts';
import { JobTask, type JobEnd } from './task/job-task.ts';

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
  /** Lowest watermark of the event-time sources, epoch ms; null before the first. */
  readonly watermarkAtMs: number | null;
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
  readonly checkpoints: {
    readonly completed: number;
    readonly failed: number;
    readonly latest: string | null;
  };
  readonly durationMs: number;
  readonly restoredFrom: string | null;
}

export interface JobHandle {
  readonly jobId: string;
  progress(): JobProgress;
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

/** Starts a job on this platform; returns at once. `modules`: what `loadModules` gave. */
export function startJob(
  graph: StreamGraph,
  platform: Platform,
  modules: LoadedModules = new Map(),
): JobHandle {
  const jobId = Buffer.from(platform.random.bytes(JOB_ID_BYTES)).toString('hex');
  const startedMs = platform.clock.monotonicMs();
  const task = new JobTask(graph, platform, modules);
  const progress = (): JobProgress => ({
    bytesRead: task.bytes.read,
    bytesTotal: task.bytes.total,
    recordsIn: task.recordsIn,
    recordsOut: task.recordsOut,
    lateRecords: task.lateRecords,
    deadRecords: task.deadRecords,
    watermarkAtMs: task.watermarkMs,
    durationMs: Math.round(platform.clock.monotonicMs() - startedMs),
  });
  const summary = (end: JobEnd): JobSummary => {
    const { bytesRead: _read, bytesTotal: _total, ...counts } = progress();
    return {
      jobId,
      name: graph.name,
      state: end === 'finished' ? 'FINISHED' : 'CANCELED',
      ...counts,
      checkpoints: { completed: 0, failed: 0, latest: null },
      restoredFrom: null,
    };
  };
  return {
    jobId,
    progress,
    stop: () => {
      task.stop();
    },
    done: task.run().then(summary),
  };
}
