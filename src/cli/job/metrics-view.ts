/**
 * Metrics as a table. While --watch repeats it, each row has the last values of its metric as a
 * line of blocks.
 */
import { formatShortCount } from '../../output/humanise.ts';
import { sparkline } from '../../output/sparkline.ts';
import { textCell, type Cell, type Column, type View } from '../../output/view.ts';
import type { MetricsResult } from './metrics-of-job.ts';

type Row = MetricsResult['metrics'][number];

const HISTORY_MAX = 20;

/** The last values of each metric, by row; lives as long as the command. */
export class MetricHistory {
  private readonly values = new Map<string, (number | null)[]>();

  /** Returns what it was given. */
  remember(result: MetricsResult): MetricsResult {
    for (const metric of result.metrics) {
      const key = keyOf(metric);
      const series = this.values.get(key) ?? [];
      series.push(plotted(metric));
      this.values.set(key, series.slice(-HISTORY_MAX));
    }
    return result;
  }

  /** Empty until there are two values to compare. */
  line(metric: Row): string {
    const series = this.values.get(keyOf(metric)) ?? [];
    if (series.length < 2 || series.every((value) => value === null)) return '';
    return sparkline(series, HISTORY_MAX);
  }

  get isLong(): boolean {
    return [...this.values.values()].some((series) => series.length > 1);
  }
}

export function metricsView(result: MetricsResult, history: MetricHistory): View {
  const { metrics, vertex } = result;
  const title = vertex === null ? {} : { title: vertex.name };
  const lineColumn: readonly Column[] = history.isLong ? [{ key: 'last', heading: 'LAST' }] : [];
  return {
    sections: [
      {
        kind: 'table',
        ...title,
        empty: 'the cluster has no metrics of it yet; they come within 10 s of its start',
        columns: [
          { key: 'id', heading: 'METRIC' },
          ...valueColumns(metrics[0]).map((key) => ({ key, heading: key.toUpperCase() })),
          ...lineColumn,
        ],
        rows: metrics.map((metric) => [
          textCell(metric.id),
          ...valueCells(metric),
          ...lineColumn.map(() => textCell(history.line(metric))),
        ]),
      },
    ],
    names: metrics.map(({ id }) => id),
  };
}

function valueColumns(metric: Row | undefined): readonly string[] {
  if (metric === undefined) return [];
  if ('sum' in metric) return ['min', 'avg', 'max', 'sum'];
  if ('subtask' in metric) return ['subtask', 'value'];
  return 'value' in metric ? ['value'] : [];
}

function valueCells(metric: Row): readonly Cell[] {
  if ('sum' in metric) {
    const { min, avg, max, sum } = metric;
    return [min, avg, max, sum].map((value) => textCell(numberText(value)));
  }
  if (!('value' in metric)) return [];
  const value = textCell(
    typeof metric.value === 'number' ? numberText(metric.value) : metric.value,
  );
  return 'subtask' in metric ? [textCell(String(metric.subtask)), value] : [value];
}

/** Flink's value for a watermark that has not come yet: the least of 64 bits. */
const NO_WATERMARK = -9.2e18;

function numberText(value: number | null): string | null {
  if (value === null || value <= NO_WATERMARK) return null;
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 ? formatShortCount(value) : String(Number(value.toPrecision(4)));
}

function keyOf(metric: Row): string {
  return 'subtask' in metric ? `${metric.subtask}.${metric.id}` : metric.id;
}

/** Of aggregates the sum: what the vertex does as a whole. */
function plotted(metric: Row): number | null {
  if (!('sum' in metric) && !('value' in metric)) return null;
  const value = 'sum' in metric ? metric.sum : metric.value;
  return typeof value === 'number' && value > NO_WATERMARK ? value : null;
}
