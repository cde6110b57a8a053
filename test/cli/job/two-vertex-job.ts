/** A job `source -> count` as answers of a cluster, with what a test wants to be different. */
import type { ClusterAnswers } from '../../support/answering-cluster.ts';

export const JOB = '1'.repeat(32);
export const SOURCE = 'a'.repeat(32);
export const COUNT = 'b'.repeat(32);
export const vertexPath = (id: string): string => `/jobs/${JOB}/vertices/${id}`;

/** Of the JobManager. */
export const NOW_MS = 1_700_000_000_000;

export interface Counts {
  readonly state?: string;
  readonly read?: number;
  readonly written?: number;
  readonly nowMs?: number;
  readonly vertexDurationMs?: number;
}

export function jobDetails({
  state = 'RUNNING',
  read = 0,
  written = 0,
  nowMs = NOW_MS,
  vertexDurationMs = 60_000,
}: Counts = {}): object {
  const vertex = (id: string, name: string, metrics: object) => ({
    id,
    name,
    parallelism: 1,
    maxParallelism: 128,
    status: state,
    duration: vertexDurationMs,
    metrics,
  });
  return {
    jid: JOB,
    name: 'j',
    state,
    now: nowMs,
    duration: 61_000,
    timestamps: { [state]: nowMs - 42_000 },
    vertices: [
      // As Flink: in any order.
      vertex(COUNT, 'count -> sink', { 'read-records': read, 'write-records': 0 }),
      vertex(SOURCE, 'Source: numbers', { 'read-records': 0, 'write-records': written }),
    ],
    plan: {
      name: 'j',
      type: 'STREAMING',
      nodes: [
        {
          id: COUNT,
          parallelism: 1,
          description: 'count<br/>+- sink<br/>',
          inputs: [{ id: SOURCE, ship_strategy: 'HASH' }],
        },
        { id: SOURCE, parallelism: 1, description: 'Source: numbers<br/>' },
      ],
    },
  };
}

const aggregated = (values: Readonly<Record<string, number>>) =>
  Object.entries(values).map(([id, value]) => ({
    id,
    min: value,
    max: value,
    avg: value,
    sum: value,
  }));

const pressure = (busy: number, backPressured: number) => ({
  status: 'ok',
  backpressureLevel: backPressured > 0.5 ? 'high' : 'ok',
  subtasks: [
    { subtask: 0, ratio: backPressured, busyRatio: busy, idleRatio: 1 - busy - backPressured },
  ],
});

/** Two restarts, the last one for a known reason. */
export const restartedJob: ClusterAnswers = {
  [`/jobs/${JOB}/metrics`]: [{ id: 'numRestarts', value: '2' }],
  [`/jobs/${JOB}/exceptions`]: {
    exceptionHistory: {
      entries: [
        {
          exceptionName: 'java.io.IOException',
          stacktrace: 'java.io.IOException: disk is full\n\tat a.B.c(B.java:1)\n',
          timestamp: NOW_MS - 50_000,
          taskName: 'count -> sink (1/1)',
        },
      ],
      truncated: false,
    },
  },
};

const subtasks = { subtasks: [{ subtask: 0, status: 'RUNNING', 'taskmanager-id': 'tm-1' }] };

/** Back-pressure: the source waits for the count. */
export const heldUpJob: ClusterAnswers = {
  '/jobs/overview': { jobs: [{ jid: JOB, name: 'j', state: 'RUNNING' }] },
  '/overview': { 'slots-available': 4 },
  [`/jobs/${JOB}`]: jobDetails(),
  [`/jobs/${JOB}/metrics`]: [{ id: 'numRestarts', value: '0' }],
  [`/jobs/${JOB}/checkpoints`]: {
    counts: { completed: 7, failed: 1 },
    latest: {
      completed: {
        id: 7,
        status: 'COMPLETED',
        trigger_timestamp: NOW_MS - 5000,
        latest_ack_timestamp: NOW_MS - 3000,
        end_to_end_duration: 2000,
        state_size: 2048,
        checkpointed_size: 1024,
      },
    },
    history: [],
  },
  [`${vertexPath(SOURCE)}`]: { id: SOURCE, name: 'Source: numbers', ...subtasks },
  [`${vertexPath(COUNT)}`]: { id: COUNT, name: 'count -> sink', ...subtasks },
  [`${vertexPath(SOURCE)}/backpressure`]: pressure(0.02, 0.98),
  [`${vertexPath(COUNT)}/backpressure`]: pressure(1, 0),
  [`${vertexPath(COUNT)}/watermarks`]: [
    { id: '0.currentInputWatermark', value: String(NOW_MS - 9000) },
  ],
  [`${vertexPath(SOURCE)}/subtasks/metrics`]: aggregated({
    busyTimeMsPerSecond: 20,
    backPressuredTimeMsPerSecond: 980,
    numRecordsInPerSecond: 0,
    numRecordsOutPerSecond: 49,
  }),
  [`${vertexPath(COUNT)}/subtasks/metrics`]: aggregated({
    busyTimeMsPerSecond: 1000,
    backPressuredTimeMsPerSecond: 0,
    numRecordsInPerSecond: 48,
    numRecordsOutPerSecond: 0,
  }),
  [`${vertexPath(SOURCE)}/subtasks/metrics?get=checkpointStartDelayNanos`]: [],
  [`${vertexPath(COUNT)}/subtasks/metrics?get=checkpointStartDelayNanos`]: aggregated({
    checkpointStartDelayNanos: 1.4e9,
  }),
};
