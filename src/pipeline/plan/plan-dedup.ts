/** A dedup: its key, and the time attribute that its rows are ordered by. */
import type { TransformDraft } from '../parse/draft.ts';
import type { Located, Place } from '../spec/field.ts';
import { outputColumns } from './column-schema.ts';
import type { DedupNode } from './logical-plan.ts';
import type { RunningInput } from './plan-running.ts';
import { mainStream, type PlannedNode, type StreamColumns } from './planned-node.ts';
import { stateTtlOf, warnKeptForEver } from './state-ttl.ts';

/** What a dedup and a top-n are planned from. */
export type RankingInput = RunningInput;

type Dedup = NonNullable<TransformDraft['values']['dedup']>['value'];

export function planDedup(input: RankingInput): PlannedNode | null {
  const { draft, stream, typing, from } = input;
  const dedup = draft.values.dedup?.value;
  if (dedup === undefined || draft.isIncomplete) return null;
  const where = typing.condition(draft.values.where, stream.columns);
  const keys = columnsOf(dedup.keys, input);
  const timeIndex = findTime(dedup['order-by'], input);
  refuseChangelog(input);
  const keep = dedup.keep?.value;
  if (keys === null || timeIndex === undefined || keep === undefined) return null;
  const kept: StreamColumns = {
    ...stream,
    changelog: keep === 'first' ? null : { key: namesOf(keys, stream) },
  };
  const select = typing.select(draft.values.select, stream.columns);
  if (select === undefined) return null;
  const ttl = stateTtlOf(draft, input.configuration);
  warnKeptForEver(input, ttl, 'keys');
  const { noTimeBecause, ...output } = outputColumns(kept, select, draft.name);
  const node: DedupNode = {
    kind: 'dedup',
    ...input.place,
    ...output,
    from,
    where,
    keys,
    keep,
    timeIndex,
    stateTtlMs: ttl.ms,
    select,
  };
  return { node, streams: new Map([['main', mainStream(node, noTimeBecause)]]) };
}

/** Positions of columns that are named once each; null when one is not, which is reported. */
export function columnsOf(
  named: Located<readonly Located<string>[]> | null,
  { stream, typing, draft }: RankingInput,
): readonly number[] | null {
  if (named === null) return null;
  const names = stream.columns.map(({ name }) => name);
  const seen = new Set<string>();
  const indexes = named.value.flatMap((column) => {
    const index = typing.columnIndex(column, names);
    if (index >= 0 && seen.has(column.value)) {
      typing.reader.report(column.node ?? draft.key, {
        code: 'DREY_PIPELINE_COLUMN',
        message: `The column "${column.value}" occurs twice.`,
      });
      return [];
    }
    seen.add(column.value);
    return index < 0 ? [] : [index];
  });
  return indexes.length < named.value.length || indexes.length === 0 ? null : indexes;
}

export function namesOf(indexes: readonly number[], { columns }: StreamColumns): string[] {
  return indexes.flatMap((index) => columns[index]?.name ?? []);
}

/** Null: rows count as they arrive. Undefined: it is no time attribute, which is reported. */
function findTime(
  orderBy: Dedup['order-by'],
  { stream, typing, draft }: RankingInput,
): number | null | undefined {
  if (orderBy === null) return null;
  const names = stream.columns.map(({ name }) => name);
  const index = typing.columnIndex(orderBy, names);
  if (index < 0) return undefined;
  if (orderBy.value === stream.timeColumn) return index;
  const place: Place = orderBy.node ?? draft.key;
  typing.reader.report(place, {
    code: 'DREY_PIPELINE_TIME_ATTRIBUTE',
    message:
      stream.timeColumn === null
        ? `A dedup is ordered by the time attribute, and there is none: ${stream.noTimeBecause}.`
        : `A dedup is ordered by the time attribute, "${stream.timeColumn}"; "${orderBy.value}" is none.`,
    hint: 'For another column use top-n with n: 1; leave order-by out for the order of arrival.',
  });
  return undefined;
}

/** As Flink, whose deduplication takes no updates either. */
function refuseChangelog({ draft, stream, from, typing }: RankingInput): void {
  if (stream.changelog === null) return;
  typing.reader.report(draft.values.from?.node ?? draft.key, {
    code: 'DREY_PIPELINE_CHANGELOG',
    message: `A dedup reads rows that stay, but "${from.node}" corrects rows that it has sent.`,
    hint: 'Use top-n with n: 1, which takes corrections.',
  });
}
