/** The job that was recorded with each version, as answers of a cluster by path. */
import { recordingsOf, type recordedVersions } from './flink-recordings.ts';
import type { ClusterAnswer, ClusterAnswers } from './answering-cluster.ts';

export type RecordedVersion = (typeof recordedVersions)[number];

/** Of the job that ran, and of the one that failed. */
const RUNNING = [
  'jobs-overview',
  'job',
  'job-plan',
  'job-config',
  'job-exceptions',
  'ck',
  'ck-config',
  'vertex',
  'vertex-backpressure',
  'vertex-backpressure2',
  'vertex-watermarks',
  'vertex-metrics-list',
  'vertex-metrics-agg',
  'vertex-taskmanagers',
  'overview',
  'job-metrics',
];
const FAILED = ['failed-overview', 'failed-job', 'failed-exceptions'];

export interface RecordedJob {
  readonly jobId: string;
  /** Without their queries. */
  readonly answers: ClusterAnswers;
}

export function recordedRunningJob(version: RecordedVersion): RecordedJob {
  return recordedJob(version, RUNNING, 'job');
}

export function recordedFailedJob(version: RecordedVersion): RecordedJob {
  return recordedJob(version, FAILED, 'failed-job');
}

function recordedJob(
  version: RecordedVersion,
  names: readonly string[],
  jobName: string,
): RecordedJob {
  const recordings = recordingsOf(version);
  const entries = names.map((name): [string, ClusterAnswer] => {
    const recording = recordings.get(name);
    if (recording === undefined) throw new Error(`nothing was recorded as ${name}`);
    return [recording.request.path.split('?')[0] ?? '', recording.body as object];
  });
  const path = recordings.get(jobName)?.request.path ?? '';
  return { jobId: path.split('/').at(-1) ?? '', answers: Object.fromEntries(entries) };
}
