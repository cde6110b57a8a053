/**
 * `savepoint dispose`: has the cluster delete a savepoint, unless a job needs it. Flink gives the
 * operation its id only with the answer; when that is lost the request is sent again, because
 * deleting what is deleted is found out and harmless.
 */
import {
  DreyError,
  OperationFailedError,
  OutcomeUnknownError,
  RefusedError,
} from '../../errors/drey-error.ts';
import type { OperationState } from '../../flink/model/async-operation.ts';
import type { FailureCause } from '../../flink/model/failure-cause.ts';
import type { TriggerId } from '../../flink/model/identifiers.ts';
import { isTerminal } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import { isIndefinite } from '../../flink/rest/retry.ts';
import { savepointUse } from '../../ops/savepoint/savepoint-use.ts';
import { flagCell, textCell, type View } from '../../output/view.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { confirmChange } from '../cluster/confirm-change.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { ifCheckpointsAreOn } from '../job/if-checkpoints-are-on.ts';

export interface DisposeRequest {
  readonly location: string;
  readonly isConfirmed: boolean;
  readonly isDryRun: boolean;
  /** Something that is gone already is a success. */
  readonly ifExists: boolean;
  /** Also when a job needs it. */
  readonly force: boolean;
}

export interface DisposeResult {
  readonly location: string;
  readonly disposed: boolean;
  /** True: it was gone already. */
  readonly missing: boolean;
  readonly dryRun: boolean;
}

const DISPOSE_MS = 600_000;

export async function disposeSavepoint(
  session: ClusterSession,
  request: DisposeRequest,
): Promise<DisposeResult> {
  const { location } = request;
  if (!request.force) await refuseIfNeeded(session, location);
  const change = { what: `delete the savepoint ${location}`, ...request };
  if (!(await confirmChange(session, change))) {
    return { location, disposed: false, missing: false, dryRun: true };
  }
  const { triggerId, isRepeated } = await sendDisposal(session, location);
  const outcome = await awaitDisposal(session, location, triggerId);
  if (outcome.kind !== 'failed') return { location, disposed: true, missing: false, dryRun: false };
  if (!isMissing(outcome.cause)) throw failed(location, outcome.cause);
  // Our own first request may have deleted it.
  if (isRepeated) return { location, disposed: true, missing: false, dryRun: false };
  if (request.ifExists) return { location, disposed: false, missing: true, dryRun: false };
  throw missing(location, outcome.cause);
}

async function refuseIfNeeded({ client }: ClusterSession, location: string): Promise<void> {
  const active = (await client.jobs.list()).filter(({ state }) => !isTerminal(state));
  for (const job of active) {
    const checkpoints = await ifCheckpointsAreOn(client.checkpoints.overview(job.jobId));
    const use = checkpoints === null ? { kind: 'unused' } : savepointUse(location, checkpoints);
    if (use.kind !== 'unused') throw needed(location, job, use.kind);
  }
}

function needed(location: string, { jobId, name }: JobSummary, kind: string): RefusedError {
  const because =
    kind === 'latest'
      ? 'it is the newest checkpoint that the job has'
      : 'the job was restored from it and has completed no checkpoint since';
  const message = `job ${name} (${jobId}) needs the savepoint ${location}: ${because}`;
  return new RefusedError('DREY_SAVEPOINT_IN_USE', message, { details: { location, jobId, name } });
}

async function sendDisposal(
  session: ClusterSession,
  location: string,
): Promise<{ readonly triggerId: TriggerId; readonly isRepeated: boolean }> {
  try {
    return { triggerId: await session.client.savepoints.dispose(location), isRepeated: false };
  } catch (error) {
    if (!isIndefinite(error)) throw error;
    return { triggerId: await sendAgain(session, location), isRepeated: true };
  }
}

/** Whatever becomes of the second request says nothing about the first. */
async function sendAgain(session: ClusterSession, location: string): Promise<TriggerId> {
  try {
    return await session.client.savepoints.dispose(location);
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    const again = commandLine(session, 'savepoint', 'dispose', location, '--yes', '--if-exists');
    throw new OutcomeUnknownError(
      'DREY_OUTCOME_UNKNOWN',
      `it is not known whether the cluster took the request to delete the savepoint ${location}: the answer was lost, and asking again failed: ${error.message}`,
      { hint: `To ask again does no harm: ${again}`, details: { location }, cause: error },
    );
  }
}

function awaitDisposal(
  session: ClusterSession,
  location: string,
  triggerId: TriggerId,
): Promise<Exclude<OperationState<null>, { kind: 'in-progress' }>> {
  return waitFor(session, {
    what: `the savepoint ${location} to be deleted`,
    resume: commandLine(session, 'savepoint', 'dispose', location, '--yes', '--if-exists'),
    details: { location, triggerId },
    defaultTimeoutMs: DISPOSE_MS,
    look: async (budgetMs) => {
      const state = await session.client.savepoints.disposal(triggerId, { budgetMs });
      return state.kind === 'in-progress' ? null : state;
    },
  });
}

/** Of the file systems that Flink knows, all say it by the name of the exception. */
const MISSING =
  /^(FileNotFoundException|NoSuchFileException|NoSuchKeyException|PathNotFoundException)$/;

function isMissing({ exception }: FailureCause): boolean {
  return exception !== null && MISSING.test(exception);
}

function missing(location: string, cause: FailureCause): OperationFailedError {
  const message = `there is no savepoint at ${location}: ${cause.message}`;
  return new OperationFailedError('DREY_SAVEPOINT_NOT_FOUND', message, {
    details: { location, exception: cause.exception, reasons: cause.chain },
  });
}

function failed(location: string, cause: FailureCause): OperationFailedError {
  const message = `the savepoint ${location} could not be deleted: ${cause.message}`;
  return new OperationFailedError('DREY_DISPOSAL_FAILED', message, {
    details: { location, exception: cause.exception, reasons: cause.chain },
  });
}

export function disposeView({ location, disposed, missing: isGone, dryRun }: DisposeResult): View {
  return {
    sections: [
      {
        kind: 'fields',
        ...(dryRun ? { title: 'dry run: this would be deleted' } : {}),
        fields: [
          { key: 'location', label: 'location', cell: textCell(location) },
          { key: 'disposed', label: 'deleted', cell: flagCell(disposed) },
          ...(isGone ? [{ key: 'missing', label: 'was gone before', cell: flagCell(true) }] : []),
        ],
      },
    ],
    names: [location],
  };
}
