/** From a dedup or a top-n of the plan to its operator. */
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { ZoneClock } from '../../expression/zone-clock.ts';
import type { DedupNode, TopNNode } from '../plan/logical-plan.ts';

export function dedupOperator(node: DedupNode, schema: RowSchema): OperatorSpec {
  const { keys, keep, timeIndex, stateTtlMs: ttlMs } = node;
  const dedup = { schema, keys, timeIndex, ttlMs };
  if (keep === 'last') return { kind: 'last-row', dedup };
  return { kind: timeIndex === null ? 'first-row' : 'first-row-by-time', dedup };
}

/** `zoneOf`: on whose clocks the windows of this event time are. */
export function topNOperator(
  { partitionBy, orderBy, n, hasRank, columns, form }: TopNNode,
  inputSchema: RowSchema,
  zoneOf: (timeType: LogicalType) => ZoneClock | null,
): OperatorSpec {
  const rank = { inputSchema, outputSchema: columns, partitionBy, orderBy, n, hasRank };
  if (form.kind === 'window') {
    const zone = zoneOf(form.timeType);
    return { kind: 'window-top-n', topN: { ...rank, windowEndIndex: form.endIndex, zone } };
  }
  return { kind: 'top-n', topN: { ...rank, input: form.input, ttlMs: form.stateTtlMs } };
}
