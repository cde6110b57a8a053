/** An error that ended a script, with what had been done by then in its details. */
import {
  InterruptedError,
  OperationFailedError,
  OutcomeUnknownError,
  RefusedError,
  StillRunningError,
  UnreachableError,
  type DreyError,
  type DreyErrorOptions,
} from '../../errors/drey-error.ts';
import type { StatementResult } from './statement-outcome.ts';

/** Errors of other kinds come back as they are. */
export function withStatements(error: unknown, statements: readonly StatementResult[]): unknown {
  if (error instanceof InterruptedError) {
    const signal = error.code === 'DREY_INTERRUPTED' ? 'SIGINT' : 'SIGTERM';
    return new InterruptedError(signal, error.message, optionsOf(error, statements));
  }
  if (error instanceof OutcomeUnknownError) {
    return new OutcomeUnknownError(error.code, error.message, optionsOf(error, statements));
  }
  if (error instanceof StillRunningError) {
    return new StillRunningError(error.code, error.message, optionsOf(error, statements));
  }
  if (error instanceof UnreachableError) {
    return new UnreachableError(error.code, error.message, optionsOf(error, statements));
  }
  if (error instanceof RefusedError) {
    return new RefusedError(error.code, error.message, optionsOf(error, statements));
  }
  if (error instanceof OperationFailedError) {
    return new OperationFailedError(error.code, error.message, optionsOf(error, statements));
  }
  return error;
}

function optionsOf(error: DreyError, statements: readonly StatementResult[]): DreyErrorOptions {
  return {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retry: error.retry,
    details: { ...error.details, statements },
    cause: error,
  };
}
