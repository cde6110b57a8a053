/** A union: several streams with the same columns, by name and type, as one. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { RowField } from '../../expression/type.ts';
import type { TransformDraft } from '../parse/draft.ts';
import { outputColumns } from './column-schema.ts';
import type { UnionNode } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';
import type { Input } from './node-graph.ts';
import {
  mainStream,
  type NodePlace,
  type PlannedNode,
  type StreamColumns,
} from './planned-node.ts';
import type { Typing } from './typing.ts';

export interface UnionInput {
  readonly input: Input;
  readonly stream: StreamColumns;
}

export interface UnionSource {
  readonly draft: TransformDraft;
  readonly place: NodePlace;
  /** At least two. */
  readonly inputs: readonly UnionInput[];
  readonly typing: Typing;
}

/** Null when the inputs do not fit together, which is reported. */
export function planUnion({ draft, place, inputs, typing }: UnionSource): PlannedNode | null {
  const [first] = inputs;
  if (first === undefined) return null;
  const columns = visibleColumns(first.stream);
  const matched = inputs.map((each) => matchColumns(columns, each, typing));
  if (matched.some((indexes) => indexes === null)) return null;
  const stream = unionStream(draft.name, columns, inputs);
  const where = typing.condition(draft.values.where, stream.columns);
  const select = typing.select(draft.values.select, stream.columns);
  if (select === undefined) return null;
  const { noTimeBecause, ...output } = outputColumns(stream, select, draft.name);
  const node: UnionNode = {
    kind: 'union',
    ...place,
    ...output,
    inputs: inputs.map(({ input }, index) => ({ from: input.stream, columns: matched[index]! })),
    columns: stream.columns,
    where,
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}

function visibleColumns({ columns, hiddenColumns }: StreamColumns): readonly RowField[] {
  return columns.filter(({ name }) => !hiddenColumns.includes(name));
}

/** Positions of the columns in an input; null when one is missing, too many, or of another type. */
function matchColumns(
  columns: readonly RowField[],
  { input, stream }: UnionInput,
  typing: Typing,
): readonly number[] | null {
  const own = visibleColumns(stream);
  const name = nameOf(input.stream);
  const report = (message: string, hint: string): null => {
    typing.reader.report(input.place, { code: 'DREY_PIPELINE_TYPE', message, hint });
    return null;
  };
  const hint = 'Give all of them the same columns in the select of a transform before.';
  const surplus = own.find((column) => !columns.some((each) => each.name === column.name));
  if (surplus !== undefined) {
    return report(`"${name}" has a column "${surplus.name}" that the first one has not.`, hint);
  }
  const indexes: number[] = [];
  for (const column of columns) {
    const index = stream.columns.findIndex((each) => each.name === column.name);
    const found = own.some((each) => each.name === column.name) ? stream.columns[index] : undefined;
    if (found === undefined) return report(`"${name}" has no column "${column.name}".`, hint);
    if (bareTypeText(found.type) !== bareTypeText(column.type)) {
      return report(
        `"${column.name}" is ${bareTypeText(column.type)} in the first one, but ${bareTypeText(found.type)} in "${name}".`,
        'CAST one of them in a transform before.',
      );
    }
    indexes.push(index);
  }
  return indexes;
}

/** A column may be NULL where it may in one of them; time stays where all have the same. */
function unionStream(
  name: string,
  columns: readonly RowField[],
  inputs: readonly UnionInput[],
): StreamColumns {
  const isNullable = (column: RowField): boolean =>
    inputs.some(({ stream }) =>
      stream.columns.some((each) => each.name === column.name && each.type.nullable),
    );
  const time = inputs[0]?.stream.timeColumn ?? null;
  const hasTime =
    columns.some((column) => column.name === time) &&
    inputs.every(({ stream }) => stream.timeColumn === time);
  return {
    columns: columns.map((column) => ({
      name: column.name,
      type: { ...column.type, nullable: isNullable(column) },
    })),
    hiddenColumns: [],
    timeColumn: hasTime ? time : null,
    noTimeBecause: `not all inputs of the union "${name}" have the same time attribute`,
    changelog: inputs.some(({ stream }) => stream.changelog !== null) ? { key: null } : null,
  };
}

function nameOf({ node, stream }: StreamReference): string {
  return stream === 'main' ? node : `${node}.${stream}`;
}
