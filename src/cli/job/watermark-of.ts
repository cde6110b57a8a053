/** Watermarks as the cluster sends them: the least number of 64 bits stands for none. */
import type { Metric } from '../../flink/model/metric.ts';

/** Beyond that it is no time: the least number before the first watermark, the greatest at the end. */
const NO_TIME = 9.2e18;

/** Epoch milliseconds; null when there is none yet, or none any more. */
export function watermarkOf({ value }: Metric): number | null {
  const atMs = value === null ? Number.NaN : Number(value);
  return Number.isFinite(atMs) && Math.abs(atMs) < NO_TIME ? atMs : null;
}

/** The least one holds up the event time of all; null when one has none. */
export function leastWatermark(watermarks: readonly Metric[]): number | null {
  const known = watermarks.map(watermarkOf).filter((atMs) => atMs !== null);
  return known.length === 0 || known.length < watermarks.length ? null : Math.min(...known);
}
