/** From a dedup or a top-n of the plan to its operator. */
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { WindowColumn } from '../../engine/rank/open-windows.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { ZoneClock } from '../../expression/zone-clock.ts';
import type { DedupNode, PartitionWindow, TopNNode } from '../plan/logical-plan.ts';

export function dedupOperator(node: DedupNode, schema: RowSchema): OperatorSpec {
  const { keys, keep, timeIndex, stateTtlMs: ttlMs } = node;
  const dedup = { schema, keys, timeIndex, ttlMs };
  if (keep === 'last') return { kind: 'last-row', dedup };
  return { kind: timeIndex === null ? 'first-row' : 'first-row-by-time', dedup };
}

type ZoneOf = (timeType: LogicalType) => ZoneClock | null;

/** `zoneOf`: on whose clocks the windows of this event time are. */
export function topNOperator(
  { partitionBy, orderBy, n, hasRank, columns, form }: TopNNode,
  inputSchema: RowSchema,
  zoneOf: ZoneOf,
): OperatorSpec {
  const rank = { inputSchema, outputSchema: columns, partitionBy, orderBy, n, hasRank };
  if (form.kind === 'streaming') {
    const { input, stateTtlMs: ttlMs } = form;
    const window = form.window === null ? null : windowColumn(form.window, zoneOf);
    return { kind: 'top-n', topN: { ...rank, input, window, ttlMs } };
  }
  return { kind: 'window-top-n', topN: { ...rank, window: windowColumn(form.window, zoneOf) } };
}

function windowColumn(
  { endIndex, timeType, latenessMs }: PartitionWindow,
  zoneOf: ZoneOf,
): WindowColumn {
  return { endIndex, zone: zoneOf(timeType), latenessMs };
}
