import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PartitionLog,
  type PartitionLogOptions,
} from '../../../../src/platform/simulated/kafka/partition-log.ts';
import { attempt, Refusal } from '../../../../src/platform/simulated/kafka/refusal.ts';
import type { IsolationLevel } from '../../../../src/platform/kafka.ts';
import {
  readRows,
  recordBatch,
  type ReadRow,
  type Written,
} from '../../../support/kafka-records.ts';
import { runs } from '../../../support/property-runs.ts';

const usual: PartitionLogOptions = {
  timestampType: 'CreateTime',
  batchBytesMax: 1_048_588,
  isCompacted: false,
};

const everything = { sizeBytesMax: 1_000_000, isFirstWhole: true } as const;

function write(log: PartitionLog, values: readonly string[], written?: Written): number {
  const { baseOffset, endOffset } = log.append(recordBatch(values, written), 0, 1_000);
  log.replicate(endOffset);
  return baseOffset;
}

function refusalOf(work: () => unknown): string | null {
  const outcome = attempt(work);
  return outcome instanceof Refusal ? outcome.reason : null;
}

function rowsOf(log: PartitionLog, isolationLevel: IsolationLevel, from = 0): readonly ReadRow[] {
  const read = log.read(from, { ...everything, isolationLevel });
  const place = { topic: 't', partition: 0, error: null, highWatermark: 0 };
  return readRows({ ...place, lastStableOffset: 0, logStartOffset: 0, ...read }, from).rows;
}

function valuesOf(log: PartitionLog, isolationLevel: IsolationLevel): readonly (string | null)[] {
  return rowsOf(log, isolationLevel).map(({ value }) => value);
}

/** The nth batch of one record by producer 7. */
function numbered(sequence: number, epoch = 0, isTransactional = false): Written {
  return { producerId: 7, epoch, baseSequence: sequence, isTransactional };
}

describe('sequence numbers', () => {
  it('a batch that is sent again keeps its offset and is not stored twice', () => {
    const log = new PartitionLog(usual);
    write(log, ['a', 'b'], numbered(0));
    write(log, ['c'], numbered(2));
    expect(write(log, ['a', 'b'], numbered(0))).toBe(0);
    expect(valuesOf(log, 'read_uncommitted')).toEqual(['a', 'b', 'c']);
  });

  it('of each producer the last five batches are known', () => {
    const log = new PartitionLog(usual);
    for (let sequence = 0; sequence < 6; sequence++) write(log, ['x'], numbered(sequence));
    expect(write(log, ['x'], numbered(1))).toBe(1);
    expect(refusalOf(() => write(log, ['x'], numbered(0)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  it('a gap is refused, also at the beginning of an epoch', () => {
    const log = new PartitionLog(usual);
    write(log, ['x'], numbered(0));
    expect(refusalOf(() => write(log, ['x'], numbered(2)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(refusalOf(() => write(log, ['x'], numbered(1, 1)))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(write(log, ['x'], numbered(0, 1))).toBe(1);
  });

  it('an older epoch is refused', () => {
    const log = new PartitionLog(usual);
    write(log, ['x'], numbered(0, 1));
    expect(refusalOf(() => write(log, ['x'], numbered(0, 0)))).toBe('INVALID_PRODUCER_EPOCH');
  });

  it('a producer that wrote nothing for a day may begin anywhere', () => {
    const log = new PartitionLog(usual);
    log.append(recordBatch(['x'], numbered(0)), 0, 1_000);
    expect(log.append(recordBatch(['x'], numbered(5)), 0, 1_000 + 86_400_000).baseOffset).toBe(1);
  });
});

describe('batches that no client may send', () => {
  const bytes = recordBatch(['value']);
  const last = bytes.length - 1;

  it.each([
    ['cut', bytes.subarray(0, last), 'CORRUPT_MESSAGE'],
    ['with a byte changed', bytes.with(last, 1 ^ (bytes[last] ?? 0)), 'CORRUPT_MESSAGE'],
    ['two in one', Buffer.concat([bytes, bytes]), 'INVALID_RECORD'],
    ['too large', recordBatch(['x'.repeat(100)]), 'MESSAGE_TOO_LARGE'],
  ])('%s', (_, records, reason) => {
    const log = new PartitionLog({ ...usual, batchBytesMax: 100 });
    expect(refusalOf(() => log.append(records, 0, 0))).toBe(reason);
    expect(log.logEnd).toBe(0);
  });

  it('without a key where the topic is compacted', () => {
    const log = new PartitionLog({ ...usual, isCompacted: true });
    expect(refusalOf(() => write(log, ['value']))).toBe('INVALID_RECORD');
    expect(write(log, ['key=value'])).toBe(0);
  });
});

describe('transactions in a log', () => {
  const stamp = { leaderEpoch: 0, nowMs: 2_000 };

  it('hide their records, and all that follow, until they are committed', () => {
    const log = new PartitionLog(usual);
    write(log, ['before']);
    write(log, ['within'], numbered(0, 0, true));
    write(log, ['after']);
    expect(log.lastStableOffset).toBe(1);
    expect(valuesOf(log, 'read_committed')).toEqual(['before']);
    log.appendMarker({ producerId: 7, epoch: 0 }, 'commit', stamp);
    expect(log.lastStableOffset).toBe(4);
    expect(valuesOf(log, 'read_committed')).toEqual(['before', 'within', 'after']);
  });

  it('leave nothing for a reader of committed records when they are aborted', () => {
    const log = new PartitionLog(usual);
    write(log, ['a'], numbered(0, 0, true));
    log.appendMarker({ producerId: 7, epoch: 0 }, 'abort', stamp);
    write(log, ['b'], numbered(1, 0, true));
    log.appendMarker({ producerId: 7, epoch: 0 }, 'commit', stamp);
    expect(valuesOf(log, 'read_committed')).toEqual(['b']);
    expect(valuesOf(log, 'read_uncommitted')).toEqual(['a', 'b']);
  });

  it('a record outside of the open transaction is refused', () => {
    const log = new PartitionLog(usual);
    write(log, ['a'], numbered(0, 0, true));
    expect(refusalOf(() => write(log, ['b'], numbered(1)))).toBe('INVALID_TXN_STATE');
  });

  it('a marker of an older epoch is refused and leaves no trace', () => {
    const log = new PartitionLog(usual);
    write(log, ['a'], numbered(0, 3, true));
    const late = (): void => log.appendMarker({ producerId: 7, epoch: 2 }, 'commit', stamp);
    expect(refusalOf(late)).toBe('INVALID_PRODUCER_EPOCH');
    expect(log.logEnd).toBe(1);
    expect(log.lastStableOffset).toBe(0);
  });
});

describe('what a log loses', () => {
  it('a new leader has only what is replicated, and takes the lost batch again', () => {
    const log = new PartitionLog(usual);
    write(log, ['a'], numbered(0));
    log.append(recordBatch(['b'], numbered(1)), 0, 1_000);
    expect(log.truncateToReplicated(1_000)).toBe(true);
    expect(log.logEnd).toBe(1);
    expect(write(log, ['b'], numbered(1))).toBe(1);
    expect(valuesOf(log, 'read_uncommitted')).toEqual(['a', 'b']);
  });

  it('what retention has taken is out of range', () => {
    const log = new PartitionLog(usual);
    for (const value of ['a', 'b', 'c']) write(log, [value]);
    log.removeBefore(2);
    expect(refusalOf(() => log.checkOffset(1))).toBe('OFFSET_OUT_OF_RANGE');
    expect(rowsOf(log, 'read_uncommitted', 2).map(({ value }) => value)).toEqual(['c']);
    expect(log.find('earliest', 'read_committed')).toBe(2);
  });

  it('compaction leaves gaps within and between batches', () => {
    const log = new PartitionLog(usual);
    write(log, ['a', 'b', 'c']);
    write(log, ['d']);
    write(log, ['e']);
    log.compact((offset) => offset === 1 || offset === 4);
    expect(rowsOf(log, 'read_uncommitted')).toMatchObject([
      { offset: 1, value: 'b' },
      { offset: 4, value: 'e' },
    ]);
    expect(log.logEnd).toBe(5);
  });
});

describe('reading', () => {
  it('ends within the last batch, and gives a first one whole that is larger', () => {
    const log = new PartitionLog(usual);
    write(log, ['first']);
    write(log, ['second']);
    const size = recordBatch(['first']).length;
    const bounds = { isolationLevel: 'read_uncommitted', isFirstWhole: true } as const;
    const read = (sizeBytesMax: number): number => {
      return log.read(0, { ...bounds, sizeBytesMax }).records.length;
    };
    expect(read(size + 5)).toBe(size + 5);
    expect(read(1)).toBe(size);
    expect(log.read(0, { ...bounds, sizeBytesMax: 1, isFirstWhole: false }).records).toHaveLength(
      0,
    );
  });

  it('finds the first record that is not older than a time', () => {
    const log = new PartitionLog(usual);
    write(log, ['a', 'b', 'c']);
    expect(log.find(1_001, 'read_uncommitted')).toBe(1);
    expect(log.find(1_003, 'read_uncommitted')).toBeNull();
    expect(log.find(0, 'read_uncommitted')).toBe(0);
  });

  it('with log-append time a batch has the time at which it came', () => {
    const log = new PartitionLog({ ...usual, timestampType: 'LogAppendTime' });
    log.append(recordBatch(['a', 'b']), 3, 5_000);
    log.replicate(2);
    expect(rowsOf(log, 'read_uncommitted').map(({ timestampMs }) => timestampMs)).toEqual([
      5_000, 5_000,
    ]);
  });
});

type Step = 'plain' | 'write' | 'commit' | 'abort';

it('a reader of committed records sees exactly the plain and the committed ones, in order', () => {
  const steps = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom<Step>('plain', 'write', 'commit', 'abort'),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(steps, (taken) => {
      const log = new PartitionLog(usual);
      const model: { value: string; state: 'open' | 'commit' | 'abort'; producer: number }[] = [];
      const sequences = [0, 0, 0];
      for (const [index, [producerId, step]] of taken.entries()) {
        const value = `${index}`;
        if (step === 'plain') {
          write(log, [value]);
          model.push({ value, state: 'commit', producer: -1 });
        } else if (step === 'write') {
          const baseSequence = sequences[producerId] ?? 0;
          sequences[producerId] = baseSequence + 1;
          write(log, [value], { producerId, epoch: 0, baseSequence, isTransactional: true });
          model.push({ value, state: 'open', producer: producerId });
        } else {
          log.appendMarker({ producerId, epoch: 0 }, step, { leaderEpoch: 0, nowMs: 0 });
          for (const row of model) {
            if (row.producer === producerId && row.state === 'open') row.state = step;
          }
        }
      }
      const firstOpen = model.findIndex(({ state }) => state === 'open');
      const stable = firstOpen === -1 ? model : model.slice(0, firstOpen);
      expect(valuesOf(log, 'read_committed')).toEqual(
        stable.filter(({ state }) => state === 'commit').map(({ value }) => value),
      );
    }),
    { numRuns: runs(200) },
  );
});
