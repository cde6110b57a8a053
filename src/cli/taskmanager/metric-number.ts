/** One metric of several as a number. */
import type { Metric } from '../../flink/model/metric.ts';

/** Null for a metric that is missing, or is no number yet. */
export function metricNumber(metrics: readonly Metric[], name: string): number | null {
  const text = metrics.find(({ id }) => id === name)?.value ?? '';
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
