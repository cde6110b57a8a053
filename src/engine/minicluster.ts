/**
 * The façade of the embedded engine: start a job, watch it, stop it. The only door for the rest of
 * drey; everything else under engine/ is private to it.
 */
import type { Platform } from '../platform/platform.ts';
import type { StreamGraph } from './graph/stream-graph.ts';

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
  readonly durationMs: number;
}

export interface JobSummary {
  readonly jobId: string;
  readonly name: string;
  readonly state: JobState;
  readonly recordsIn: number;
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
  /** Resolves with the summary; rejects with a DreyError when the job failed. */
  readonly done: Promise<JobSummary>;
}

/** Starts a job on this platform; returns at once. */
export function startJob(graph: StreamGraph, platform: Platform): JobHandle {
  void graph;
  void platform;
  throw new Error('being built');
}
