/** A limit for what the outside world may never answer. */
import type { Timers } from '../../platform/timers.ts';

/** Resolves to false when `work` is still under way after so long; it then goes on unheard. */
export async function isDoneWithin(
  work: Promise<unknown>,
  limitMs: number,
  timers: Timers,
): Promise<boolean> {
  let stop: () => void = () => undefined;
  const late = new Promise<false>((resolve) => {
    const timer = timers.after(limitMs, () => {
      resolve(false);
    });
    stop = () => {
      timer.cancel();
    };
  });
  const done = work.then(() => true as const);
  try {
    return await Promise.race([done, late]);
  } finally {
    stop();
  }
}
