/**
 * Minimum, maximum, mean and quantiles of a measure, as Flink's StatsSummary: the first three over
 * all values, quantiles over the last 10,000.
 */

export interface MeasureSummary {
  readonly min: number;
  readonly max: number;
  /** A whole number, as in Flink. */
  readonly avg: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
}

/** Source: Flink, CompletedCheckpointStatsSummary.HISTOGRAM_WINDOW_SIZE. */
const WINDOW_VALUES_MAX = 10_000;

export class Measure {
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  readonly #window: number[] = [];

  add(value: number): void {
    this.#window[this.#count % WINDOW_VALUES_MAX] = value;
    this.#count++;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** Null without values. */
  summary(): MeasureSummary | null {
    if (this.#count === 0) return null;
    const sorted = Float64Array.from(this.#window).sort();
    return {
      min: this.#min,
      max: this.#max,
      avg: Math.floor(this.#sum / this.#count),
      p50: quantile(sorted, 0.5),
      p90: quantile(sorted, 0.9),
      p95: quantile(sorted, 0.95),
      p99: quantile(sorted, 0.99),
      p999: quantile(sorted, 0.999),
    };
  }
}

/** Of some values at once: of the subtasks of a vertex. */
export function summarize(values: Iterable<number>): MeasureSummary | null {
  const measure = new Measure();
  for (const value of values) measure.add(value);
  return measure.summary();
}

/** As Flink, whose Percentile is that of Apache Commons Math: position p * (n + 1), interpolated. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length + 1);
  const below = Math.floor(position);
  if (below < 1) return sorted[0]!;
  if (below >= sorted.length) return sorted[sorted.length - 1]!;
  const lower = sorted[below - 1]!;
  return lower + (position - below) * (sorted[below]! - lower);
}
