/**
 * Where partitions start and stop, by Flink's `scan.startup.mode` and `scan.bounded.mode`. Both are
 * evaluated once, when a job starts without a snapshot; a restored one goes by the snapshot.
 */
import { assert } from '../../../../errors/assert.ts';
import { errorCodes } from '../../../../errors/codes.ts';
import { InputError } from '../../../../errors/drey-error.ts';
import type { OffsetQuery, TopicPartition } from '../../../../platform/kafka.ts';
import { partitionName } from '../partition-leaders.ts';
import { findCommitted, findOffsets, type OffsetSearch } from './find-offsets.ts';
import type { BoundedMode, StartupMode } from './kafka-source-spec.ts';

export interface OffsetRules extends OffsetSearch {
  /** Name of the source node. */
  readonly source: string;
  readonly group: string;
  /** Where a partition starts whose offset is not known; null: the job ends. */
  readonly offsetReset: 'earliest' | 'latest' | null;
}

type Partitions = readonly TopicPartition[];

export async function startOffsets(
  partitions: Partitions,
  mode: StartupMode,
  rules: OffsetRules,
): Promise<ReadonlyMap<string, number>> {
  switch (mode.kind) {
    case 'earliest-offset':
      return offsetsAt('earliest', partitions, rules);
    case 'latest-offset':
      return offsetsAt('latest', partitions, rules);
    case 'timestamp':
      return offsetsAt(mode.atMs, partitions, rules);
    case 'group-offsets':
      return committedOr(rules.offsetReset, partitions, rules);
    case 'specific-offsets': {
      const named = specific(mode.offsets, partitions);
      // As Flink: what is not named starts where the group is, or at its beginning.
      const others = partitions.filter((partition) => !named.has(partitionName(partition)));
      return new Map([...named, ...(await committedOr('earliest', others, rules))]);
    }
  }
}

/** Null: the source never ends. */
export async function stopOffsets(
  partitions: Partitions,
  mode: BoundedMode,
  rules: OffsetRules,
): Promise<ReadonlyMap<string, number> | null> {
  switch (mode.kind) {
    case 'unbounded':
      return null;
    case 'latest-offset':
      return offsetsAt('latest', partitions, rules);
    case 'timestamp':
      return offsetsAt(mode.atMs, partitions, rules);
    case 'group-offsets':
      return committedOr(null, partitions, rules);
    case 'specific-offsets': {
      const named = specific(mode.offsets, partitions);
      // As Flink: what is not named is not read.
      return new Map(
        partitions.map((each) => [partitionName(each), named.get(partitionName(each)) ?? 0]),
      );
    }
  }
}

/** The first offset that is not older; the end where all are. */
async function offsetsAt(
  at: OffsetQuery['at'],
  partitions: Partitions,
  rules: OffsetRules,
): Promise<ReadonlyMap<string, number>> {
  if (partitions.length === 0) return new Map();
  const found = await findOffsets(
    partitions.map(({ topic, partition }) => ({ topic, partition, at })),
    rules,
  );
  const offsets = new Map<string, number>();
  const older: TopicPartition[] = [];
  for (const partition of partitions) {
    const offset = found.get(partitionName(partition)) ?? null;
    if (offset === null) older.push(partition);
    else offsets.set(partitionName(partition), offset);
  }
  assert(older.length === 0 || at !== 'latest', 'every partition has an end');
  if (older.length === 0) return offsets;
  return new Map([...offsets, ...(await offsetsAt('latest', older, rules))]);
}

async function committedOr(
  reset: 'earliest' | 'latest' | null,
  partitions: Partitions,
  rules: OffsetRules,
): Promise<ReadonlyMap<string, number>> {
  const committed = await findCommitted(rules.group, partitions, rules);
  const others = partitions.filter((partition) => !committed.has(partitionName(partition)));
  const [first] = others;
  if (first === undefined) return committed;
  if (reset === null) throw noOffset(first, rules);
  return new Map([...committed, ...(await offsetsAt(reset, others, rules))]);
}

function specific(
  offsets: Readonly<Record<string, number>>,
  partitions: Partitions,
): Map<string, number> {
  const named = new Map<string, number>();
  for (const partition of partitions) {
    const offset = offsets[partition.partition];
    if (offset !== undefined) named.set(partitionName(partition), offset);
  }
  return named;
}

function noOffset(partition: TopicPartition, { source, group }: OffsetRules): InputError {
  const split = partitionName(partition);
  return new InputError(
    'DREY_KAFKA_OFFSET_MISSING',
    `source ${source}, ${split}: the group ${group} has committed no offset`,
    {
      hint: errorCodes.DREY_KAFKA_OFFSET_MISSING.next,
      details: { source, split, group },
    },
  );
}
