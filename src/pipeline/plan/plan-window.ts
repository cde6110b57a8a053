/** A window aggregation: its time attribute, window, groups, grouping sets and aggregates. */
import type { AggregateExpression } from '../../expression/tree.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { TransformDraft } from '../parse/draft.ts';
import type { Located, Place } from '../spec/field.ts';
import type { GroupBy, GroupItem } from '../spec/group-by.ts';
import { outputColumns } from './column-schema.ts';
import type {
  NamedAggregate,
  NamedExpression,
  StreamReference,
  WindowAggregateNode,
  WindowedRows,
} from './logical-plan.ts';
import {
  mainStream,
  type NodePlace,
  type PlannedNode,
  type StreamColumns,
} from './planned-node.ts';
import { lateSchema, windowOutputSchema } from './stream-schema.ts';
import { readEmit, readWindow } from './read-window.ts';
import type { Typing } from './typing.ts';

export interface WindowInput {
  readonly draft: TransformDraft;
  readonly place: NodePlace;
  readonly from: StreamReference;
  readonly stream: StreamColumns;
  readonly typing: Typing;
}

/** Columns that every window aggregation makes. */
export const WINDOW_COLUMNS: readonly string[] = ['window_start', 'window_end', 'window_time'];
const WINDOW_TIME = 'window_time';

export function planWindow(input: WindowInput): PlannedNode | null {
  const { draft, stream, typing } = input;
  const { values } = draft;
  const where = typing.condition(values.where, stream.columns);
  refuseChangelog(input);
  const timeIndex = findTime(input);
  const window = readWindow(input);
  const emit = readEmit(input);
  const groups = readGroups(values['group-by'], input);
  const aggregates = readAggregates(input, groups.columns);
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

function findTime({ stream, typing, draft }: WindowInput): number {
  const index = stream.columns.findIndex(({ name }) => name === stream.timeColumn);
  if (index < 0) {
    typing.reader.report(draft.values.window?.node ?? draft.key, {
      code: 'DREY_PIPELINE_TIME_ATTRIBUTE',
      message: `The window has no time attribute: ${stream.noTimeBecause}.`,
      hint: 'A window needs the watermark column of its source, passed through unchanged.',
    });
  }
  return index;
}

interface Groups {
  readonly columns: readonly NamedExpression[];
  readonly sets: readonly (readonly number[])[];
  readonly isWhole: boolean;
}

function readGroups(groupBy: Located<GroupBy> | null, input: WindowInput): Groups {
  const columns: NamedExpression[] = [];
  let isWhole = true;
  const indexOf = (item: GroupItem): number => {
    const index = columns.findIndex(({ name }) => name === item.name);
    // In grouping sets a column is named once in each set.
    if (index >= 0 && item.expression === null) return index;
    const column = readGroup(item, input, index >= 0);
    if (column === null) isWhole = false;
    else columns.push(column);
    return columns.length - 1;
  };
  const sets = setsOf(groupBy?.value, indexOf, input);
  return { columns, sets, isWhole };
}

function setsOf(
  groupBy: GroupBy | undefined,
  indexOf: (item: GroupItem) => number,
  input: WindowInput,
): readonly (readonly number[])[] {
  if (groupBy === undefined) return [[]];
  switch (groupBy.kind) {
    case 'columns':
      return [distinct(groupBy.items, indexOf, input)];
    case 'rollup': {
      const all = distinct(groupBy.items, indexOf, input);
      return Array.from({ length: all.length + 1 }, (_, dropped) =>
        all.slice(0, all.length - dropped),
      );
    }
    case 'grouping-sets':
      return groupBy.sets.map((set) => distinct(set, indexOf, input));
  }
}

function distinct(
  items: readonly GroupItem[],
  indexOf: (item: GroupItem) => number,
  input: WindowInput,
): readonly number[] {
  const seen = new Set<string>();
  return items.flatMap((item) => {
    if (!seen.has(item.name)) {
      seen.add(item.name);
      return [indexOf(item)];
    }
    reportTwice(item, input);
    return [];
  });
}

function readGroup(item: GroupItem, input: WindowInput, isTaken: boolean): NamedExpression | null {
  const { stream, typing } = input;
  if (isTaken) {
    reportTwice(item, input);
    return null;
  }
  if (WINDOW_COLUMNS.includes(item.name)) {
    reportReserved(item.name, item.key, input);
    return null;
  }
  if (item.expression !== null) {
    const expression = typing.expression(item.expression, stream.columns);
    return expression === null ? null : { name: item.name, expression };
  }
  const index = typing.columnIndex(
    { value: item.name, node: item.key },
    stream.columns.map(({ name }) => name),
  );
  const column = stream.columns[index];
  if (column === undefined) return null;
  return {
    name: item.name,
    expression: { kind: 'column', type: column.type, name: item.name, index },
  };
}

function readAggregates(
  input: WindowInput,
  groups: readonly NamedExpression[],
): readonly NamedAggregate[] | null {
  const { draft, stream, typing } = input;
  const declared = draft.values.aggregate?.value ?? [];
  const taken = new Set(groups.map(({ name }) => name));
  const groupNames = groups.map((group) => group.name);
  let isWhole = declared.length > 0;
  const aggregates = declared.flatMap(({ name, key, value }): readonly NamedAggregate[] => {
    if (WINDOW_COLUMNS.includes(name)) reportReserved(name, key, input);
    else if (taken.has(name)) reportTwice({ name, key }, input);
    taken.add(name);
    const checked = typing.aggregate(value, stream.columns, groupNames);
    if (checked?.kind === 'aggregate') refuseUnmerged(checked.aggregate, value.node, input);
    if (checked !== null) return [{ name, ...checked }];
    isWhole = false;
    return [];
  });
  return isWhole ? aggregates : null;
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

function reportTwice(item: Pick<GroupItem, 'name' | 'key'>, { typing }: WindowInput): void {
  typing.reader.report(item.key, {
    code: 'DREY_PIPELINE_COLUMN',
    message: `The column "${item.name}" occurs twice.`,
  });
}

function reportReserved(name: string, place: GroupItem['key'], { typing }: WindowInput): void {
  typing.reader.report(place, {
    code: 'DREY_PIPELINE_COLUMN',
    message: `"${name}" is a column that the window itself makes.`,
    hint: 'Choose another name.',
  });
}
