/**
 * Triggers a savepoint exactly once, alone or to stop a job, and follows it to its end also when
 * the JobManager has forgotten the operation: after a restart of it, or five minutes after the end
 * (rest.async.store-duration). Then the checkpoint history is asked instead.
 */
import { DreyError } from '../../errors/drey-error.ts';
import type { SavepointResult } from '../model/async-operation.ts';
import type { CheckpointEntry } from '../model/checkpoint.ts';
import type { FailureCause } from '../model/failure-cause.ts';
import type { JobId, TriggerId } from '../model/identifiers.ts';
import type { FlinkClient } from './flink-client.ts';
import { changeOnce, type Trace } from './idempotent-change.ts';
import type { SavepointRequest } from './savepoints.ts';

/** What was known of a job before the trigger: tells a savepoint of ours from others. */
export interface BeforeTrigger {
  /** Highest id of all checkpoints so far; null: not known, or checkpoints are off. */
  readonly latestCheckpointId: number | null;
  /** When this JobMaster began with the job; another one knows none of its operations. */
  readonly initialisedAtMs: number | null;
}

export interface TriggeredSavepoint {
  readonly jobId: JobId;
  readonly triggerId: TriggerId;
  readonly before: BeforeTrigger | null;
}

export interface SavepointTrigger {
  readonly jobId: JobId;
  readonly request: SavepointRequest;
  /** Not null: stop the job with the savepoint. */
  readonly stop: { readonly drain: boolean } | null;
  /** The command that finds out what became of it, for messages. */
  readonly findOut: string;
}

export type SavepointOutcome =
  | { readonly kind: 'in-progress' }
  | { readonly kind: 'completed'; readonly result: SavepointResult }
  | { readonly kind: 'failed'; readonly cause: FailureCause }
  /** The cluster has forgotten the operation, and the history proves nothing. */
  | { readonly kind: 'unknown' };

export async function triggerSavepoint(
  client: FlinkClient,
  { jobId, request, stop, findOut }: SavepointTrigger,
): Promise<TriggeredSavepoint> {
  const before = await readBefore(client, jobId);
  const { triggerId } = request;
  const answered = await changeOnce(client.transport, {
    what: `${stop === null ? 'a savepoint' : 'stopping'} of job ${jobId}`,
    send: () =>
      stop === null
        ? client.savepoints.trigger(jobId, request)
        : client.savepoints.stop(jobId, request, stop.drain),
    find: () => findTrigger(client, { jobId, triggerId, before }),
    unknown: {
      hint: `Find out with: ${findOut}`,
      details: { jobId, triggerId, targetDirectory: request.targetDirectory },
    },
  });
  return { jobId, triggerId: answered, before };
}

/** One look at the operation. */
export async function savepointOutcome(
  client: FlinkClient,
  { jobId, triggerId, before }: TriggeredSavepoint,
  budgetMs: number,
): Promise<SavepointOutcome> {
  try {
    return await client.savepoints.operation(jobId, triggerId, { budgetMs });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return outcomeInHistory(await ourSavepoints(client, jobId, before));
  }
}

async function readBefore(client: FlinkClient, jobId: JobId): Promise<BeforeTrigger> {
  const [details, history] = await Promise.all([
    client.jobs.details(jobId),
    readHistory(client, jobId),
  ]);
  return {
    latestCheckpointId: history === null ? null : Math.max(0, ...history.map(({ id }) => id)),
    initialisedAtMs: details.stateChangedAtMs['INITIALIZING'] ?? null,
  };
}

/** Null where checkpoints are off, which a savepoint does not mind. */
async function readHistory(
  client: FlinkClient,
  jobId: JobId,
): Promise<readonly CheckpointEntry[] | null> {
  try {
    return (await client.checkpoints.overview(jobId)).history;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function findTrigger(
  client: FlinkClient,
  { jobId, triggerId, before }: TriggeredSavepoint,
): Promise<Trace<TriggerId>> {
  try {
    await client.savepoints.operation(jobId, triggerId);
    return { kind: 'found', value: triggerId };
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const savepoints = await ourSavepoints(client, jobId, before);
  // Its own operation is gone, but following it goes on in the history.
  if (savepoints.length > 0) return { kind: 'found', value: triggerId };
  const now = await readBefore(client, jobId);
  if (now.initialisedAtMs !== before?.initialisedAtMs) {
    return { kind: 'unknown', because: 'the JobManager was restarted meanwhile' };
  }
  return { kind: 'absent' };
}

/** Savepoints that began after ours was asked for; none when it is not known what was before. */
async function ourSavepoints(
  client: FlinkClient,
  jobId: JobId,
  before: BeforeTrigger | null,
): Promise<readonly CheckpointEntry[]> {
  const latest = before?.latestCheckpointId ?? null;
  if (latest === null) return [];
  const history = (await readHistory(client, jobId)) ?? [];
  return history.filter(({ id, isSavepoint }) => isSavepoint && id > latest);
}

/** Several of them: somebody else took one too, and which is ours cannot be told. */
function outcomeInHistory(savepoints: readonly CheckpointEntry[]): SavepointOutcome {
  const [only] = savepoints;
  if (only === undefined || savepoints.length > 1) return { kind: 'unknown' };
  if (only.status === 'IN_PROGRESS') return { kind: 'in-progress' };
  if (only.status === 'COMPLETED' && only.location !== null) {
    return { kind: 'completed', result: { location: only.location } };
  }
  const message = only.failureMessage ?? 'no reason was given';
  return { kind: 'failed', cause: { exception: null, message, chain: [message] } };
}

function isNotFound(error: unknown): boolean {
  return error instanceof DreyError && error.code === 'DREY_FLINK_NOT_FOUND';
}
