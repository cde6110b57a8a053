/**
 * `taskmanager metrics`: the metrics of a process. Names are those that the cluster lists; patterns
 * choose among them.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import type { TaskManagerId } from '../../flink/model/identifiers.ts';
import { formatShortCount } from '../../output/humanise.ts';
import { textCell, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';
import type { FreshMetrics } from '../job/fresh-metrics.ts';
import { matchNames, unmatchedPatterns } from '../job/match-names.ts';
import { chunks, valueOf, type JobMetric } from '../job/metrics-of-job.ts';
import { openProcess, type FlinkProcess, type ProcessChoice } from './flink-process.ts';

export interface ProcessMetricsRequest {
  readonly owner: ProcessChoice;
  /** Names and patterns; empty: only the names. */
  readonly patterns: readonly string[];
  /** Of this command, which may ask again and again. */
  readonly fresh: FreshMetrics;
}

export interface ProcessMetricsResult {
  /** Null: of the JobManager. */
  readonly taskManagerId: TaskManagerId | null;
  readonly metrics: readonly (JobMetric | { readonly id: string })[];
}

export async function metricsOfProcess(
  session: ClusterSession,
  { owner: choice, patterns, fresh }: ProcessMetricsRequest,
): Promise<ProcessMetricsResult> {
  const owner = await openProcess(session, choice);
  const { taskManagerId } = owner;
  const all = (await owner.metrics([])).map(({ id }) => id);
  if (patterns.length === 0) return { taskManagerId, metrics: all.map((id) => ({ id })) };
  const names = wanted(owner, all, patterns);
  await fresh.collectBy(session, () => owner.metrics(names.slice(0, 1)));
  const answers = await inParallel(chunks(names), (chunk) => owner.metrics(chunk));
  return { taskManagerId, metrics: answers.flat().map(valueOf) };
}

/** A name that is nowhere is a mistake; a cluster that has no metrics yet has no names at all. */
function wanted(
  { title }: FlinkProcess,
  all: readonly string[],
  patterns: readonly string[],
): readonly string[] {
  const [missing] = all.length === 0 ? [] : unmatchedPatterns(all, patterns);
  if (missing === undefined) return matchNames(all, patterns);
  const message = `${title} has no metric ${JSON.stringify(missing)}; it has ${all.length}`;
  throw new RefusedError('DREY_METRIC_NOT_FOUND', message, {
    hint: 'Run the command without names to see which ones there are.',
    details: { name: missing, metrics: all },
  });
}

export function processMetricsView({ metrics }: ProcessMetricsResult): View {
  const hasValues = metrics.some((metric) => 'value' in metric);
  return {
    sections: [
      {
        kind: 'table',
        empty: 'the cluster has no metrics of it yet; they come within 10 s of its start',
        columns: [
          { key: 'id', heading: 'METRIC' },
          ...(hasValues ? [{ key: 'value', heading: 'VALUE' }] : []),
        ],
        rows: metrics.map((metric) => [
          textCell(metric.id),
          ...('value' in metric ? [textCell(valueText(metric.value))] : []),
        ]),
      },
    ],
    names: metrics.map(({ id }) => id),
  };
}

function valueText(value: number | string | null): string | null {
  if (typeof value !== 'number') return value;
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 ? formatShortCount(value) : String(Number(value.toPrecision(4)));
}
