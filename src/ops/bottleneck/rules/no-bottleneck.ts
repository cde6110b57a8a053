/** Nothing in the job is at its limit, or the one part that could be does not measure itself. */
import type { Finding } from '../../finding.ts';
import {
  busyOf,
  isBackPressured,
  isBusy,
  isSampled,
  isSource,
  percent,
  type JobLoad,
} from '../job-load.ts';

export function noBottleneck({ vertices }: JobLoad): readonly Finding[] {
  const isAllSeen = vertices.length > 0 && vertices.every(isSampled);
  const isAtRest = vertices.every((vertex) => !isBackPressured(vertex) && !isBusy(vertex));
  if (!isAllSeen || !isAtRest) return [];
  const [busiest] = vertices.toSorted((left, right) => (busyOf(right) ?? 0) - (busyOf(left) ?? 0));
  const unmeasured = vertices.some((vertex) => isSource(vertex) && busyOf(vertex) === null);
  return [
    {
      rule: 'no-bottleneck',
      severity: 'info',
      title: unmeasured
        ? 'nothing is held up and nothing that is measured is busy: a source, or the system before it, sets the pace'
        : 'nothing in the job is at its limit: what comes in sets the pace',
      evidence: {
        busiestVertex: busiest?.name ?? null,
        busiestPercent: percent(busiest === undefined ? null : busyOf(busiest)),
        recordsOutOfSourcesPerSec: sourceRate({ vertices }),
      },
      advice: [
        {
          text: 'if the job should be faster, look before it: does the system it reads from have more records, are the partitions spread over all subtasks of the source, is there a rate limit?',
        },
      ],
      confidence: unmeasured ? 'medium' : 'high',
    },
  ];
}

/** Sources of the old kind (SourceFunction) have NaN for their busy time. */
export function unmeasuredSource({ vertices }: JobLoad): readonly Finding[] {
  const unmeasured = vertices.filter(
    (vertex) => isSource(vertex) && isSampled(vertex) && busyOf(vertex) === null,
  );
  return unmeasured.map((vertex) => ({
    rule: 'unmeasured-source',
    severity: 'info',
    title: `${vertex.name} does not measure how busy it is: whether it is the limit cannot be told`,
    evidence: { vertexId: vertex.vertexId, vertex: vertex.name },
    advice: [
      {
        text: 'sources made with SourceFunction have no busy time (NaN); those made with the Source interface do',
      },
    ],
    confidence: 'high',
  }));
}

function sourceRate({ vertices }: Pick<JobLoad, 'vertices'>): number | null {
  const rates = vertices.filter(isSource).map(({ recordsOutPerSec }) => recordsOutPerSec);
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0);
}
