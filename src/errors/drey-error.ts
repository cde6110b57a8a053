/**
 * The one family of errors that drey throws on purpose. Each class fixes the exit status; each
 * instance carries a registered code, what happened with the values, and what to do next.
 * Invariant: anything else that reaches the top is a bug and ends with exit status 1.
 */
import type { ErrorCode } from './codes.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { Finding } from './finding.ts';

/** May the caller try again: never, after a pause, or the very same request at once. */
export type Retry = 'never' | 'later' | 'same';

export interface DreyErrorOptions {
  /** What to do next, a full sentence. */
  readonly hint?: string;
  readonly retry?: Retry;
  /** JSON-safe evidence, shown under --json. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export abstract class DreyError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retry: Retry;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: DreyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.retry = options.retry ?? 'never';
    this.details = options.details ?? {};
  }
}

/** drey itself is wrong. */
export class BugError extends DreyError {
  override readonly exitCode = exitCodes.bug;
}

/** Flags or arguments do not fit. */
export class UsageError extends DreyError {
  override readonly exitCode = exitCodes.usage;
}

/** A pipeline, configuration or data file is wrong; `findings` holds all that was found. */
export class InputError extends DreyError {
  override readonly exitCode = exitCodes.input;
  readonly findings: readonly Finding[];

  constructor(
    code: ErrorCode,
    message: string,
    options: DreyErrorOptions & { readonly findings?: readonly Finding[] } = {},
  ) {
    super(code, message, options);
    this.findings = options.findings ?? [];
  }
}

/** No answer within the budget. */
export class UnreachableError extends DreyError {
  override readonly exitCode = exitCodes.unreachable;
}

/** The other side answered no, or what was asked for is not there. */
export class RefusedError extends DreyError {
  override readonly exitCode = exitCodes.refused;
}

/** It was accepted and failed later: a savepoint, a job, a statement. */
export class OperationFailedError extends DreyError {
  override readonly exitCode = exitCodes.operationFailed;
}

/** The waiting ended before the operation did; `details` and `hint` say how to go on waiting. */
export class StillRunningError extends DreyError {
  override readonly exitCode = exitCodes.stillRunning;
}

/** A check found something at or above the level asked for, or a pipeline test failed. */
export class FindingsError extends DreyError {
  override readonly exitCode = exitCodes.findings;
}

/** The embedded job gave up. */
export class EngineError extends DreyError {
  override readonly exitCode = exitCodes.engine;
}

/** A request may or may not have had its effect, and nothing at hand proves either. */
export class OutcomeUnknownError extends DreyError {
  override readonly exitCode = exitCodes.outcomeUnknown;
}

/** Another drey holds the lock, or this one was fenced. */
export class LockedError extends DreyError {
  override readonly exitCode = exitCodes.locked;
}

/** A savepoint or state file is incomplete or corrupt. */
export class VerificationError extends DreyError {
  override readonly exitCode = exitCodes.verification;
}

/** A run ended by SIGINT (130) or SIGTERM (143) after an orderly stop. */
export class InterruptedError extends DreyError {
  override readonly exitCode: ExitCode;

  constructor(signal: 'SIGINT' | 'SIGTERM', message: string, options: DreyErrorOptions = {}) {
    super(signal === 'SIGINT' ? 'DREY_INTERRUPTED' : 'DREY_TERMINATED', message, options);
    this.exitCode = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
  }
}
