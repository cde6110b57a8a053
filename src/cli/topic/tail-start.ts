/** Where `topic tail` begins, as it is typed, and the offset that it stands for in each partition. */
import { UsageError } from '../../errors/drey-error.ts';
import type { IsolationLevel, TopicPartition } from '../../platform/kafka.ts';
import { findOffsets, partitionName } from './find-offsets.ts';
import type { KafkaSession } from './kafka-session.ts';

export type TailStart =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  /** So many offsets before the latest, in each partition. */
  | { readonly kind: 'last'; readonly count: number }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly atMs: number };

/** A date, then the time of the day with its zone; without a zone it is UTC. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

export function parseTailStart(text: string): TailStart {
  if (text === 'earliest' || text === 'latest') return { kind: text };
  if (/^-\d{1,15}$/.test(text)) return { kind: 'last', count: Number(text.slice(1)) };
  if (/^\d{1,15}$/.test(text)) return { kind: 'offset', offset: Number(text) };
  const epoch = /^@(\d{1,15})$/.exec(text)?.[1];
  if (epoch !== undefined) return { kind: 'time', atMs: Number(epoch) };
  const [, day = '', clock = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const atMs = day === '' ? Number.NaN : Date.parse(`${day}T${clock}${zone}`);
  if (!Number.isNaN(atMs)) return { kind: 'time', atMs };
  throw new UsageError('DREY_USAGE', `--from ${JSON.stringify(text)} is no place in a topic`, {
    hint: 'It may be earliest, latest, -10 (the last ten of each partition), an offset such as 4711, a time such as 2026-01-31T08:00:00Z, or @ with epoch milliseconds.',
  });
}

export interface TailRange extends TopicPartition {
  readonly fromOffset: number;
  /** Of the record that was to come next when it was asked. */
  readonly latestOffset: number;
}

export interface TailPlace {
  readonly partitions: readonly TopicPartition[];
  readonly start: TailStart;
  readonly isolationLevel: IsolationLevel;
}

/** An offset that is not there any more, or not yet, is moved to the nearest that is. */
export async function tailRanges(
  session: KafkaSession,
  { partitions, start, isolationLevel }: TailPlace,
): Promise<readonly TailRange[]> {
  const ask = (at: 'earliest' | 'latest' | number): Promise<ReadonlyMap<string, number | null>> =>
    findOffsets(session, {
      queries: partitions.map((partition) => ({ ...partition, at })),
      isolationLevel,
    });
  const [earliest, latest, atTime] = await Promise.all([
    ask('earliest'),
    ask('latest'),
    start.kind === 'time' ? ask(start.atMs) : null,
  ]);
  return partitions.map((partition) => {
    const name = partitionName(partition);
    const first = earliest.get(name) ?? 0;
    const end = latest.get(name) ?? first;
    const wanted = startOffset(start, { first, end, atTime: atTime?.get(name) ?? null });
    const fromOffset = Math.min(Math.max(wanted, first), Math.max(first, end));
    if (start.kind === 'offset' && fromOffset !== wanted) {
      session.status.note(`${name} has no offset ${wanted}: it begins at ${fromOffset}`);
    }
    return { ...partition, fromOffset, latestOffset: end };
  });
}

function startOffset(
  start: TailStart,
  { first, end, atTime }: { first: number; end: number; atTime: number | null },
): number {
  switch (start.kind) {
    case 'earliest':
      return first;
    case 'latest':
      return end;
    case 'last':
      return end - start.count;
    case 'offset':
      return start.offset;
    case 'time':
      return atTime ?? end;
  }
}
