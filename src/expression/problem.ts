/**
 * What is wrong with an expression or a type, and where. Reading and checking never throw at the
 * user: they answer with a value or with problems. Offsets are UTF-16 code units into the text.
 */
import type { ErrorCode } from '../errors/codes.ts';

export interface TextRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface ExpressionProblem extends TextRange {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** How lexer, parser and type reader stop at their first problem; never leaves this folder. */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
  readonly problem: ExpressionProblem;

  constructor(problem: ExpressionProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Runs a reader and turns its SyntaxFailure into a problem. */
export function outcomeOf<T>(read: () => T): Outcome<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof SyntaxFailure) return { ok: false, problems: [error.problem] };
    throw error;
  }
}

/** Fails with a plain syntax error at a place. */
export function failSyntax(range: TextRange, message: string, hint?: string): never {
  throw new SyntaxFailure({
    code: 'DREY_EXPRESSION_SYNTAX',
    message,
    start: range.start,
    end: range.end,
    ...(hint === undefined ? {} : { hint }),
  });
}
