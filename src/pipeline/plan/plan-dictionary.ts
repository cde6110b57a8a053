/** A dictionary: the column whose values get numbers, and the column of the numbers. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import { redisAddress } from '../spec/redis-spec.ts';
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
  const isShared = dictionary.value.store.value === 'redis';
  if (!isShared) warnKeptForEver(input, ttl, 'values');
  const store = planStore(input);
  const where = typing.condition(draft.values.where, stream.columns);
  if (column === null || as === null || store === undefined) return null;
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
  if (isShared && !isStorable(numbered.type)) {
    typing.reader.report(column.node ?? draft.key, {
      code: 'DREY_PIPELINE_TYPE',
      message: `A shared dictionary takes STRING and integers; "${column.value}" is ${bareTypeText(numbered.type)}.`,
      hint: 'CAST it to STRING in the select of a transform before.',
    });
    return null;
  }
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
    store,
    columns,
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}

const sharedFields = ['url', 'username', 'password', 'key'] as const;

/** Null: numbers are in the state of the job. Undefined: something was refused, which is reported. */
function planStore({ draft, typing }: TransformInput): DictionaryNode['store'] | undefined {
  const { dictionary } = draft.values;
  if (dictionary === null) return undefined;
  const { store, url, username, password, key } = dictionary.value;
  const { reader } = typing;
  if (store.value === 'state') {
    const misplaced = sharedFields.flatMap((name) => dictionary.value[name]?.node ?? []);
    for (const node of misplaced) {
      reader.report(node, {
        code: 'DREY_PIPELINE_CONFLICT',
        message: 'It has no meaning without store: redis.',
      });
    }
    return misplaced.length === 0 ? null : undefined;
  }
  const ttl = draft.values['state-ttl'];
  if (ttl !== null) {
    reader.report(ttl.node ?? draft.key, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: 'A shared dictionary forgets nothing, so state-ttl has no meaning.',
      hint: 'Remove it.',
    });
  }
  const address = redisAddress({ url, username, password });
  if (key !== null && address !== null) return { address, key: key.value };
  for (const [name, value] of [
    ['url', url],
    ['key', key],
  ] as const) {
    if (value !== null) continue;
    reader.report(store.node ?? draft.key, {
      code: 'DREY_PIPELINE_MISSING_FIELD',
      message: `The field "${name}" is missing, which store: redis needs.`,
    });
  }
  return undefined;
}

/** Values whose text is the same in every program that shares the store. */
function isStorable({ root }: LogicalType): boolean {
  return ['CHAR', 'VARCHAR', 'TINYINT', 'SMALLINT', 'INT', 'BIGINT'].includes(root);
}
