/** A lookup: its table, the pairs of equal columns, the columns that are appended. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { RowField } from '../../expression/type.ts';
import type { TransformDraft } from '../parse/draft.ts';
import type { NamedValue } from '../spec/composite-fields.ts';
import type { Located } from '../spec/field.ts';
import { areComparable } from './comparable-types.ts';
import { isBoundedSource } from './bounded-source.ts';
import { outputColumns } from './column-schema.ts';
import { findFollowed, keyOf, type TableNode } from './followed-table.ts';
import type { LookupNode, PlanNode } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';
import type { NodePlace, PlannedNode, StreamColumns } from './planned-node.ts';
import { mainStream } from './planned-node.ts';
import type { Typing } from './typing.ts';

export interface LookupInput {
  readonly draft: TransformDraft;
  readonly place: NodePlace;
  readonly from: StreamReference;
  readonly stream: StreamColumns;
  /** A node planned before, by name; null when it is none or was refused. */
  readonly nodeOf: (name: string) => PlanNode | null;
  /** Names of all sources. */
  readonly sourceNames: readonly string[];
  /** Names of all transforms. */
  readonly transformNames: readonly string[];
  readonly typing: Typing;
}

type Lookup = NonNullable<TransformDraft['values']['lookup']>['value'];

export function planLookup(input: LookupInput): PlannedNode | null {
  const { draft, stream, typing, from } = input;
  const lookup = draft.values.lookup?.value;
  if (lookup === undefined || lookup.table === null) return null;
  const where = typing.condition(draft.values.where, stream.columns);
  const table = findTable(lookup.table, input);
  if (table === null) return null;
  const on = readOn(lookup.on?.value ?? [], input, table);
  checkKey(lookup, table, typing);
  const tableColumns = appendedColumns(lookup, input, table);
  const isKept = lookup.missing.value === 'keep';
  const joined: StreamColumns = {
    ...stream,
    columns: [
      ...stream.columns,
      ...tableColumns.flatMap((index) => appended(table.schema[index], isKept)),
    ],
  };
  const select = typing.select(draft.values.select, joined.columns);
  if (select === undefined) return null;
  const { noTimeBecause, ...output } = outputColumns(joined, select, draft.name);
  const node: LookupNode = {
    kind: 'lookup',
    ...input.place,
    ...output,
    from,
    where,
    table: table.name,
    follows: table.kind !== 'source',
    on,
    tableColumns,
    missing: lookup.missing.value,
    refreshMs: lookup.refresh?.value ?? null,
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}

function findTable(name: Located<string>, input: LookupInput): TableNode | null {
  const { reader } = input.typing;
  const place = name.node ?? input.draft.key;
  const isTransform = input.transformNames.includes(name.value);
  if (!input.sourceNames.includes(name.value) && !isTransform) {
    const near = reader.nearest(name.value, [...input.sourceNames, ...input.transformNames]);
    reader.report(place, {
      code: 'DREY_PIPELINE_UNKNOWN_NODE',
      message: `There is no source or transform "${name.value.slice(0, 60)}".`,
      ...(near !== undefined && { hint: `Did you mean "${near}"?` }),
    });
    return null;
  }
  if (name.value === input.from.node) {
    reader.report(place, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `"${name.value}" cannot be both the input and the table of a lookup.`,
    });
    return null;
  }
  if (isTransform) return findFollowed(name, input);
  const table = input.nodeOf(name.value);
  if (table?.kind !== 'source') return null;
  if (!isBoundedSource(table)) {
    reader.report(place, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: `The table "${table.name}" never ends; a lookup table must be bounded.`,
      hint: 'Set number-of-rows on a datagen source; leave source.monitor-interval out.',
    });
  }
  return table;
}

function readOn(
  pairs: readonly NamedValue<string>[],
  input: LookupInput,
  table: TableNode,
): LookupNode['on'] {
  const { stream, typing, draft } = input;
  return pairs.flatMap((pair) => {
    const inputIndex = typing.columnIndex(
      { value: pair.name, node: pair.key },
      names(stream.columns),
    );
    const tableIndex = typing.columnIndex(pair, names(table.schema), table.name);
    const left = stream.columns[inputIndex]?.type;
    const right = table.schema[tableIndex]?.type;
    if (left === undefined || right === undefined) return [];
    if (areComparable(left, right)) return [{ inputIndex, tableIndex }];
    typing.reader.report(pair.node ?? draft.key, {
      code: 'DREY_PIPELINE_TYPE',
      message: `"${pair.name}" is ${bareTypeText(left)}, but "${pair.value}" of "${table.name}" is ${bareTypeText(right)}.`,
      hint: 'Declare both with one type, or CAST one in a transform before.',
    });
    return [];
  });
}

/** A declared primary key, or that of a changelog, says the same as `on`, or one of them is a mistake. */
function checkKey(lookup: Lookup, table: TableNode, typing: Typing): void {
  const { on } = lookup;
  const key = keyOf(table);
  if (on === null || key.length === 0) return;
  const columns = new Set(on.value.map((pair) => pair.value));
  const isSame = columns.size === key.length && key.every((name) => columns.has(name));
  if (isSame || on.node === null) return;
  typing.reader.report(on.node, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `The lookup must name the whole primary key of "${table.name}": ${key.join(', ')}.`,
  });
}

function appendedColumns(lookup: Lookup, input: LookupInput, table: TableNode): readonly number[] {
  const { typing, stream, draft } = input;
  const keys = new Set((lookup.on?.value ?? []).map((pair) => pair.value));
  const wanted: readonly Located<string>[] =
    lookup.select?.value ??
    table.schema
      .filter(({ name }) => !keys.has(name) && !table.hiddenColumns.includes(name))
      .map(({ name }) => ({ value: name, node: null }));
  const taken = new Set(names(stream.columns));
  return wanted.flatMap((column) => {
    const index = typing.columnIndex(column, names(table.schema), table.name);
    if (index < 0) return [];
    if (!taken.has(column.value)) {
      taken.add(column.value);
      return [index];
    }
    typing.reader.report(column.node ?? draft.values.lookup?.node ?? draft.key, {
      code: 'DREY_PIPELINE_COLUMN',
      message: `The column "${column.value}" of "${table.name}" would occur twice.`,
      hint: 'Name the columns to append with select, and rename one side in a transform before.',
    });
    return [];
  });
}

function appended(column: RowField | undefined, isKept: boolean): readonly RowField[] {
  if (column === undefined) return [];
  return [isKept ? { ...column, type: { ...column.type, nullable: true } } : column];
}

const names = (columns: readonly RowField[]): readonly string[] => columns.map(({ name }) => name);
