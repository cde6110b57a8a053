/** Durations in the sentences of findings: short, for people. */

const UNITS = [
  { ms: 86_400_000, unit: 'd' },
  { ms: 3_600_000, unit: 'h' },
  { ms: 60_000, unit: 'min' },
  { ms: 1000, unit: 's' },
] as const;

/** `45 s`, `3 min`, `2 h`: one unit, rounded down, at least two of it where there is a smaller one. */
export function formatDuration(durationMs: number): string {
  const fitting = UNITS.find(({ ms }) => durationMs >= 2 * ms) ?? { ms: 1, unit: 'ms' };
  return `${Math.floor(durationMs / fitting.ms)} ${fitting.unit}`;
}
