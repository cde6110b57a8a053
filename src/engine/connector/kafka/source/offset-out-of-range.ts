/**
 * What becomes of a partition whose next record is not there: the job ends, naming what the broker
 * has, or the source goes on where `auto.offset.reset` says, and says so.
 */
import { errorCodes } from '../../../../errors/codes.ts';
import { EngineError, InputError } from '../../../../errors/drey-error.ts';
import { findOffsets, type OffsetSearch } from './find-offsets.ts';
import type { PartitionLog } from './partition-log.ts';

export interface OutOfRangeOptions {
  /** Name of the source node. */
  readonly source: string;
  readonly search: OffsetSearch;
  readonly offsetReset: 'earliest' | 'latest' | null;
  readonly warn: (reason: EngineError) => void;
}

/** Moves the log to where it goes on; rejects with a DreyError. */
export async function moveIntoRange(log: PartitionLog, options: OutOfRangeOptions): Promise<void> {
  const { topic, partition } = log;
  const search: OffsetSearch = { ...options.search, isolationLevel: 'read_uncommitted' };
  const earliest = await offsetAt('earliest');
  const latest = await offsetAt('latest');
  const wanted = log.fetchOffset;
  // A replica that was behind for a moment.
  if (wanted >= earliest && wanted <= latest) return;
  if (options.offsetReset === null) throw outOfRange(log, { earliest, latest }, options);
  const target = options.offsetReset === 'earliest' ? earliest : latest;
  options.warn(reset(log, target, { earliest, latest }, options));
  log.jumpTo(target);

  async function offsetAt(at: 'earliest' | 'latest'): Promise<number> {
    const found = await findOffsets([{ topic, partition, at }], search);
    return found.get(log.name) ?? 0;
  }
}

interface OffsetRange {
  readonly earliest: number;
  readonly latest: number;
}

function place(log: PartitionLog, { earliest, latest }: OffsetRange): string {
  const { name, fetchOffset } = log;
  const held = earliest === latest ? 'no records' : `offsets ${earliest} to ${latest - 1}`;
  const why =
    fetchOffset < earliest
      ? `${earliest - fetchOffset} offsets were removed before they were read`
      : 'the topic may have been made again';
  return `${name}, offset ${fetchOffset} is not there: the broker has ${held}; ${why}`;
}

function outOfRange(
  log: PartitionLog,
  range: OffsetRange,
  { source }: OutOfRangeOptions,
): InputError {
  return new InputError(
    'DREY_KAFKA_OFFSET_OUT_OF_RANGE',
    `source ${source}, ${place(log, range)}`,
    {
      hint: errorCodes.DREY_KAFKA_OFFSET_OUT_OF_RANGE.next,
      details: { source, split: log.name, offset: log.fetchOffset, ...range },
    },
  );
}

function reset(
  log: PartitionLog,
  target: number,
  range: OffsetRange,
  { source }: OutOfRangeOptions,
): EngineError {
  const message = `source ${source}, ${place(log, range)}; it goes on at offset ${target}`;
  return new EngineError('DREY_KAFKA_OFFSET_RESET', message, {
    hint: errorCodes.DREY_KAFKA_OFFSET_RESET.next,
    details: { source, split: log.name, offset: log.fetchOffset, target, ...range },
  });
}
