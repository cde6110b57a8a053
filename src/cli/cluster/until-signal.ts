/** Work that a signal ends early: what has been sent to the cluster goes on there. */
import type { InterruptedError } from '../../errors/drey-error.ts';
import type { StopSignal } from '../../platform/signals.ts';
import type { ClusterSession } from './cluster-session.ts';

/** Rejects with what `interrupted` makes of the first signal; nobody listens to the work then. */
export async function untilSignal<T>(
  { platform }: ClusterSession,
  work: Promise<T>,
  interrupted: (signal: StopSignal) => InterruptedError,
): Promise<T> {
  let unsubscribe = (): void => undefined;
  const signalled = new Promise<never>((_resolve, reject) => {
    unsubscribe = platform.signals.subscribe((signal) => reject(interrupted(signal)));
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, signalled]);
  } finally {
    unsubscribe();
  }
}
