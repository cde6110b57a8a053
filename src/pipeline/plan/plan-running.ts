/** An aggregation without a window: its groups, its aggregates, and how long it keeps them. */
import type { AggregateExpression } from '../../expression/tree.ts';
import type { Place } from '../spec/field.ts';
import { outputColumns } from './column-schema.ts';
import type { RunningAggregateNode } from './logical-plan.ts';
import { mainStream, type PlannedNode, type StreamColumns } from './planned-node.ts';
import {
  readAggregates,
  readGroups,
  type AggregationInput,
  type Groups,
} from './read-aggregation.ts';
import { aggregationSchema } from './stream-schema.ts';
import { checkStateTtl, stateTtlOf, warnUnbounded, type StateOwner } from './state-ttl.ts';

export interface RunningInput extends Omit<AggregationInput, 'reserved'>, StateOwner {
  readonly configuration: ReadonlyMap<string, string>;
}

export function planRunning(input: RunningInput): PlannedNode | null {
  const { draft, stream, typing } = input;
  const where = typing.condition(draft.values.where, stream.columns);
  const aggregation = { ...input, reserved: [] };
  const groups = readGroups(aggregation);
  const aggregates = readAggregates(aggregation, groups.columns, (aggregate, place) =>
    refuseUpdates(aggregate, place, input),
  );
  if (!groups.isWhole || aggregates === null) return null;
  const grouped = { groupBy: groups.columns, groupingSets: groups.sets, aggregates };
  const result: StreamColumns = {
    columns: aggregationSchema(grouped),
    hiddenColumns: [],
    timeColumn: null,
    noTimeBecause: `results of "${draft.name}", which has no window, are those of any time`,
    changelog: { key: keyOf(groups) },
  };
  const select = typing.select(draft.values.select, result.columns);
  if (select === undefined) return null;
  const ttl = stateTtlOf(draft, input.configuration);
  checkStateTtl(input, groups.columns, ttl);
  warnUnbounded(input, grouped, ttl);
  const { noTimeBecause, ...output } = outputColumns(result, select, draft.name);
  const node: RunningAggregateNode = {
    kind: 'running-aggregate',
    ...input.place,
    ...output,
    from: input.from,
    where,
    ...grouped,
    takesUpdates: stream.changelog !== null,
    stateTtlMs: ttl.ms,
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}

/** A rolled-up NULL looks like a real one, so the columns of several sets tell no rows apart. */
function keyOf({ columns, sets }: Groups): readonly string[] | null {
  return sets.length > 1 ? null : columns.map(({ name }) => name);
}

const UNRETRACTABLE: readonly string[] = ['FIRST_VALUE', 'LAST_VALUE', 'APPROX_COUNT_DISTINCT'];

function refuseUpdates(
  { function: name }: AggregateExpression,
  place: Place,
  { stream, from, typing }: RunningInput,
): void {
  if (stream.changelog === null || !UNRETRACTABLE.includes(name)) return;
  typing.reader.report(place, {
    code: 'DREY_PIPELINE_CHANGELOG',
    message: `"${from.node}" takes rows back that it has sent, which ${name} cannot forget.`,
    hint: 'COUNT, SUM, AVG, MIN and MAX can, with DISTINCT, too; or read a node that only appends rows.',
  });
}
