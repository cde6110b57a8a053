/** The machine's clocks. */
import type { Clock } from '../clock.ts';

export const realClock: Clock = {
  nowMs: () => Date.now(),
  zoneOffsetMs: (epochMs) => -new Date(epochMs).getTimezoneOffset() * 60_000,
  monotonicMs: () => performance.now(),
};
