/** A limit for what the outside world may never answer. */
import type { Timers } from '../../platform/timers.ts';

/**
 * Resolves to false when `work` is still under way after so long; it then goes on unheard. Rejects
 * with what `work` rejects with before.
 */
export function isDoneWithin(
  work: Promise<unknown>,
  limitMs: number,
  timers: Timers,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = timers.after(limitMs, () => {
      resolve(false);
    });
    work.then(
      () => {
        timer.cancel();
        resolve(true);
      },
      (failure: Error) => {
        timer.cancel();
        reject(failure);
      },
    );
  });
}
