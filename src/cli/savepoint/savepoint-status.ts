/** `savepoint status` and `savepoint wait`: what became of a savepoint that was triggered before. */
import { UsageError } from '../../errors/drey-error.ts';
import { exitCodes } from '../../errors/exit-codes.ts';
import { isHexId, triggerIdOf, type JobId, type TriggerId } from '../../flink/model/identifiers.ts';
import { savepointOutcome, type SavepointOutcome } from '../../flink/rest/trigger-savepoint.ts';
import { bytesCell, durationCell, textCell, type Field, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { locationInFailure } from '../../ops/job/stop-outcome.ts';
import { resolveJob } from '../job/resolve-job.ts';
import { stateMood } from '../job/state-mood.ts';
import { awaitSavepoint, describeSavepoint, type CompletedSavepoint } from './trigger-savepoint.ts';

export interface StatusRequest {
  readonly job: string;
  readonly trigger: string;
}

export interface SavepointStatusResult {
  readonly jobId: JobId;
  readonly triggerId: TriggerId;
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'UNKNOWN';
  /** Also of one that is good although the stop that asked for it failed. */
  readonly location: string | null;
  readonly format: string | null;
  readonly durationMs: number | null;
  readonly sizeBytes: number | null;
  /** Why it failed; null when it did not. */
  readonly reason: string | null;
}

export async function savepointStatus(
  session: ClusterSession,
  request: StatusRequest,
): Promise<SavepointStatusResult> {
  const triggerId = givenTriggerId(request.trigger);
  const { jobId } = await resolveJob(session, request.job);
  const triggered = { jobId, triggerId, before: null };
  const outcome = await savepointOutcome(session.client, triggered, STATUS_MS);
  if (outcome.kind === 'completed') {
    return completed(await describeSavepoint(session, triggered, outcome.result.location));
  }
  return unfinished(jobId, triggerId, outcome);
}

/** Throws unless it is complete. */
export async function waitForSavepoint(
  session: ClusterSession,
  request: StatusRequest,
): Promise<SavepointStatusResult> {
  const triggerId = givenTriggerId(request.trigger);
  const job = await resolveJob(session, request.job);
  const triggered = { jobId: job.jobId, triggerId, before: null };
  const location = await awaitSavepoint(session, job, triggered);
  return completed(await describeSavepoint(session, triggered, location));
}

/** For the state alone; a question that takes longer is asked again by its user. */
const STATUS_MS = 60_000;

function givenTriggerId(text: string): TriggerId {
  if (isHexId(text)) return triggerIdOf(text);
  throw new UsageError(
    'DREY_USAGE',
    `${JSON.stringify(text)} is no trigger id of 32 hexadecimal digits`,
    {
      hint: 'savepoint trigger --detach prints it.',
    },
  );
}

function completed(savepoint: CompletedSavepoint): SavepointStatusResult {
  return { ...savepoint, status: 'COMPLETED', reason: null };
}

function unfinished(
  jobId: JobId,
  triggerId: TriggerId,
  outcome: Exclude<SavepointOutcome, { kind: 'completed' }>,
): SavepointStatusResult {
  const known = { jobId, triggerId, format: null, durationMs: null, sizeBytes: null };
  switch (outcome.kind) {
    case 'in-progress':
      return { ...known, status: 'IN_PROGRESS', location: null, reason: null };
    case 'failed': {
      const location = locationInFailure(outcome.cause);
      return { ...known, status: 'FAILED', location, reason: outcome.cause.message };
    }
    case 'unknown':
      return { ...known, status: 'UNKNOWN', location: null, reason: null };
  }
}

const FORGOTTEN =
  'The cluster forgets it five minutes after the end, and with a restart: drey checkpoint list has what the job remembers.';

/** 0 while it goes on and when it is good, 6 when it failed, 10 when nobody knows. */
export function statusExit({ status }: SavepointStatusResult): number {
  if (status === 'FAILED') return exitCodes.operationFailed;
  return status === 'UNKNOWN' ? exitCodes.outcomeUnknown : exitCodes.done;
}

export function savepointStatusView(result: SavepointStatusResult): View {
  const fields: readonly Field[] = [
    { key: 'jobId', label: 'job', cell: textCell(result.jobId) },
    { key: 'triggerId', label: 'trigger', cell: textCell(result.triggerId) },
    { key: 'status', label: 'status', cell: textCell(result.status, stateMood(result.status)) },
    ...(result.reason === null
      ? []
      : [{ key: 'reason', label: 'why', cell: textCell(result.reason, 'bad') }]),
    ...(result.status === 'UNKNOWN'
      ? [{ key: 'advice', label: 'next', cell: textCell(FORGOTTEN) }]
      : []),
    { key: 'location', label: 'location', cell: textCell(result.location) },
    { key: 'format', label: 'format', cell: textCell(result.format) },
    { key: 'durationMs', label: 'duration', cell: durationCell(result.durationMs) },
    { key: 'sizeBytes', label: 'size', cell: bytesCell(result.sizeBytes) },
  ];
  return { sections: [{ kind: 'fields', fields }], names: [result.location ?? result.triggerId] };
}
