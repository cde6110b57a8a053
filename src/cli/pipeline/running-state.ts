/** What a running aggregate keeps between records, in words. */
import { durationText } from '../../errors/duration-text.ts';
import type { AggregateExpression } from '../../expression/tree.ts';
import type { RunningAggregateNode } from '../../pipeline/plan/logical-plan.ts';
import { distinctState, type StateLine } from './state-line.ts';

export function runningState(node: RunningAggregateNode): readonly StateLine[] {
  const freed = freedWhen(node);
  return [
    {
      name: 'accumulators',
      kind: 'keyed',
      description: `one row of aggregates per group, ${freed}`,
    },
    ...node.aggregates.flatMap((entry): readonly StateLine[] => {
      const kept = entry.kind === 'aggregate' ? valuesOf(entry.aggregate, node.takesUpdates) : null;
      if (kept === null) return [];
      return [{ name: entry.name, kind: 'keyed', description: `${kept} per group, ${freed}` }];
    }),
  ];
}

function freedWhen({ stateTtlMs, takesUpdates }: RunningAggregateNode): string {
  const taken = takesUpdates ? 'freed when its last row is taken back' : null;
  if (stateTtlMs === 0) return taken ?? 'never freed';
  const ttl = `${durationText(stateTtlMs)} after its last row`;
  return taken === null ? `freed ${ttl}` : `${taken}, or ${ttl}`;
}

/** What rows may be taken back from has to know all its values. */
function valuesOf(aggregate: AggregateExpression, takesUpdates: boolean): string | null {
  const { function: name, distinct } = aggregate;
  const isCounted = distinct || name === 'MIN' || name === 'MAX';
  return takesUpdates && isCounted
    ? 'the values and how often each came'
    : distinctState(aggregate);
}
