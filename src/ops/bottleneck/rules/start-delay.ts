/** Barriers that take long to get through the buffers: what back-pressure does to checkpoints. */
import type { PressureReasons } from '../culprits.ts';
import type { Finding } from '../../finding.ts';
import type { JobLoad, VertexLoad } from '../job-load.ts';
import { ruleOf } from './slow-vertex.ts';

/** Below that nobody notices. */
const NOTABLE_MS = 1000;
const LONG_MS = 10_000;

export function startDelay(
  load: JobLoad,
  { culprits: [culprit] }: PressureReasons,
): readonly Finding[] {
  const { vertices } = load;
  const [slowest] = vertices.toSorted((left, right) => delayOf(right) - delayOf(left));
  if (slowest === undefined || delayOf(slowest) < NOTABLE_MS) return [];
  const seconds = (delayOf(slowest) / 1000).toFixed(1);
  return [
    {
      rule: 'start-delay',
      severity: delayOf(slowest) >= LONG_MS ? 'warning' : 'info',
      title: `barriers of checkpoints take ${seconds} s to reach ${slowest.name}`,
      evidence: {
        vertexId: slowest.vertexId,
        vertex: slowest.name,
        startDelayMs: Math.round(delayOf(slowest)),
      },
      advice: [
        {
          text: 'checkpoints and savepoints take at least that long; without the back-pressure they would not',
        },
        {
          key: 'taskmanager.network.memory.buffer-debloat.enabled',
          value: 'true',
          text: 'keep less data in the buffers between the vertices',
        },
        {
          key: 'execution.checkpointing.unaligned.enabled',
          value: 'true',
          text: 'let barriers overtake the data; checkpoints then hold what is in flight',
        },
      ],
      confidence: 'high',
      ...(culprit === undefined ? {} : { explainedBy: ruleOf(load, culprit) }),
    },
  ];
}

function delayOf({ startDelayMs }: VertexLoad): number {
  return startDelayMs ?? 0;
}
