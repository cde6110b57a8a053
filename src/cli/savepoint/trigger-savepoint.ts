/** `savepoint trigger`: takes a savepoint once and waits for it, or only starts it. */
import { DreyError, OperationFailedError, OutcomeUnknownError } from '../../errors/drey-error.ts';
import {
  ID_BYTES,
  triggerIdFrom,
  type JobId,
  type TriggerId,
} from '../../flink/model/identifiers.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import type { SavepointFormat } from '../../flink/rest/savepoints.ts';
import {
  savepointOutcome,
  triggerSavepoint,
  type SavepointOutcome,
  type TriggeredSavepoint,
} from '../../flink/rest/trigger-savepoint.ts';
import { bytesCell, durationCell, textCell, type View } from '../../output/view.ts';
import { commandLine, refuseIfReadOnly, type ClusterSession } from '../cluster/cluster-session.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { resolveJob } from '../job/resolve-job.ts';
import { savepointTimeoutMs } from './savepoint-timeout.ts';

export interface TriggerRequest {
  readonly job: string;
  readonly targetDirectory: string | null;
  readonly format: SavepointFormat;
  readonly detach: boolean;
}

export interface CompletedSavepoint {
  readonly jobId: JobId;
  readonly triggerId: TriggerId;
  readonly location: string;
  /** CANONICAL or NATIVE; null when the history does not say. */
  readonly format: string | null;
  readonly durationMs: number | null;
  /** Of the whole state. */
  readonly sizeBytes: number | null;
}

export type TriggerResult =
  CompletedSavepoint | { readonly jobId: JobId; readonly triggerId: TriggerId };

export async function triggerAndWait(
  session: ClusterSession,
  { job: argument, targetDirectory, format, detach }: TriggerRequest,
): Promise<TriggerResult> {
  refuseIfReadOnly(session, 'take a savepoint');
  const job = await resolveJob(session, argument);
  const triggerId = triggerIdFrom(session.platform.random.bytes(ID_BYTES));
  const triggered = await triggerSavepoint(session.client, {
    jobId: job.jobId,
    request: { triggerId, targetDirectory, format },
    stop: null,
    findOut: commandLine(session, 'savepoint', 'status', job.jobId, triggerId),
  });
  if (detach) return { jobId: job.jobId, triggerId: triggered.triggerId };
  const location = await awaitSavepoint(session, job, triggered);
  return describeSavepoint(session, triggered, location);
}

/** Waits until it is over; throws unless it is complete. Resolves to its location. */
export async function awaitSavepoint(
  session: ClusterSession,
  { jobId, name }: Pick<JobSummary, 'jobId' | 'name'>,
  triggered: TriggeredSavepoint,
): Promise<string> {
  const { triggerId } = triggered;
  const resume = commandLine(session, 'savepoint', 'wait', jobId, triggerId);
  const outcome = await waitFor<SavepointOutcome>(session, {
    what: `the savepoint of job ${name === '' ? jobId : name}`,
    resume,
    details: { jobId, triggerId },
    defaultTimeoutMs: await savepointTimeoutMs(session, jobId),
    look: async (budgetMs) => {
      const seen = await savepointOutcome(session.client, triggered, budgetMs);
      return seen.kind === 'in-progress' ? null : seen;
    },
  });
  return locationOf(outcome, {
    jobId,
    triggerId,
    history: commandLine(session, 'checkpoint', 'list', jobId),
  });
}

interface Evidence {
  readonly jobId: JobId;
  readonly triggerId: TriggerId;
  /** The command that shows the history. */
  readonly history: string;
}

function locationOf(outcome: SavepointOutcome, { jobId, triggerId, history }: Evidence): string {
  switch (outcome.kind) {
    case 'completed':
      return outcome.result.location;
    case 'failed':
      throw new OperationFailedError(
        'DREY_SAVEPOINT_FAILED',
        `the savepoint of job ${jobId} failed: ${outcome.cause.message}`,
        {
          details: {
            jobId,
            triggerId,
            exception: outcome.cause.exception,
            reasons: outcome.cause.chain,
          },
        },
      );
    case 'in-progress':
    case 'unknown':
      throw new OutcomeUnknownError(
        'DREY_OUTCOME_UNKNOWN',
        `the cluster does not know the operation ${triggerId} of job ${jobId} any more, and its checkpoint history proves nothing`,
        { hint: `Look for the savepoint with: ${history}`, details: { jobId, triggerId } },
      );
  }
}

/** Adds what the checkpoint history knows of it. */
export async function describeSavepoint(
  session: ClusterSession,
  { jobId, triggerId }: TriggeredSavepoint,
  location: string,
): Promise<CompletedSavepoint> {
  const entry = await entryOrNull(session, jobId, location);
  return {
    jobId,
    triggerId,
    location,
    format: entry?.format ?? null,
    durationMs: entry?.durationMs ?? null,
    sizeBytes: entry?.stateSizeBytes ?? null,
  };
}

/** The cluster answers from a cache of up to 3 s (web.refresh-interval). */
const HISTORY_LOOKS_MAX = 8;
const HISTORY_PAUSE_MS = 450;

/** The savepoint is complete: that its size cannot be read is told, and no failure. */
async function entryOrNull(session: ClusterSession, jobId: JobId, location: string) {
  try {
    return await entryOf(session, jobId, location);
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    session.status.note(`the size of the savepoint cannot be read: ${error.message}`);
    return null;
  }
}

async function entryOf(session: ClusterSession, jobId: JobId, location: string) {
  const { client, status } = session;
  for (let looks = 0; looks < HISTORY_LOOKS_MAX; looks++) {
    const { history } = await client.checkpoints.overview(jobId);
    const entry = history.find((candidate) => candidate.location === location);
    if (entry !== undefined) return entry;
    if (client.transport.remainingMs() < HISTORY_PAUSE_MS) return null;
    status.show('reading the size of the savepoint');
    await client.transport.pause(HISTORY_PAUSE_MS);
  }
  return null;
}

export function triggerView(result: TriggerResult): View {
  const ids = [
    { key: 'jobId', label: 'job', cell: textCell(result.jobId) },
    { key: 'triggerId', label: 'trigger', cell: textCell(result.triggerId) },
  ];
  if (!('location' in result)) {
    return { sections: [{ kind: 'fields', fields: ids }], names: [result.triggerId] };
  }
  const fields = [
    { key: 'location', label: 'location', cell: textCell(result.location) },
    { key: 'format', label: 'format', cell: textCell(result.format) },
    { key: 'durationMs', label: 'duration', cell: durationCell(result.durationMs) },
    { key: 'sizeBytes', label: 'size', cell: bytesCell(result.sizeBytes) },
  ];
  return { sections: [{ kind: 'fields', fields: [...ids, ...fields] }], names: [result.location] };
}
