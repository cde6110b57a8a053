/** From a running aggregate of the plan to what its operator computes. */
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { RunningAggregateNode } from '../plan/logical-plan.ts';
import { aggregationSchema } from '../plan/stream-schema.ts';

export interface RunningAggregateStep {
  readonly spec: OperatorSpec;
  /** Before `select`. */
  readonly outputSchema: RowSchema;
}

export function runningAggregateStep(
  node: RunningAggregateNode,
  inputSchema: RowSchema,
): RunningAggregateStep {
  const outputSchema = aggregationSchema(node);
  const running = {
    inputSchema,
    outputSchema,
    groupBy: node.groupBy.map((column) => column.expression),
    groupingSets: node.groupingSets,
    aggregates: node.aggregates,
    ttlMs: node.stateTtlMs,
    takesUpdates: node.takesUpdates,
  };
  return { spec: { kind: 'running-aggregate', running }, outputSchema };
}
