/** A dictionary: the column whose values get numbers, and the column of the numbers. */
import type { RowField } from '../../expression/type.ts';
import { outputColumns } from './column-schema.ts';
import type { DictionaryNode } from './logical-plan.ts';
import { mainStream, type PlannedNode, type StreamColumns } from './planned-node.ts';
import { stateTtlOf, warnKeptForEver, type StateOwner } from './state-ttl.ts';
import type { TransformInput } from './transform-input.ts';

/** No other configuration: numbers that leave the engine are forgotten only by who says so here. */
const noConfiguration: ReadonlyMap<string, string> = new Map();

/** Null when the columns do not fit, which is reported. */
export function planDictionary(input: TransformInput & StateOwner): PlannedNode | null {
  const { draft, stream, typing, from } = input;
  const dictionary = draft.values.dictionary;
  if (dictionary === null || draft.isIncomplete) return null;
  const { column, as } = dictionary.value;
  const ttl = stateTtlOf(draft, noConfiguration);
  warnKeptForEver(input, ttl, 'values');
  const where = typing.condition(draft.values.where, stream.columns);
  if (column === null || as === null) return null;
  const names = stream.columns.map(({ name }) => name);
  const columnIndex = typing.columnIndex(column, names);
  const numbered = stream.columns[columnIndex];
  if (names.includes(as.value)) {
    typing.reader.report(as.node ?? draft.key, {
      code: 'DREY_PIPELINE_COLUMN',
      message: `The input has a column "${as.value}" already.`,
      hint: 'Give the column of numbers another name.',
    });
    return null;
  }
  if (numbered === undefined) return null;
  const columns: readonly RowField[] = [
    ...stream.columns,
    { name: as.value, type: { root: 'INT', nullable: numbered.type.nullable } },
  ];
  const appended: StreamColumns = { ...stream, columns };
  const select = typing.select(draft.values.select, columns);
  if (select === undefined) return null;
  const { noTimeBecause, ...output } = outputColumns(appended, select, draft.name);
  const node: DictionaryNode = {
    kind: 'dictionary',
    ...input.place,
    ...output,
    from,
    where,
    columnIndex,
    stateTtlMs: ttl.ms,
    columns,
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}
