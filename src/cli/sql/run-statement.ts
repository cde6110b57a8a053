/**
 * One statement from its sending to its last row. A statement that fails comes back as an outcome;
 * what says nothing about the statement (no answer, a lost session, a signal) is thrown.
 */
import {
  DreyError,
  InterruptedError,
  OperationFailedError,
  RefusedError,
} from '../../errors/drey-error.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import type { RowOp, SqlColumn, SqlRow } from '../../flink/model/sql-result.ts';
import { locateFailure, type StatementFailure } from '../../flink/sql/locate-failure.ts';
import { concealed, maskSecrets, type MaskedStatement } from '../../flink/sql/mask-secrets.ts';
import { materialiseRows } from '../../flink/sql/materialise-rows.ts';
import { readResults, type RowsPage } from '../../flink/sql/read-results.ts';
import { statementKind } from '../../flink/sql/statement-kind.ts';
import { formatDuration } from '../../output/humanise.ts';
import { commandLine } from '../cluster/cluster-session.ts';
import { awaitStatementJob } from './await-statement-job.ts';
import { JobTrouble } from './job-trouble.ts';
import type { PlacedStatement } from './read-script.ts';
import { isSessionKnown, lostSession, type SqlSession } from './sql-session.ts';
import { placeText, type StatementOutcome } from './statement-outcome.ts';
import { newJobId, submitStatement, unknownOutcome, type Submission } from './submit-statement.ts';

export interface StatementTask {
  readonly statement: PlacedStatement;
  /** The first one is 1. */
  readonly index: number;
  readonly count: number;
  /** Rows of a query, before it is cancelled. */
  readonly rowsMax: number;
  /** Wait for the job that it submits. */
  readonly isWaiting: boolean;
  /** Gets the changes as they come, in place of the outcome; false: nobody reads them any more. */
  readonly onChanges: OnChanges | null;
}

export type OnChanges = (
  columns: readonly SqlColumn[],
  changes: readonly SqlRow[],
) => Promise<boolean>;

/** What is known while it runs. */
interface Progress {
  jobId: JobId | null;
  page: RowsPage | null;
  readonly changes: SqlRow[];
  changeCount: number;
  lastOp: RowOp | null;
  isTruncated: boolean;
}

const CLOSE_MS = 2000;
/** Of SHOW and its like, whatever the gateway sends: they are held in memory. */
const ANSWER_ROWS_MAX = 1_000_000;
/** Shorter waits are not worth a line. */
const SHOWN_FROM_MS = 500;

export async function runStatement(
  session: SqlSession,
  task: StatementTask,
): Promise<StatementOutcome> {
  const { statement } = task;
  const { cluster, gateway } = session;
  const kind = statementKind(statement.text);
  const masked = maskSecrets(statement.text);
  const jobId = newJobId(session, statement, kind);
  const submission = { statement, kind, jobId, label: labelOf(task, masked) };
  const startMs = gateway.transport.monotonicMs();
  const progress: Progress = {
    jobId: null,
    page: null,
    changes: [],
    changeCount: 0,
    lastOp: null,
    isTruncated: false,
  };
  const outcome = (
    failure: StatementFailure | null,
    jobState: string | null,
  ): StatementOutcome => ({
    ...emptyOutcome(statement, task.index),
    state: failure === null ? 'OK' : 'FAILED',
    jobId: progress.jobId,
    jobState,
    columns: progress.page?.columns ?? [],
    rows: materialiseRows(progress.changes),
    isQuery: progress.page?.isQuery ?? false,
    isWatched: progress.page?.isQuery === true && task.onChanges !== null,
    hasContent: progress.page?.hasContent ?? false,
    changeCount: progress.changeCount,
    isTruncated: progress.isTruncated,
    durationMs: Math.round(gateway.transport.monotonicMs() - startMs),
    failure,
  });
  if (kind.isForClient) return outcome(null, null);
  gateway.transport.restartTotal();
  cluster.client.transport.restartTotal();
  try {
    await submitAndRead(session, { task, submission, progress });
    const ownJob = kind.effect === 'submits' && task.isWaiting ? progress.jobId : null;
    const state = ownJob === null ? null : await awaitStatementJob(session, ownJob, submission);
    return outcome(null, state);
  } catch (error) {
    if (error instanceof InterruptedError) throw interrupted(session, submission, progress, error);
    const failure = await failureOrNull(session, statement, error);
    if (failure === null) throw error;
    return outcome(withoutSecrets(failure, masked), null);
  } finally {
    cluster.status.clear();
  }
}

/** As it is before it runs, and when it never does. */
export function emptyOutcome(statement: PlacedStatement, index: number): StatementOutcome {
  const { file, line, column, text } = statement;
  return {
    index,
    file,
    line,
    column,
    kind: statementKind(text).name,
    statement: firstLineOf(text),
    state: 'SKIPPED',
    jobId: null,
    jobState: null,
    columns: [],
    rows: [],
    isQuery: false,
    isWatched: false,
    hasContent: false,
    changeCount: 0,
    isTruncated: false,
    durationMs: 0,
    failure: null,
  };
}

interface Run {
  readonly task: StatementTask;
  readonly submission: Submission;
  readonly progress: Progress;
}

async function submitAndRead(session: SqlSession, run: Run): Promise<void> {
  const { gateway, handle, interruption, cluster } = session;
  const { task, submission, progress } = run;
  const submitted = await submitStatement(session, submission);
  if (submitted.kind === 'job') {
    progress.jobId = submitted.jobId;
    return;
  }
  const place = { session: handle, operation: submitted.operation };
  const trouble = new JobTrouble(cluster);
  const topic = progressText(task.statement, task.index, task.count);
  try {
    const pages = readResults(gateway, place, {
      race: (work) => interruption.race(work),
      isEndless: task.onChanges !== null,
      onIdle: (idleMs) => {
        if (idleMs >= SHOWN_FROM_MS) cluster.status.show(topic, formatDuration(idleMs));
        if (progress.page?.isQuery === true) trouble.lookWhenIdle(progress.jobId, idleMs);
      },
    });
    for await (const page of pages) {
      if (page.kind === 'time-over') throw timeOver(session, run);
      if (!(await takePage(session, run, page))) break;
    }
  } finally {
    gateway.transport.restartTotal();
    const closing = gateway
      .close(place, { budgetMs: CLOSE_MS, isTriedOnce: true })
      .catch(ignoreClosing);
    // The job of a query ends with its operation; all else is over.
    if (progress.page?.isQuery !== false) await interruption.cleanUp(closing);
  }
}

/** False: enough. */
async function takePage(session: SqlSession, run: Run, page: RowsPage): Promise<boolean> {
  const { task, progress } = run;
  if (page.isPlainText && progress.page?.isPlainText !== true) {
    session.cluster.status.note(
      `${placeText(task.statement)}: the values are shown as text: Flink has no JSON for maps whose keys are no strings`,
    );
  }
  progress.page = page;
  progress.jobId = page.jobId ?? progress.jobId;
  const rowsMax = page.isQuery ? task.rowsMax : ANSWER_ROWS_MAX;
  const room = rowsMax - progress.changeCount;
  const rows = page.rows.slice(0, wholeUpdates(page.rows, room, progress.lastOp));
  progress.changeCount += rows.length;
  progress.lastOp = rows.at(-1)?.op ?? progress.lastOp;
  if (!page.isQuery || task.onChanges === null) {
    for (const row of rows) progress.changes.push(row);
  } else {
    session.cluster.status.clear();
    const isRead = await session.interruption.race(task.onChanges(page.columns, rows));
    if (!isRead) return false;
  }
  // The one row of it says OK.
  if (!page.isQuery && !page.hasContent && page.rows.length > 0) return false;
  if (progress.changeCount < rowsMax || progress.lastOp === '-U') return true;
  progress.isTruncated = page.nextToken !== null;
  return false;
}

/** How many changes to take: a row that is taken away by an update comes back with the next one. */
function wholeUpdates(rows: readonly SqlRow[], room: number, opBefore: RowOp | null): number {
  let count = Math.min(rows.length, Math.max(0, room));
  while (count < rows.length && (rows[count - 1]?.op ?? opBefore) === '-U') count++;
  return count;
}

/** Nobody can say any more, when the statement was on its way to have an effect. */
function timeOver(session: SqlSession, { submission, progress }: Run): DreyError {
  const { effect } = submission.kind;
  if (effect !== 'harmless' && !submission.statement.isInSet) {
    const cause = new Error('it was not over when the time was');
    return unknownOutcome(session, submission, cause);
  }
  const rows = progress.page?.isQuery === true ? ` after ${progress.changeCount} rows` : '';
  const reason = `it was not over when the time of --timeout was, and was cancelled${rows}`;
  return new OperationFailedError('DREY_STATEMENT_FAILED', reason, {
    details: { exception: null, reasons: [reason] },
  });
}

/** Null: the error is not about the statement. */
async function failureOrNull(
  { gateway, handle, interruption }: SqlSession,
  statement: PlacedStatement,
  error: unknown,
): Promise<StatementFailure | null> {
  if (error instanceof OperationFailedError) {
    const located = locateFailure(statement, error.details);
    if (error.code !== 'DREY_JOB_FAILED') return located;
    return { ...located, message: error.message, advice: error.hint ?? null };
  }
  if (!(error instanceof RefusedError) || error.code === 'DREY_FLINK_UNAUTHORIZED') return null;
  // The gateway was restarted, or has dropped the session: that is no fault of the statement.
  if (!(await interruption.race(isSessionKnown(gateway, handle)))) {
    throw lostSession(gateway, handle);
  }
  return locateFailure(statement, error.details);
}

function withoutSecrets(failure: StatementFailure, masked: MaskedStatement): StatementFailure {
  return {
    ...failure,
    message: concealed(failure.message, masked),
    reasons: failure.reasons.map((reason) => concealed(reason, masked)),
  };
}

function interrupted(
  { interruption, cluster }: SqlSession,
  { kind, label, statement, jobId }: Submission,
  { jobId: knownJobId, page }: Progress,
  error: InterruptedError,
): InterruptedError {
  // Of the waiting for a job, which has said all there is.
  if (error.hint !== undefined) return error;
  const { file, line, column } = statement;
  const isQuery = page?.isQuery === true;
  const state = isQuery ? 'its job is cancelled' : 'it may still have its effect';
  const message =
    kind.effect === 'harmless' && !isQuery
      ? `stopped at ${label}`
      : `stopped at ${label}; ${state}`;
  return new InterruptedError(interruption.signal ?? 'SIGINT', message, {
    ...(jobId === null
      ? {}
      : { hint: `Look for its job with: ${commandLine(cluster, 'job', 'show', jobId)}` }),
    details: { file, line, column, jobId: knownJobId ?? jobId },
  });
}

/** What is told of a statement while it runs. */
export function progressText(statement: PlacedStatement, index: number, count: number): string {
  const position = count === 1 ? '' : `[${index}/${count}] `;
  return `${position}${placeText(statement)}  ${firstLineOf(statement.text)}`;
}

/** Of a statement, without secrets. */
export function firstLineOf(text: string): string {
  return firstLine(maskSecrets(text));
}

function labelOf({ statement, index, count }: StatementTask, masked: MaskedStatement): string {
  const position = count === 1 ? '' : `statement ${index} of ${count} at `;
  return `${position}${placeText(statement)}: ${firstLine(masked)}`;
}

const FIRST_LINE_MAX = 100;

function firstLine({ text }: MaskedStatement): string {
  const line = (/^[^\n\r]*/.exec(text)?.[0] ?? '').trimEnd();
  return line.length > FIRST_LINE_MAX ? `${line.slice(0, FIRST_LINE_MAX)}...` : line;
}

function ignoreClosing(error: unknown): void {
  // The session takes its operations along when it is closed.
  if (!(error instanceof DreyError)) throw error;
}
