/** `job bottleneck`: which vertex limits the throughput of a running job, and why. */
import { RefusedError } from '../../errors/drey-error.ts';
import { exitCodes } from '../../errors/exit-codes.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import type { JobStatus } from '../../flink/model/job-status.ts';
import { findBottleneck, type Role } from '../../ops/bottleneck/find-bottleneck.ts';
import { reaches, type Finding, type Severity } from '../../ops/finding.ts';
import { busyOf, meanBusyOf, pressureOf, type VertexLoad } from '../../ops/bottleneck/job-load.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { readJobLoad } from './read-job-load.ts';
import { resolveJob } from './resolve-job.ts';

/** Shares of time are between 0 and 1; null where they are not known. */
export interface AssessedVertex {
  readonly vertexId: string;
  readonly name: string;
  readonly role: Role;
  readonly parallelism: number;
  /** Of the busiest subtask, and over all. */
  readonly busyShareMax: number | null;
  readonly busyShareMean: number | null;
  /** Of the most back-pressured subtask. */
  readonly backPressuredShareMax: number | null;
  readonly recordsInPerSec: number | null;
  readonly recordsOutPerSec: number | null;
  readonly startDelayMs: number | null;
  readonly subtasks: VertexLoad['subtasks'];
}

export interface BottleneckResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  /** False: too little is known, and the findings say why. */
  readonly isConclusive: boolean;
  /** Null: there is none, or it cannot be told. */
  readonly bottleneck: { readonly vertexId: string; readonly name: string } | null;
  readonly findings: readonly Finding[];
  /** Sources first. */
  readonly vertices: readonly AssessedVertex[];
}

export async function bottleneckOfJob(
  session: ClusterSession,
  argument: string,
): Promise<BottleneckResult> {
  const { jobId, name, state } = await resolveJob(session, argument);
  if (state !== 'RUNNING') {
    const message = `job ${name} is ${state}: only a running job has a bottleneck`;
    throw new RefusedError('DREY_JOB_STATE', message, { details: { jobId, state } });
  }
  const load = await readJobLoad(session, await session.client.jobs.details(jobId));
  const { isConclusive, bottleneck, roles, findings } = findBottleneck(load);
  return {
    jobId,
    name,
    state,
    isConclusive,
    bottleneck:
      bottleneck === null ? null : { vertexId: bottleneck.vertexId, name: bottleneck.name },
    findings,
    vertices: load.vertices.map((vertex, index) => assessed(vertex, roles[index] ?? 'unknown')),
  };
}

/**
 * `failOn` null: findings are an answer like any other. Else a check that could not look does not
 * pass.
 */
export function exitStatusOf(failOn: Severity | null): (result: BottleneckResult) => number {
  return ({ findings, isConclusive }) =>
    failOn !== null && (!isConclusive || reaches(findings, failOn)) ? exitCodes.findings : 0;
}

function assessed(vertex: VertexLoad, role: Role): AssessedVertex {
  const { vertexId, name, parallelism, recordsInPerSec, recordsOutPerSec, startDelayMs } = vertex;
  return {
    vertexId,
    name,
    role,
    parallelism,
    busyShareMax: busyOf(vertex),
    busyShareMean: meanBusyOf(vertex),
    backPressuredShareMax: pressureOf(vertex),
    recordsInPerSec,
    recordsOutPerSec,
    startDelayMs,
    subtasks: vertex.subtasks,
  };
}
