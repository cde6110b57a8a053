/**
 * Sends one statement, so that it has its effect once although its answer may be lost. What only
 * reads is sent again. A statement that submits a job brings the job's id along, so the cluster
 * can be asked whether it arrived; of other changes nobody can tell.
 */
import { DreyError, OutcomeUnknownError, RefusedError } from '../../errors/drey-error.ts';
import { ID_BYTES, jobIdFrom, type JobId } from '../../flink/model/identifiers.ts';
import type { OperationHandle } from '../../flink/model/sql-gateway.ts';
import { isIndefinite } from '../../flink/rest/retry.ts';
import type { StatementKind } from '../../flink/sql/statement-kind.ts';
import { commandLine } from '../cluster/cluster-session.ts';
import type { PlacedStatement } from './read-script.ts';
import type { SqlSession } from './sql-session.ts';

export type Submitted =
  | { readonly kind: 'operation'; readonly operation: OperationHandle }
  /** The answer was lost, but the cluster has the job. */
  | { readonly kind: 'job'; readonly jobId: JobId };

export interface Submission {
  readonly statement: PlacedStatement;
  readonly kind: StatementKind;
  /** Of the job that it submits; null when it submits none. */
  readonly jobId: JobId | null;
  /** For messages: the place and the first line. */
  readonly label: string;
}

/** As Flink: of the job that the next statement submits. Every executor knows it since 1.11. */
const FIXED_JOB_ID = '$internal.pipeline.job-id';
const HARMLESS_SENDS_MAX = 3;

/** An id for the job of a statement that submits one. */
export function newJobId(
  { cluster }: SqlSession,
  { isInSet }: PlacedStatement,
  { effect }: StatementKind,
): JobId | null {
  if (effect !== 'submits' || isInSet) return null;
  return jobIdFrom(cluster.platform.random.bytes(ID_BYTES));
}

export async function submitStatement(
  session: SqlSession,
  submission: Submission,
): Promise<Submitted> {
  const { gateway, handle, interruption, cluster } = session;
  const { statement, kind, jobId } = submission;
  const configuration = jobId === null ? {} : { [FIXED_JOB_ID]: jobId };
  for (let sends = 1; ; sends++) {
    try {
      const send = gateway.submit(handle, statement.text, configuration);
      return { kind: 'operation', operation: await interruption.race(send) };
    } catch (error) {
      if (!isIndefinite(error)) throw error;
      if (kind.effect === 'harmless' && sends < HARMLESS_SENDS_MAX) continue;
      // Only noted in the session, which is closed without submitting the set.
      if (kind.effect === 'harmless' || statement.isInSet) throw error;
      if (jobId !== null && (await interruption.race(hasJob(session, jobId)))) {
        cluster.status.note(
          `the answer to ${submission.label} was lost, but its job ${jobId} runs`,
        );
        return { kind: 'job', jobId };
      }
      throw unknownOutcome(session, submission, error);
    }
  }
}

export function unknownOutcome(
  { cluster }: SqlSession,
  { label, statement, jobId }: Submission,
  cause: unknown,
): OutcomeUnknownError {
  const { file, line, column } = statement;
  const because = cause instanceof Error ? `: ${cause.message}` : '';
  const look = commandLine(cluster, 'job', 'show', jobId ?? 'JOB');
  const hint =
    jobId === null
      ? 'Look at the catalog (SHOW TABLES, DESCRIBE) before you run it again.'
      : `Find out with: ${look} (its job has this id, if there is one)`;
  return new OutcomeUnknownError(
    'DREY_OUTCOME_UNKNOWN',
    `it is not known whether ${label} had its effect${because}`,
    { hint, details: { file, line, column, jobId }, cause },
  );
}

/** The gateway may still be at work on the statement when its answer is lost. */
const LOOKS_MAX = 6;
const LOOK_PAUSE_MS = 1000;
const LOOK_BUDGET_MS = 3000;

/** True: the cluster has it. False: it has not, or cannot be asked. */
async function hasJob({ cluster: { client, status } }: SqlSession, jobId: JobId): Promise<boolean> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    try {
      await client.jobs.status(jobId, { budgetMs: LOOK_BUDGET_MS });
      return true;
    } catch (error) {
      if (!(error instanceof DreyError)) throw error;
      if (!(error instanceof RefusedError)) return false;
    }
    status.show('looking for the job of the statement');
    await client.transport.pause(LOOK_PAUSE_MS);
  }
  return false;
}
