/**
 * Waits for something that goes on in the cluster, with progress, a limit and Ctrl-C. However the
 * waiting ends before it does, the user gets the command that goes on with it.
 */
import {
  InterruptedError,
  RefusedError,
  StillRunningError,
  UnreachableError,
} from '../../errors/drey-error.ts';
import { poll, type Look } from '../../flink/rest/poll.ts';
import { formatDuration } from '../../output/humanise.ts';
import type { StopSignal } from '../../platform/signals.ts';
import type { ClusterSession } from './cluster-session.ts';

export interface Wait<T> {
  /** What is waited for: `the savepoint of job x`. */
  readonly what: string;
  /** Said at the limit, before `after 10 s`; else that `what` is not over. */
  readonly notYet?: string;
  /** The command that goes on waiting. */
  readonly resume: string;
  /** Identifiers that the resuming needs, for the error's details. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Null: not yet. */
  readonly look: Look<T>;
  /** In place of --timeout's absence. */
  readonly defaultTimeoutMs: number;
}

/** Throws a StillRunningError at the limit and an InterruptedError at a signal. */
export async function waitFor<T>(session: ClusterSession, wait: Wait<T>): Promise<T> {
  const timeoutMs = session.timeoutMs ?? wait.defaultTimeoutMs;
  const { platform, status, client } = session;
  let unsubscribe = (): void => undefined;
  const signalled = new Promise<StopSignal>((resolve) => {
    unsubscribe = platform.signals.subscribe(resolve);
  });
  const polled = poll(client.transport, wait.look, {
    timeoutMs,
    onWait: (elapsedMs) => status.show(`waiting for ${wait.what}`, formatDuration(elapsedMs)),
  });
  // After a signal nobody listens to it any more.
  polled.catch(() => undefined);
  try {
    const outcome = await Promise.race([polled, signalled]);
    if (typeof outcome === 'string') throw interrupted(outcome, wait);
    if (outcome.kind === 'over') return outcome.value;
    throw new StillRunningError(
      'DREY_STILL_RUNNING',
      `${wait.notYet ?? `${wait.what} is not over`} after ${formatDuration(timeoutMs)}; it goes on in the cluster`,
      { hint: `Go on waiting with: ${wait.resume}`, details: { ...wait.details, timeoutMs } },
    );
  } catch (error) {
    throw resumable(error, wait);
  } finally {
    unsubscribe();
    status.clear();
  }
}

/** What is waited for goes on although nobody could be asked about it. */
function resumable<T>(error: unknown, { what, resume, details }: Wait<T>): unknown {
  const isLook = error instanceof UnreachableError || error instanceof RefusedError;
  if (!isLook) return error;
  const options = {
    hint: `It is not known what became of ${what}. Go on waiting with: ${resume}`,
    retry: error.retry,
    details: { ...error.details, ...details },
    cause: error,
  };
  return error instanceof UnreachableError
    ? new UnreachableError(error.code, error.message, options)
    : new RefusedError(error.code, error.message, options);
}

function interrupted<T>(signal: StopSignal, wait: Wait<T>): InterruptedError {
  return new InterruptedError(
    signal,
    `stopped waiting for ${wait.what}; it goes on in the cluster`,
    {
      hint: `Go on waiting with: ${wait.resume}`,
      details: wait.details,
    },
  );
}
