/** The error of a script in which statements failed: which, where, why, and what was not run. */
import { OperationFailedError } from '../../errors/drey-error.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { placeText, statementResult, type StatementOutcome } from './statement-outcome.ts';

/** More would hide the first one. */
const LISTED_MAX = 10;

export interface FailedScript {
  readonly first: StatementOutcome;
  /** With the first one. */
  readonly failed: readonly StatementOutcome[];
  /** With those that were not run. */
  readonly all: readonly StatementOutcome[];
}

export function statementsFailed(
  cluster: ClusterSession,
  { first, failed, all }: FailedScript,
): OperationFailedError {
  const notRun = all.filter(({ state }) => state === 'SKIPPED').length;
  const lines = failed.slice(0, LISTED_MAX).map((outcome) => failureText(outcome, all.length));
  const more = failed.length > LISTED_MAX ? [`and ${failed.length - LISTED_MAX} more`] : [];
  const rest = notRun === 0 ? [] : [`${notRun} of ${all.length} statements were not run`];
  const { file, line, column, index, statement, kind, jobId, failure } = first;
  const whole =
    jobId === null ? null : `See why with: ${commandLine(cluster, 'job', 'exceptions', jobId)}`;
  const hint = failure?.advice ?? whole;
  return new OperationFailedError(
    'DREY_STATEMENT_FAILED',
    [...lines, ...more, ...rest].join('\n'),
    {
      ...(hint === null ? {} : { hint }),
      details: {
        file,
        line,
        column,
        index,
        kind,
        statement,
        exception: failure?.exception ?? null,
        reasons: failure?.reasons ?? [],
        statements: all.map(statementResult),
      },
    },
  );
}

/** `flow.sql:3:1: statement 2 of 9 failed: Object 'x' not found (at flow.sql:4:7)`, and its line. */
function failureText(outcome: StatementOutcome, count: number): string {
  const { failure, file, index, statement } = outcome;
  const which = count === 1 ? 'the statement' : `statement ${index} of ${count}`;
  const place = failure?.place ?? null;
  const at = place === null ? '' : ` (at ${file}:${place.line}:${place.column})`;
  return `${placeText(outcome)}: ${which} failed: ${failure?.message ?? ''}${at}\n  ${statement}`;
}
