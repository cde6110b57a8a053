/** One subtask that works much more than the others. Says so for vertices that hold up nobody yet. */
import type { PressureReasons } from '../culprits.ts';
import type { Advice, Finding } from '../../finding.ts';
import { BUSY_HIGH, isSource, percent, type JobLoad, type VertexLoad } from '../job-load.ts';
import { skewOf, type Skew } from '../skew.ts';

export function skewed({ vertices }: JobLoad, { culprits }: PressureReasons): readonly Finding[] {
  const blamed = new Set(culprits.map(({ vertex }) => vertex));
  return vertices.flatMap((vertex): readonly Finding[] => {
    const skew = blamed.has(vertex) ? null : skewOf(vertex);
    if (skew === null) return [];
    return [
      {
        rule: 'skew',
        severity: skew.busy >= BUSY_HIGH ? 'warning' : 'info',
        title: `${vertex.name}: ${skewText(skew)}`,
        evidence: {
          vertexId: vertex.vertexId,
          vertex: vertex.name,
          parallelism: vertex.parallelism,
          ...skewEvidence(skew),
        },
        advice: skewAdvice(vertex, skew),
        confidence: 'high',
      },
    ];
  });
}

export function skewText({ subtask, busy, medianBusy, recordShare }: Skew): string {
  const records = recordShare === null ? '' : `, with ${percent(recordShare)} % of the records`;
  return `its subtask ${subtask.index} is busy ${percent(busy)} % of the time, the median is ${percent(medianBusy)} %${records}`;
}

export function skewEvidence(skew: Skew): Finding['evidence'] {
  return {
    subtask: skew.subtask.index,
    subtaskBusyPercent: percent(skew.busy),
    medianBusyPercent: percent(skew.medianBusy),
    subtaskRecordsPercent: percent(skew.recordShare),
    taskManagerId: skew.subtask.taskManagerId,
  };
}

/** More subtasks do not help: the hot one stays as hot. */
export function skewAdvice(vertex: VertexLoad, skew: Skew): readonly Advice[] {
  if (!skew.isByRecords) return [placeAdvice(skew)];
  if (isSource(vertex)) {
    return [
      {
        text: 'its splits or partitions are uneven: spread the records in the system it reads from, and let the parallelism divide the number of partitions; rebalance() behind the source evens out the rest of the job',
      },
    ];
  }
  if (vertex.inputs.some(({ shipStrategy }) => shipStrategy === 'HASH')) return hotKeyAdvice;
  return [
    {
      text: 'its input is not keyed, so the unevenness comes from upstream: rebalance() before it spreads the records',
    },
  ];
}

const hotKeyAdvice: readonly Advice[] = [
  {
    text: 'few keys have most of the records, and more subtasks do not help: look for the hot keys (also null and default values), filter them or give them a random suffix and aggregate twice',
  },
  {
    key: 'table.optimizer.agg-phase-strategy',
    value: 'TWO_PHASE',
    text: 'in SQL let aggregations combine before the exchange; needs table.exec.mini-batch.enabled, and table.optimizer.distinct-agg.split.enabled for COUNT DISTINCT',
  },
];

function placeAdvice({ subtask }: Skew): Advice {
  const where = subtask.taskManagerId === null ? '' : ` (${subtask.taskManagerId})`;
  return {
    text: `it does not get more records than the others, so look at its TaskManager${where}: garbage collection, a full disk, a neighbour that takes the CPU, or records that cost more`,
  };
}
