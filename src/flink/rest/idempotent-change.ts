/**
 * Sends a request that carries an identifier of its own, so that it has its effect once although
 * its answer may be lost. After an error that proves nothing, the cluster is asked for the
 * identifier: found means done, absent means send the same again, and what cannot be told is said
 * to be unknown instead of tried again.
 */
import { OutcomeUnknownError, type DreyErrorOptions } from '../../errors/drey-error.ts';
import { isFailureInside, isIndefinite } from './retry.ts';
import type { Transport } from './transport.ts';

export type Trace<T> =
  | { readonly kind: 'found'; readonly value: T }
  /** Proved: the request had no effect. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly because: string };

export interface IdempotentChange<T> {
  /** For messages: `the savepoint of job x`. */
  readonly what: string;
  readonly send: () => Promise<T>;
  /** Looks for the identifier; called after a pause. */
  readonly find: () => Promise<Trace<T>>;
  /** Hint and details of the error when the outcome stays unknown. */
  readonly unknown: DreyErrorOptions;
}

/** A JobManager answers from a cache of up to 3 s (web.refresh-interval). */
const SETTLE_MS = 3500;
/** To look for the identifier when the pause is over. */
const LOOK_MS = 500;
const SENDS_MAX = 3;

export async function changeOnce<T>(transport: Transport, change: IdempotentChange<T>): Promise<T> {
  let lost: unknown = null;
  for (let sends = 0; sends < SENDS_MAX; sends++) {
    try {
      return await change.send();
    } catch (error) {
      if (!isIndefinite(error)) {
        // A refusal of the second try says nothing about the first: that one may be the reason.
        if (lost === null && !isFailureInside(error)) throw error;
        return settled(change, await traceOf(change), error);
      }
      lost = error;
    }
    const isPauseAffordable = transport.remainingMs() > SETTLE_MS + LOOK_MS;
    if (isPauseAffordable) await transport.pause(SETTLE_MS);
    const trace = await traceOf(change);
    if (trace.kind === 'found') return trace.value;
    if (trace.kind === 'unknown') throw unknown(change, trace.because, lost);
    if (!isPauseAffordable) {
      throw unknown(change, 'the time was over before it could be found out', lost);
    }
  }
  throw unknown(change, `${SENDS_MAX} answers were lost`, lost);
}

function settled<T>(change: IdempotentChange<T>, trace: Trace<T>, error: unknown): T {
  if (trace.kind === 'found') return trace.value;
  if (trace.kind === 'absent') throw error;
  throw unknown(change, trace.because, error);
}

async function traceOf<T>(change: IdempotentChange<T>): Promise<Trace<T>> {
  try {
    return await change.find();
  } catch (error) {
    return { kind: 'unknown', because: error instanceof Error ? error.message : String(error) };
  }
}

function unknown<T>(
  { what, unknown: options }: IdempotentChange<T>,
  because: string,
  cause: unknown,
): OutcomeUnknownError {
  const message = `it is not known whether the cluster took the request for ${what}: ${because}`;
  return new OutcomeUnknownError('DREY_OUTCOME_UNKNOWN', message, { ...options, cause });
}
