/**
 * Which failures a restart may cure. What is wrong in a file of the user, in a snapshot or in drey
 * is as wrong after a restart; what the outside world did may pass.
 */
import { BugError, DreyError, LockedError } from '../../errors/drey-error.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import { exitCodes, type ExitCode } from '../../errors/exit-codes.ts';

/**
 * By exit status, since each class of errors has its own. As Flink, failures of user code are
 * restartable; unlike Flink, unreadable records are not: the same record would be read again.
 */
const restartableExits: ReadonlySet<ExitCode> = new Set([
  exitCodes.unreachable,
  exitCodes.refused,
  exitCodes.operationFailed,
  exitCodes.stillRunning,
  exitCodes.engine,
  exitCodes.outcomeUnknown,
]);

/**
 * What only a user can settle: an outcome that stays unknown, and a login, type or permission that
 * does not fit.
 */
const finalCodes: ReadonlySet<ErrorCode> = new Set([
  'DREY_KAFKA_SINK_OUTCOME_UNKNOWN',
  'DREY_REDIS_REFUSED',
]);

export function isRestartable(failure: unknown): boolean {
  // Anything else that is thrown is a bug.
  if (!(failure instanceof DreyError)) return false;
  if (finalCodes.has(failure.code)) return false;
  return failure.retry !== 'never' || restartableExits.has(failure.exitCode);
}

/**
 * What is more than a checkpoint that failed, wherever it comes up: another run has taken over, or
 * drey is wrong. Nothing may be written after it.
 */
export function endsJob(failure: unknown): boolean {
  if (failure instanceof LockedError || failure instanceof BugError) return true;
  return !(failure instanceof DreyError);
}
