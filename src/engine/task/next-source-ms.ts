/** When one of several sources has something to say that no row brings: idleness, or a watermark. */
import type { Clock } from '../../platform/clock.ts';
import type { SourceTask } from './source-task.ts';

/** Wall clock, epoch milliseconds; Infinity: nothing is due. */
export function nextSourceMs(
  sources: readonly Pick<SourceTask, 'idleAtMs' | 'watermarkDueAtMs'>[],
  clock: Clock,
): number {
  let nextMs = Infinity;
  for (const source of sources) {
    // Idleness is measured on the monotonic clock.
    const idleAtMs = source.idleAtMs() ?? Infinity;
    nextMs = Math.min(nextMs, clock.nowMs() + idleAtMs - clock.monotonicMs());
    nextMs = Math.min(nextMs, source.watermarkDueAtMs);
  }
  return nextMs;
}
