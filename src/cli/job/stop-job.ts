/**
 * `job stop`: takes a savepoint, after which the job ends FINISHED. A savepoint that is good is
 * told in any case, also when the job then did not stop.
 */
import {
  DreyError,
  OperationFailedError,
  OutcomeUnknownError,
  RefusedError,
} from '../../errors/drey-error.ts';
import type { CheckpointEntry } from '../../flink/model/checkpoint.ts';
import type { FailureCause } from '../../flink/model/failure-cause.ts';
import {
  ID_BYTES,
  triggerIdFrom,
  type JobId,
  type TriggerId,
} from '../../flink/model/identifiers.ts';
import { isTerminal, type JobStatus } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import { jobOrNone } from '../../flink/rest/run-jar.ts';
import type { SavepointFormat } from '../../flink/rest/savepoints.ts';
import {
  savepointOutcome,
  triggerSavepoint,
  type SavepointOutcome,
  type TriggeredSavepoint,
} from '../../flink/rest/trigger-savepoint.ts';
import { stopAdvice } from '../../ops/job/stop-advice.ts';
import { stopReport } from '../../ops/job/stop-outcome.ts';
import { textCell, type Field, type View } from '../../output/view.ts';
import { commandLine, refuseIfReadOnly, type ClusterSession } from '../cluster/cluster-session.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { savepointTimeoutMs } from '../savepoint/savepoint-timeout.ts';
import { newestFailure } from './failure-of-job.ts';
import { ifCheckpointsAreOn } from './if-checkpoints-are-on.ts';
import { lastSnapshotOf } from './last-snapshot.ts';
import { resolveJob } from './resolve-job.ts';
import { stateMood } from './state-mood.ts';

export interface StopRequest {
  readonly job: string;
  readonly targetDirectory: string | null;
  readonly format: SavepointFormat;
  /** Sends the end of time through the job first, so that all windows fire. */
  readonly drain: boolean;
  readonly detach: boolean;
}

export interface StoppedJob {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  readonly location: string;
}

export type StopResult = StoppedJob | { readonly jobId: JobId; readonly triggerId: TriggerId };

/** After the savepoint the tasks end, which takes as long as their close(). */
const END_MS = 180_000;

export async function stopJob(session: ClusterSession, request: StopRequest): Promise<StopResult> {
  refuseIfReadOnly(session, 'stop a job');
  const job = await resolveJob(session, request.job);
  await refuseUnlessStoppable(session, job);
  const { jobId, name } = job;
  const triggerId = triggerIdFrom(session.platform.random.bytes(ID_BYTES));
  const { targetDirectory, format, drain } = request;
  const triggered = await triggerSavepoint(session.client, {
    jobId,
    request: { triggerId, targetDirectory, format },
    stop: { drain },
    findOut: commandLine(session, 'savepoint', 'status', jobId, triggerId),
  });
  if (request.detach) return { jobId, triggerId: triggered.triggerId };
  const location = await awaitLocation(session, job, triggered);
  const state = await awaitFinished(session, { job, triggered, location });
  return { jobId, name, state, location };
}

/** With what a job that has ended could be restored from: that is what is asked next. */
async function refuseUnlessStoppable(session: ClusterSession, job: JobSummary): Promise<void> {
  const advice = stopAdvice(job);
  if (advice === null) return;
  const { jobId, name, state } = job;
  const location = isTerminal(state) ? await lastSnapshotOf(session, job) : null;
  const last = location === null ? '' : ` Its last snapshot is ${location}.`;
  const { hint, next, because } = advice;
  const command =
    next === null ? '' : ` ${next.label}: ${commandLine(session, ...next.words(jobId))}`;
  throw new RefusedError('DREY_JOB_STATE', `job ${name} (${jobId}) ${because}`, {
    hint: `${hint}${last}${command}`,
    details: { jobId, name, state, location },
  });
}

async function awaitLocation(
  session: ClusterSession,
  job: JobSummary,
  triggered: TriggeredSavepoint,
): Promise<string> {
  const { jobId, triggerId } = triggered;
  const outcome = await waitFor<SavepointOutcome>(session, {
    what: `the savepoint with which job ${job.name} stops`,
    resume: commandLine(session, 'savepoint', 'wait', jobId, triggerId),
    details: { jobId, triggerId },
    defaultTimeoutMs: await savepointTimeoutMs(session, jobId),
    look: async (budgetMs) => {
      const seen = await savepointOutcome(session.client, triggered, budgetMs);
      return seen.kind === 'in-progress' ? null : seen;
    },
  });
  if (outcome.kind === 'completed') return outcome.result.location;
  if (outcome.kind === 'failed') throw await stopFailed(session, triggered, job, outcome.cause);
  throw new OutcomeUnknownError(
    'DREY_OUTCOME_UNKNOWN',
    `the cluster does not know the operation ${triggerId} of job ${jobId} any more, and its checkpoint history proves nothing`,
    {
      hint: `Look for the savepoint with: ${commandLine(session, 'checkpoint', 'list', jobId)}`,
      details: { jobId, triggerId },
    },
  );
}

interface SavepointKept {
  readonly job: JobSummary;
  readonly triggered: TriggeredSavepoint;
  readonly location: string;
}

async function awaitFinished(session: ClusterSession, kept: SavepointKept): Promise<JobStatus> {
  const { job, triggered, location } = kept;
  const { jobId, name } = job;
  const ended = await waitFor<JobSummary | 'gone'>(session, {
    what: `job ${name} to end`,
    notYet: `job ${name} (${jobId}) did not end, although its savepoint is complete at ${location},`,
    resume: commandLine(session, 'job', 'wait', jobId),
    // The savepoint is complete whatever comes now.
    details: { jobId, location },
    defaultTimeoutMs: END_MS,
    look: async () => {
      const seen = await jobOrNone(session.client, jobId);
      if (seen === undefined) return 'gone';
      return isTerminal(seen.state) ? seen : null;
    },
  });
  if (ended !== 'gone' && ended.state === 'FINISHED') return ended.state;
  const said = `A savepoint has been created at: ${location}`;
  const cause = { exception: null, message: said, chain: [said] };
  throw await stopFailed(session, triggered, job, cause);
}

async function stopFailed(
  session: ClusterSession,
  triggered: TriggeredSavepoint,
  { jobId, name, startedAtMs }: JobSummary,
  cause: FailureCause,
): Promise<OperationFailedError> {
  const savepoints = await savepointsSince(session, triggered);
  const sinceMs = savepoints.at(-1)?.triggeredAtMs ?? startedAtMs ?? 0;
  const job = await jobOrNone(session.client, jobId);
  const state = job?.state ?? null;
  const failure = await newestFailure(session, jobId, ({ atMs }) => (atMs ?? 0) >= sinceMs);
  const report = stopReport({ cause, savepoints, failure, state });
  const show = commandLine(session, 'job', 'show', jobId);
  const { triggerId } = triggered;
  return new OperationFailedError(
    'DREY_JOB_STOP_FAILED',
    `job ${name} (${jobId}) ${report.sentence}`,
    {
      hint:
        report.location === null
          ? `What the job does now: ${show}`
          : `Start the job again from this savepoint: transactions that were open are committed only then. What became of it: ${show}`,
      details: {
        jobId,
        name,
        state,
        triggerId,
        location: report.location,
        exception: cause.exception,
        reasons: cause.chain,
        savepointFailure: report.savepointFailure,
        taskException: report.taskFailure?.message ?? null,
        taskName: report.taskFailure?.taskName ?? null,
      },
    },
  );
}

/** The cluster answers from a cache of up to 3 s (web.refresh-interval). */
const HISTORY_LOOKS_MAX = 8;
const HISTORY_PAUSE_MS = 450;

/** Those that are over and began with the stop or later; none when the history has not got them. */
async function savepointsSince(
  { client, status }: ClusterSession,
  { jobId, before }: TriggeredSavepoint,
): Promise<readonly CheckpointEntry[]> {
  const latest = before?.latestCheckpointId ?? null;
  if (latest === null) return [];
  for (let looks = 0; looks < HISTORY_LOOKS_MAX; looks++) {
    try {
      const overview = await ifCheckpointsAreOn(client.checkpoints.overview(jobId));
      const savepoints = (overview?.history ?? []).filter(
        ({ id, isSavepoint, status: end }) => isSavepoint && id > latest && end !== 'IN_PROGRESS',
      );
      if (savepoints.length > 0 || overview === null) return savepoints;
    } catch (error) {
      // The stop has failed in any case, and that is told.
      if (!(error instanceof DreyError)) throw error;
      status.note(`the checkpoint history cannot be read: ${error.message}`);
      return [];
    }
    if (client.transport.remainingMs() < HISTORY_PAUSE_MS) return [];
    status.show('reading what became of the savepoint');
    await client.transport.pause(HISTORY_PAUSE_MS);
  }
  return [];
}

export function stopView(result: StopResult): View {
  const fields: readonly Field[] = [
    { key: 'jobId', label: 'job', cell: textCell(result.jobId) },
    ...('location' in result
      ? [
          { key: 'name', label: 'name', cell: textCell(result.name) },
          { key: 'state', label: 'state', cell: textCell(result.state, stateMood(result.state)) },
          { key: 'location', label: 'savepoint', cell: textCell(result.location) },
        ]
      : [{ key: 'triggerId', label: 'trigger', cell: textCell(result.triggerId) }]),
  ];
  const name = 'location' in result ? result.location : result.triggerId;
  return { sections: [{ kind: 'fields', fields }], names: [name] };
}
