/** The machine's clocks. */
import type { Clock } from '../clock.ts';

export const realClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
