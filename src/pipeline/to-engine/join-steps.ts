/** The operator of an interval join. */
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { IntervalJoinNode } from '../plan/logical-plan.ts';
import type { StreamReference } from '../plan/stream-reference.ts';

export function joinOperator(
  node: IntervalJoinNode,
  schemaOf: (from: StreamReference) => RowSchema,
): OperatorSpec {
  const { left, right, lowerMs, upperMs, joinKind, columns } = node;
  return {
    kind: 'interval-join',
    join: {
      left: { schema: schemaOf(left.from), keys: left.keys, timeIndex: left.timeIndex },
      right: { schema: schemaOf(right.from), keys: right.keys, timeIndex: right.timeIndex },
      outputSchema: columns,
      lowerMs,
      upperMs,
      kind: joinKind,
    },
  };
}
