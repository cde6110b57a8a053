/**
 * `job cancel`: cancels jobs and waits until they are CANCELED. All of them are asked to end before
 * the first is waited for; one that cannot be cancelled does not save the others.
 */
import { DreyError, RefusedError } from '../../errors/drey-error.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import { isTerminal, type JobStatus } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import { changeOnce, type Trace } from '../../flink/rest/idempotent-change.ts';
import { jobOrNone } from '../../flink/rest/run-jar.ts';
import { statusOf } from '../../flink/rest/retry.ts';
import { textCell, type View } from '../../output/view.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { confirmChange } from '../cluster/confirm-change.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { findJob, matchJob } from './find-job.ts';
import { stateMood } from './state-mood.ts';

export interface CancelRequest {
  /** At least one. */
  readonly jobs: readonly string[];
  /** A job that is unknown, or has ended, is no failure. */
  readonly ifExists: boolean;
  readonly detach: boolean;
  readonly isConfirmed: boolean;
  readonly isDryRun: boolean;
}

export interface CancelledJob {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
}

export interface CancelResult {
  readonly jobs: readonly CancelledJob[];
  readonly dryRun: boolean;
}

const CANCEL_MS = 180_000;
const CONFLICT = 409;

export async function cancelJobs(
  session: ClusterSession,
  request: CancelRequest,
): Promise<CancelResult> {
  const chosen = await chooseJobs(session, request);
  const active = chosen.filter(({ state }) => !isTerminal(state));
  if (active.length === 0) return { jobs: chosen.map(pick), dryRun: request.isDryRun };
  const what = `cancel ${active.map(nameOf).join(', ')} without a savepoint`;
  if (!(await confirmChange(session, { what, ...request }))) {
    return { jobs: chosen.map(pick), dryRun: true };
  }
  const refusals: DreyError[] = [];
  for (const job of active) {
    const refusal = await cancelOnce(session, job);
    if (refusal !== null) refusals.push(refusal);
  }
  const asked = refusals.length === 0 && !request.detach;
  const ended = asked ? await awaitEnd(session, active) : await statesOf(session, active);
  const states = new Map(ended.map(({ jobId, state }) => [jobId, state]));
  const jobs = chosen.map((job) => ({ ...pick(job), state: states.get(job.jobId) ?? job.state }));
  if (refusals[0] !== undefined) throw withOthers(refusals[0], jobs);
  refuseOtherEnds(session, jobs, request);
  return { jobs, dryRun: false };
}

async function chooseJobs(
  session: ClusterSession,
  { jobs: references, ifExists }: CancelRequest,
): Promise<readonly JobSummary[]> {
  const { host } = new URL(session.target.rest.baseUrl);
  const all = await session.client.jobs.list();
  const found = references.flatMap((reference) => {
    const isUnknown = ifExists && matchJob(all, reference).kind === 'unknown';
    return isUnknown ? [] : [findJob(all, reference, host)];
  });
  const chosen = [...new Set(found)];
  const over = chosen.filter(({ state }) => isTerminal(state) && state !== 'CANCELED');
  if (over.length === 0 || ifExists) return chosen;
  const listed = over.map((job) => `${nameOf(job)} is ${job.state} already`).join(', ');
  throw new RefusedError('DREY_JOB_STATE', `${listed}; nothing was cancelled`, {
    hint: 'Leave it out, or pass --if-exists, which takes jobs that have ended for done.',
    details: { jobs: over.map(pick) },
  });
}

/** Null: it will end. Cancelling twice is cancelling once, so the state is all that counts. */
async function cancelOnce(
  session: ClusterSession,
  { jobId, name }: JobSummary,
): Promise<DreyError | null> {
  const { client } = session;
  try {
    await changeOnce<void>(client.transport, {
      what: `cancelling job ${name} (${jobId})`,
      send: () => client.jobs.cancel(jobId),
      find: () => traceOfCancel(session, jobId),
      unknown: {
        hint: `Find out with: ${commandLine(session, 'job', 'show', jobId)}`,
        details: { jobId, name },
      },
    });
    return null;
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    // It ended meanwhile: how is looked at with the others.
    return statusOf(error) === CONFLICT ? null : error;
  }
}

async function traceOfCancel({ client }: ClusterSession, jobId: JobId): Promise<Trace<void>> {
  const job = await jobOrNone(client, jobId);
  if (job === undefined) return { kind: 'unknown', because: 'the cluster does not know it' };
  const isEnding = job.state === 'CANCELLING' || isTerminal(job.state);
  return isEnding ? { kind: 'found', value: undefined } : { kind: 'absent' };
}

async function awaitEnd(
  session: ClusterSession,
  jobs: readonly JobSummary[],
): Promise<readonly CancelledJob[]> {
  const ids = jobs.map(({ jobId }) => jobId);
  const [only, ...others] = jobs;
  return waitFor(session, {
    what:
      others.length === 0 && only !== undefined
        ? `${nameOf(only)} to end`
        : `${jobs.length} jobs to end`,
    notYet: `${jobs.map(nameOf).join(', ')} did not end`,
    resume: commandLine(session, 'job', 'cancel', ...ids, '--yes', '--if-exists'),
    details: { jobIds: ids },
    defaultTimeoutMs: CANCEL_MS,
    look: async () => {
      const seen = await statesOf(session, jobs);
      return seen.every(({ state }) => isTerminal(state)) ? seen : null;
    },
  });
}

async function statesOf(
  { client }: ClusterSession,
  jobs: readonly JobSummary[],
): Promise<readonly CancelledJob[]> {
  const all = new Map((await client.jobs.list()).map((job) => [job.jobId, job]));
  // One that has gone from the list keeps the state it had last.
  return jobs.map((job) => pick(all.get(job.jobId) ?? job));
}

/** A job may end in another way just before it is cancelled. */
function refuseOtherEnds(
  session: ClusterSession,
  jobs: readonly CancelledJob[],
  { detach, ifExists }: CancelRequest,
): void {
  const others = jobs.filter(({ state }) => isTerminal(state) && state !== 'CANCELED');
  const [first] = others;
  if (first === undefined || detach || ifExists) return;
  const listed = others.map((job) => `${nameOf(job)} ended ${job.state}`).join(', ');
  throw new RefusedError('DREY_JOB_STATE', `${listed} before it was cancelled`, {
    hint: `Look at it with: ${commandLine(session, 'job', 'show', first.jobId)}`,
    details: { jobs },
  });
}

function withOthers(refusal: DreyError, jobs: readonly CancelledJob[]): DreyError {
  if (jobs.length === 1) return refusal;
  const listed = jobs.map((job) => `${nameOf(job)} is ${job.state}`).join(', ');
  return new RefusedError('DREY_FLINK_REFUSED', `${refusal.message}; ${listed}`, {
    details: { ...refusal.details, jobs },
    cause: refusal,
  });
}

function nameOf({ name, jobId }: Pick<JobSummary, 'name' | 'jobId'>): string {
  return `job ${name} (${jobId})`;
}

function pick({ jobId, name, state }: CancelledJob): CancelledJob {
  return { jobId, name, state };
}

export function cancelView({ jobs, dryRun }: CancelResult): View {
  return {
    sections: [
      {
        kind: 'table',
        ...(dryRun ? { title: 'dry run: these would be cancelled' } : {}),
        empty: 'no jobs to cancel',
        columns: [
          { key: 'jobId', heading: 'JOB ID' },
          { key: 'name', heading: 'NAME' },
          { key: 'state', heading: 'STATE' },
        ],
        rows: jobs.map(({ jobId, name, state }) => [
          textCell(jobId),
          textCell(name),
          textCell(state, stateMood(state)),
        ]),
      },
    ],
    names: jobs.map(({ jobId }) => jobId),
  };
}
