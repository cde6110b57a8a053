/** Metrics as all the .../metrics answers have them: texts, or aggregates over subtasks. */
import { listOfFields, type Fields } from './fields.ts';

export interface Metric {
  readonly id: string;
  /** As sent: a number in most cases, but always a text. Null in a list of names. */
  readonly value: string | null;
}

export interface AggregatedMetric {
  readonly id: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  readonly sum: number | null;
}

/** Of .../metrics and .../watermarks, with and without `get`; by name. */
export function decodeMetrics(answer: unknown): readonly Metric[] {
  return listOfFields(answer)
    .map((metric) => ({ id: metric.requiredText('id'), value: textOf(metric) }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** Of .../subtasks/metrics and /taskmanagers/metrics with `get`; by name. */
export function decodeAggregatedMetrics(answer: unknown): readonly AggregatedMetric[] {
  return listOfFields(answer)
    .map((metric) => ({
      id: metric.requiredText('id'),
      min: metric.number('min'),
      max: metric.number('max'),
      avg: metric.number('avg'),
      sum: metric.number('sum'),
    }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

function textOf(metric: Fields): string | null {
  const value = metric.value('value');
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}
