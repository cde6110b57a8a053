/** What aggregations have in common, with a window or without one: groups and aggregates. */
import { reduceAverages } from '../../expression/reduced-averages.ts';
import type { AggregateExpression } from '../../expression/tree.ts';
import type { TransformDraft } from '../parse/draft.ts';
import type { Place } from '../spec/field.ts';
import type { GroupBy, GroupItem } from '../spec/group-by.ts';
import type { NamedAggregate, NamedExpression } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';
import type { NodePlace, StreamColumns } from './planned-node.ts';
import type { Typing } from './typing.ts';

export interface AggregationInput {
  readonly draft: TransformDraft;
  readonly place: NodePlace;
  readonly from: StreamReference;
  readonly stream: StreamColumns;
  readonly typing: Typing;
  /** Names of columns that the operation makes itself. */
  readonly reserved: readonly string[];
}

export interface Groups {
  readonly columns: readonly NamedExpression[];
  readonly sets: readonly (readonly number[])[];
  readonly isWhole: boolean;
}

/** The columns of `group-by`; none when it is left out. */
export function readGroups(input: AggregationInput): Groups {
  const groupBy = input.draft.values['group-by'];
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
  input: AggregationInput,
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
  input: AggregationInput,
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

function readGroup(
  item: GroupItem,
  input: AggregationInput,
  isTaken: boolean,
): NamedExpression | null {
  const { stream, typing } = input;
  if (isTaken) {
    reportTwice(item, input);
    return null;
  }
  if (input.reserved.includes(item.name)) {
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

/** Null when there is none, or one was refused; `check` may refuse more. */
export function readAggregates(
  input: AggregationInput,
  groups: readonly NamedExpression[],
  check: (aggregate: AggregateExpression, place: Place) => void,
): readonly NamedAggregate[] | null {
  const { draft, stream, typing } = input;
  const declared = draft.values.aggregate?.value ?? [];
  const taken = new Set(groups.map(({ name }) => name));
  const groupNames = groups.map((group) => group.name);
  let isWhole = declared.length > 0;
  const aggregates = declared.flatMap(({ name, key, value }): readonly NamedAggregate[] => {
    if (input.reserved.includes(name)) reportReserved(name, key, input);
    else if (taken.has(name)) reportTwice({ name, key }, input);
    taken.add(name);
    const checked = typing.aggregate(value, stream.columns, groupNames);
    if (checked?.kind === 'aggregate') check(checked.aggregate, value.node);
    if (checked !== null) return [{ name, ...checked }];
    isWhole = false;
    return [];
  });
  return isWhole ? withReducedAverages(aggregates) : null;
}

function withReducedAverages(columns: readonly NamedAggregate[]): readonly NamedAggregate[] {
  const aggregates = columns.flatMap((each) => (each.kind === 'aggregate' ? [each.aggregate] : []));
  const reduced = reduceAverages(aggregates).values();
  return columns.map((each) =>
    each.kind === 'aggregate'
      ? { ...each, aggregate: reduced.next().value ?? each.aggregate }
      : each,
  );
}

function reportTwice(item: Pick<GroupItem, 'name' | 'key'>, { typing }: AggregationInput): void {
  typing.reader.report(item.key, {
    code: 'DREY_PIPELINE_COLUMN',
    message: `The column "${item.name}" occurs twice.`,
  });
}

function reportReserved(name: string, place: GroupItem['key'], { typing }: AggregationInput): void {
  typing.reader.report(place, {
    code: 'DREY_PIPELINE_COLUMN',
    message: `"${name}" is a column that the window itself makes.`,
    hint: 'Choose another name.',
  });
}
