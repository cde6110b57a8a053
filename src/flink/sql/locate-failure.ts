/**
 * What a failed statement says, in one sentence, and where in the script it is: Flink counts lines
 * and columns from the statement's start, which is the text that it got.
 */
import type { SqlStatement } from './split-statements.ts';

export interface StatementFailure {
  /** Class of the deepest cause, without its package; null when it is not known. */
  readonly exception: string | null;
  readonly message: string;
  /** All messages from the outside in. */
  readonly reasons: readonly string[];
  /** Where the parser or the validator points; null when it does not. */
  readonly place: { readonly line: number; readonly column: number } | null;
  /** What to do next, a full sentence; null when nobody knows better than the message. */
  readonly advice: string | null;
}

/** `details` of the error that the gateway's answer became. */
export function locateFailure(
  statement: Pick<SqlStatement, 'line' | 'column'>,
  details: Readonly<Record<string, unknown>>,
): StatementFailure {
  const exception = typeof details['exception'] === 'string' ? details['exception'] : null;
  const reasons = Array.isArray(details['reasons'])
    ? details['reasons'].map((reason) => withoutAdvice(String(reason)))
    : [];
  return {
    exception,
    message: messageOf(reasons, exception),
    reasons,
    place: placeOf(statement, reasons),
    advice: null,
  };
}

/** Says that a statement failed, and not why. */
const WRAPPER = /^Failed to (?:execute the operation|fetchResults|execute statement)\b/;
/** The parser lists a hundred words that might have stood there. */
const ADVICE = /\s*Was expecting(?: one of)?:[\s\S]*$/;
const POSITION = /\bline (\d{1,9}), column (\d{1,9})\b/;

function withoutAdvice(reason: string): string {
  return reason.replace(ADVICE, '');
}

function messageOf(reasons: readonly string[], exception: string | null): string {
  const deepest = reasons.at(-1) ?? '';
  if (deepest !== '' && !WRAPPER.test(deepest)) return deepest;
  return exception ?? (deepest === '' ? 'no reason was given' : deepest);
}

function placeOf(
  { line, column }: Pick<SqlStatement, 'line' | 'column'>,
  reasons: readonly string[],
): StatementFailure['place'] {
  for (const reason of reasons.toReversed()) {
    const match = POSITION.exec(reason);
    if (match === null) continue;
    const lines = Number(match[1]);
    const columns = Number(match[2]);
    // What ends too soon is reported at line 0.
    if (lines === 0) return null;
    return lines === 1
      ? { line, column: column + columns - 1 }
      : { line: line + lines - 1, column: columns };
  }
  return null;
}
