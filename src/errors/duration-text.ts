/** How messages write a duration: as Flink does, so that it can be copied into a pipeline file. */

/** `1min`, `90s`, `1500ms`; the largest unit of which it is a whole number. */
export function durationText(durationMs: number): string {
  const lengthMs = Math.abs(durationMs);
  const unit = UNITS.find(([, unitMs]) => lengthMs >= unitMs && lengthMs % unitMs === 0);
  return unit === undefined ? `${durationMs}ms` : `${durationMs / unit[1]}${unit[0]}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;
