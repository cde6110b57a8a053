/**
 * Any thrown value -> what is shown of it: code, sentence, next step, exit status. The one table
 * between errors and exit statuses is the classes of errors/drey-error.ts; whatever is not one of
 * them is a bug of drey. Pure; how it is printed is decided by report-failure.ts.
 */
import { Errors } from '@oclif/core';
import { errorCodes, type ErrorCode } from '../errors/codes.ts';
import { DreyError, InputError } from '../errors/drey-error.ts';
import { exitCodes } from '../errors/exit-codes.ts';
import type { Finding } from '../errors/finding.ts';
import { withoutSecrets, withoutSecretsIn } from '../output/hide-secrets.ts';
import { usageErrorOf } from './usage-error.ts';

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
  /** JSON-safe evidence. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  /** Of the error and its causes; shown under --debug only. */
  readonly stack: string;
}

/**
 * Null: the command has said all and only asks for an exit status. What has the form of a secret
 * is hidden in all of it.
 */
export function describeFailure(error: unknown): Failure | null {
  const failure = fullFailure(error);
  if (failure === null) return null;
  return {
    ...failure,
    message: withoutSecrets(failure.message),
    hint: withoutSecrets(failure.hint),
    details: withoutSecretsIn(failure.details) as Failure['details'],
    stack: withoutSecrets(failure.stack),
  };
}

function fullFailure(error: unknown): Failure | null {
  if (error instanceof Errors.ExitError) return null;
  if (error instanceof DreyError) return describeDreyError(error);
  // Those of the parser come translated by the command; what is left is about help and hooks.
  const usage = usageErrorOf(error, { verb: 'drey', flagNames: [] });
  if (usage !== null) return describeDreyError(usage);
  return {
    code: 'DREY_BUG',
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    hint: errorCodes.DREY_BUG.next,
    exit: exitCodes.bug,
    details: {},
    findings: [],
    stack: stackOf(error),
  };
}

/** The exit status a command asked for without an error; 0 for errors that are described. */
export function silentExitOf(error: unknown): number {
  return error instanceof Errors.ExitError ? (error.oclif.exit ?? 0) : 0;
}

function describeDreyError(error: DreyError): Failure {
  const findings = error instanceof InputError ? error.findings : [];
  return {
    code: error.code,
    message: error.message,
    hint: error.hint ?? errorCodes[error.code].next,
    exit: error.exitCode,
    details: findings.length === 0 ? error.details : { ...error.details, findings },
    findings,
    stack: stackOf(error),
  };
}

function stackOf(error: unknown): string {
  const parts: string[] = [];
  let current = error;
  // A cycle of causes is possible in theory, more than ten levels are not.
  for (let depth = 0; depth < 10 && current instanceof Error; depth++) {
    parts.push(current.stack ?? current.message);
    current = current.cause;
  }
  return parts.join('\ncaused by: ');
}
