/**
 * When a request is sent again. Reading may be repeated freely; a request that changes something
 * is repeated by itself only when it cannot have arrived. Waits grow, are jittered, and end with
 * the budget.
 */
import { DreyError } from '../../errors/drey-error.ts';
import type { UnreachableReason } from '../../platform/http.ts';

/** First wait; each next one is twice as long, up to the longest. */
const WAIT_FIRST_MS = 500;
const WAIT_LONGEST_MS = 15_000;
/** Of all tries of one request together. */
export const RETRY_BUDGET_MS = 60_000;
/** An inner error of the server may pass, but seldom does. */
const SERVER_ERROR_TRIES_MAX = 3;

/** What came instead of a good answer, as far as repeating goes. */
export interface Attempt {
  readonly error: unknown;
  /** Tries so far, with this one. */
  readonly tries: number;
  /** Time that is left for the request as a whole. */
  readonly remainingMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/** How long to wait before the next try; null: give up and report the error. */
export function waitBeforeRetry(
  attempt: Attempt,
  mayRepeat: (error: unknown) => boolean,
): number | null {
  const { error, tries, random } = attempt;
  if (!mayRepeat(error)) return null;
  if (statusOf(error) === 500 && tries >= SERVER_ERROR_TRIES_MAX) return null;
  const longest = Math.min(WAIT_FIRST_MS * 2 ** (tries - 1), WAIT_LONGEST_MS);
  // Between half and the whole of it, so that many clients do not come back together.
  const waitMs = Math.max(longest * (0.5 + random / 2), retryAfterMsOf(error) ?? 0);
  return waitMs < attempt.remainingMs ? waitMs : null;
}

/** A request that only reads: whatever may pass by itself. */
export function mayRepeatRead(error: unknown): boolean {
  if (!(error instanceof DreyError) || error.retry === 'never') return false;
  const reason = reasonOf(error);
  return reason !== 'unknown-host' && reason !== 'too-large' && reason !== 'not-http';
}

/** A request that changes something: only when it cannot have reached the cluster. */
export function mayRepeatChange(error: unknown): boolean {
  if (!(error instanceof DreyError) || error.retry === 'never') return false;
  const reason = reasonOf(error);
  if (reason === 'refused' || reason === 'connect-timeout' || reason === 'proxy') return true;
  return error.details['isSentBack'] === true;
}

/** After this error nobody can say whether the request had its effect. */
export function isIndefinite(error: unknown): boolean {
  const reason = reasonOf(error);
  if (reason !== null) return !NOT_SENT.has(reason);
  if (!(error instanceof DreyError)) return false;
  // A proxy that lost the answer, or what stands for a JobManager that is about to end.
  if (error.code === 'DREY_FLINK_UNAVAILABLE') return error.details['isSentBack'] !== true;
  // Whoever says 4xx has not done it; all else that cannot be read may stand for a success.
  return error.code === 'DREY_FLINK_ANSWER' && (statusOf(error) ?? 0) < 400;
}

/** Flink failed while it worked on the request: perhaps before, perhaps after the effect. */
export function isFailureInside(error: unknown): boolean {
  return error instanceof DreyError && error.code === 'DREY_FLINK_FAILED';
}

const NOT_SENT: ReadonlySet<UnreachableReason> = new Set([
  'invalid-url',
  'unknown-host',
  'refused',
  'connect-timeout',
  'tls',
  'proxy',
  'no-time-left',
]);

/** Why there was no answer; null when there was one. */
export function reasonOf(error: unknown): UnreachableReason | null {
  if (!(error instanceof DreyError) || error.code !== 'DREY_UNREACHABLE') return null;
  return error.details['reason'] as UnreachableReason;
}

/** Status of the answer that became this error; null when there was none. */
export function statusOf(error: unknown): number | null {
  const status = error instanceof DreyError ? error.details['status'] : undefined;
  return typeof status === 'number' ? status : null;
}

function retryAfterMsOf(error: unknown): number | null {
  const waitMs = error instanceof DreyError ? error.details['retryAfterMs'] : undefined;
  return typeof waitMs === 'number' ? waitMs : null;
}
