/** A window aggregation: its time attribute, window, groups, grouping sets and aggregates. */
import type { AggregateExpression } from '../../expression/tree.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { Place } from '../spec/field.ts';
import { outputColumns } from './column-schema.ts';
import type { WindowAggregateNode, WindowedRows } from './logical-plan.ts';
import { mainStream, type PlannedNode, type StreamColumns } from './planned-node.ts';
import {
  readAggregates,
  readGroups,
  type AggregationInput,
  type Groups,
} from './read-aggregation.ts';
import { findWindowTime } from './time-attributes.ts';
import { lateSchema, windowOutputSchema } from './stream-schema.ts';
import { readEmit, readWindow } from './read-window.ts';

export type WindowInput = Omit<AggregationInput, 'reserved'>;

/** Columns that every window aggregation makes. */
export const WINDOW_COLUMNS: readonly string[] = ['window_start', 'window_end', 'window_time'];
const WINDOW_TIME = 'window_time';

export function planWindow(input: WindowInput): PlannedNode | null {
  const { draft, stream, typing } = input;
  const { values } = draft;
  const where = typing.condition(values.where, stream.columns);
  refuseChangelog(input);
  const timeIndex = findWindowTime(input);
  const window = readWindow(input);
  const emit = readEmit(input);
  const aggregation = { ...input, reserved: WINDOW_COLUMNS };
  const groups = readGroups(aggregation);
  const aggregates = readAggregates(aggregation, groups.columns, (aggregate, place) =>
    refuseUnmerged(aggregate, place, input),
  );
  const time = stream.columns[timeIndex];
  if (window === null || time === undefined || !groups.isWhole || aggregates === null) return null;
  const schema = windowOutputSchema({
    groupBy: groups.columns,
    groupingSets: groups.sets,
    aggregates,
    timeType: time.type,
  });
  const result: StreamColumns = {
    columns: schema,
    hiddenColumns: [WINDOW_TIME],
    timeColumn: WINDOW_TIME,
    noTimeBecause: '',
    changelog: emit === null ? null : { key: keyOf(groups) },
    windowed:
      window.kind === 'session'
        ? null
        : windowedRows(groups, time.type, emit?.allowedLatenessMs ?? 0),
  };
  const select = typing.select(values.select, schema);
  if (select === undefined) return null;
  const { noTimeBecause, ...output } = outputColumns(result, select, draft.name);
  const keepLate = values.emit?.value.late?.value === 'keep';
  const node: WindowAggregateNode = {
    kind: 'window-aggregate',
    ...input.place,
    ...output,
    from: input.from,
    where,
    window,
    timeIndex,
    groupBy: groups.columns,
    groupingSets: groups.sets,
    aggregates,
    emit,
    keepLate,
    select,
  };
  const streams = new Map([['main' as const, mainStream(node, noTimeBecause)]]);
  return { node, streams: keepLate ? new Map([...streams, ['late', lateStream(input)]]) : streams };
}

/** Sessions belong to one group each, so nothing can be compared within one. */
function windowedRows(
  { columns, sets }: Groups,
  timeType: LogicalType,
  latenessMs: number,
): WindowedRows {
  const key = sets.length > 1 ? null : columns.map(({ name }) => name);
  return { start: 'window_start', end: 'window_end', timeType, latenessMs, key };
}

/** A rolled-up NULL looks like a real one, so the columns of several sets tell no rows apart. */
function keyOf({ columns, sets }: Groups): readonly string[] | null {
  return sets.length > 1
    ? null
    : ['window_start', 'window_end', ...columns.map(({ name }) => name)];
}

/** As Flink, whose window aggregations take no updates either. */
function refuseChangelog({ draft, stream, from, typing }: WindowInput): void {
  if (stream.changelog === null) return;
  typing.reader.report(draft.values.from?.node ?? draft.key, {
    code: 'DREY_PIPELINE_CHANGELOG',
    message: `A window counts rows once, but "${from.node}" corrects rows that it has sent.`,
    hint: 'Let the window read a node that only appends rows, before the one that updates.',
  });
}

function lateStream({ stream, draft }: WindowInput): StreamColumns {
  return {
    columns: lateSchema(stream.columns),
    hiddenColumns: stream.hiddenColumns,
    timeColumn: null,
    noTimeBecause: `rows of ${draft.name}.late are behind the watermark`,
    changelog: null,
  };
}

/**
 * As Flink, which refuses it when the job starts: these windows are added up from parts, and which
 * of two values came first is not known to their sums.
 */
function refuseUnmerged(
  { function: name }: AggregateExpression,
  place: Place,
  { draft, typing }: WindowInput,
): void {
  const type = draft.values.window?.value.type?.value;
  if (type === undefined || type === 'tumble') return;
  if (name !== 'FIRST_VALUE' && name !== 'LAST_VALUE') return;
  typing.reader.report(place, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `${name} needs a window of type tumble; one of type ${type} is added up from parts that have no order.`,
    hint: 'MIN or MAX may do; or use a tumbling window.',
  });
}
