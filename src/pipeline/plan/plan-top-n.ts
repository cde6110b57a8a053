/**
 * A top-n: its partitions, its order, and which form it has. Where its input has window bounds, they
 * are part of the partition, named or not; of final results it is then a window's own top-n, which
 * appends rows when the window has ended. All else is a changelog.
 */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { Located } from '../spec/field.ts';
import type { OrderItem } from '../spec/rank-spec.ts';
import { outputColumns } from './column-schema.ts';
import type { PartitionWindow, TopNForm, TopNNode } from './logical-plan.ts';
import { columnsOf, namesOf, type RankingInput } from './plan-dedup.ts';
import { mainStream, type PlannedNode, type StreamColumns } from './planned-node.ts';
import { stateTtlOf, warnKeptForEver, type StateTtl } from './state-ttl.ts';

type OrderBy = TopNNode['orderBy'];

export function planTopN(input: RankingInput): PlannedNode | null {
  const { draft, stream, typing } = input;
  const topN = draft.values['top-n']?.value;
  if (topN === undefined || draft.isIncomplete) return null;
  const where = typing.condition(draft.values.where, stream.columns);
  const named = topN['partition-by'] === null ? [] : columnsOf(topN['partition-by'], input);
  const orderBy = readOrder(topN['order-by'], input);
  const columns = withRank(topN.rank, input);
  const n = topN.n?.value;
  if (n === undefined || named === null || orderBy === null || columns === null) return null;
  const partitionBy = withWindow(named, stream);
  const ttl = stateTtlOf(draft, input.configuration);
  const form = formOf(stream, ttl.ms);
  refuseDedup({ n, orderBy, form }, input);
  checkTtl({ form, partitionBy, ttl }, input);
  warnOfTies(partitionBy, orderBy, input);
  const ranked: StreamColumns = {
    ...stream,
    columns,
    changelog:
      form.kind === 'window'
        ? null
        : { key: keyOf({ n, partitionBy, rank: topN.rank?.value ?? null }, stream) },
  };
  const select = typing.select(draft.values.select, columns);
  if (select === undefined) return null;
  const { noTimeBecause, ...output } = outputColumns(ranked, select, draft.name);
  const node: TopNNode = {
    kind: 'top-n',
    ...input.place,
    ...output,
    from: input.from,
    where,
    n,
    partitionBy,
    orderBy,
    form,
    columns,
    hasRank: topN.rank !== null,
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}

function readOrder(
  items: Located<readonly Located<OrderItem>[]> | null,
  { stream, typing }: RankingInput,
): OrderBy | null {
  if (items === null) return null;
  const order = items.value.flatMap(({ value }) => {
    const { expression: text, isDescending } = value;
    const expression = typing.expression(text, stream.columns);
    if (expression === null) return [];
    if (expression.kind !== 'column') {
      typing.reader.report(text.node, {
        code: 'DREY_PIPELINE_NOT_SUPPORTED',
        message: 'A top-n is ordered by columns; expressions are not supported by this version.',
        hint: 'Compute the value as a column in the select of a transform before.',
      });
      return [];
    }
    if (!isOrdered(expression.type)) {
      typing.reader.report(text.node, {
        code: 'DREY_PIPELINE_TYPE',
        message: `"${expression.name}" is ${bareTypeText(expression.type)}, whose values have no order.`,
      });
      return [];
    }
    return [{ index: expression.index, isDescending }];
  });
  return order.length < items.value.length || order.length === 0 ? null : order;
}

function isOrdered({ root }: LogicalType): boolean {
  return root !== 'ARRAY' && root !== 'MAP' && root !== 'ROW';
}

/** Null when the name of the rank is taken, which is reported. */
function withRank(
  rank: Located<string> | null,
  { stream, typing, draft }: RankingInput,
): readonly RowField[] | null {
  if (rank === null) return stream.columns;
  if (stream.columns.some(({ name }) => name === rank.value)) {
    typing.reader.report(rank.node ?? draft.key, {
      code: 'DREY_PIPELINE_COLUMN',
      message: `The column "${rank.value}" occurs twice: the input has one of this name.`,
      hint: 'Choose another name for the rank.',
    });
    return null;
  }
  return [...stream.columns, { name: rank.value, type: { root: 'BIGINT', nullable: false } }];
}

/** The bounds of the window, then the columns that are named. */
function withWindow(named: readonly number[], stream: StreamColumns): readonly number[] {
  const bounds = boundsOf(stream);
  return [...bounds, ...named.filter((index) => !bounds.includes(index))];
}

function boundsOf({ columns, windowed = null }: StreamColumns): readonly number[] {
  if (windowed === null) return [];
  return [windowed.start, windowed.end].map((bound) =>
    columns.findIndex(({ name }) => name === bound),
  );
}

function formOf(stream: StreamColumns, stateTtlMs: number): TopNForm {
  const { changelog } = stream;
  const window = windowOf(stream);
  if (window !== null && changelog === null) return { kind: 'window', window };
  const indexOf = (name: string): number =>
    stream.columns.findIndex((column) => column.name === name);
  const input = changelog === null ? null : { key: changelog.key?.map(indexOf) ?? null };
  return { kind: 'streaming', input, window, stateTtlMs };
}

function windowOf({ columns, windowed = null }: StreamColumns): PartitionWindow | null {
  if (windowed === null) return null;
  const { end, timeType, latenessMs } = windowed;
  return { endIndex: columns.findIndex(({ name }) => name === end), timeType, latenessMs };
}

/** What tells the current rows of a changelog apart. */
function keyOf(
  top: {
    readonly n: number;
    readonly partitionBy: readonly number[];
    readonly rank: string | null;
  },
  stream: StreamColumns,
): readonly string[] | null {
  const partition = namesOf(top.partitionBy, stream);
  if (top.rank !== null) return [...partition, top.rank];
  if (top.n === 1 && partition.length > 0) return partition;
  return stream.changelog?.key ?? null;
}

/**
 * Flink makes a deduplication of it, which has rules of its own for late rows and for rows of the
 * same time.
 */
function refuseDedup(
  { n, orderBy, form }: Pick<TopNNode, 'n' | 'orderBy' | 'form'>,
  { draft, stream, typing }: RankingInput,
): void {
  const [only, another] = orderBy;
  const isByTime =
    another === undefined &&
    only !== undefined &&
    stream.columns[only.index]?.name === stream.timeColumn;
  if (n !== 1 || !isByTime || form.kind === 'window' || form.input !== null) return;
  typing.reader.report(draft.values['top-n']?.value['order-by']?.node ?? draft.key, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: 'The first row by the time attribute alone is a dedup.',
    hint: `Write dedup: { keys: [...], keep: ${only?.isDescending === true ? 'last' : 'first'}, order-by: ${stream.timeColumn} }.`,
  });
}

/** State that ends with its window needs no other end; other state should have one. */
function checkTtl(
  { form, partitionBy, ttl }: Pick<TopNNode, 'form' | 'partitionBy'> & { readonly ttl: StateTtl },
  input: RankingInput,
): void {
  if (form.kind === 'window') {
    if (ttl.name !== 'state-ttl') return;
    input.typing.reader.report(ttl.place, {
      code: 'DREY_PIPELINE_CONFLICT',
      message: 'state-ttl does not go with a top-n of windows, whose state ends with them.',
      hint: 'Leave it out.',
    });
    return;
  }
  if (form.window !== null) return;
  if (form.input !== null) warnKeptForEver(input, ttl, 'rows');
  else if (partitionBy.length > 0) warnKeptForEver(input, ttl, 'partitions');
}

/** Once for a node, unless no two rows of a partition can be equal in order. */
function warnOfTies(
  partitionBy: readonly number[],
  orderBy: OrderBy,
  { draft, stream, typing }: RankingInput,
): void {
  const compared = namesOf([...partitionBy, ...orderBy.map(({ index }) => index)], stream);
  const unique = uniqueColumns(stream);
  if (unique?.every((name) => compared.includes(name)) === true) return;
  const missing = unique?.filter((name) => !compared.includes(name)) ?? [];
  typing.reader.warn(draft.values['top-n']?.value['order-by']?.node ?? draft.key, {
    code: 'DREY_PIPELINE_TIES',
    message:
      'Rows may be equal in this order; the earlier to arrive comes first then, which may differ from run to run.',
    hint:
      missing.length > 0
        ? `Add ${missing.join(', ')} to order-by.`
        : 'Add columns to order-by that tell all rows apart.',
  });
}

/** Columns that tell the rows of a stream apart; null: none are known. */
function uniqueColumns({ changelog, windowed = null }: StreamColumns): readonly string[] | null {
  if (changelog !== null) return changelog.key;
  if (windowed === null || windowed.key === null) return null;
  return [windowed.start, windowed.end, ...windowed.key];
}
