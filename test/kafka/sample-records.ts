/** Records as arbitrary values, for tests of Kafka's bytes. */
import * as fc from 'fast-check';
import type { BatchRecord } from '../../src/kafka/record-batch-writer.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
const orNull = fc.option(bytes, { nil: null });

export const anyRecord: fc.Arbitrary<BatchRecord> = fc.record({
  timestampMs: fc.oneof(
    fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
    fc.integer({ min: 0, max: 2 ** 45 }),
  ),
  key: orNull,
  value: fc.oneof(orNull, fc.uint8Array({ minLength: 100, maxLength: 300 })),
  headers: fc.array(
    fc.record({ name: fc.string({ maxLength: 8, unit: 'binary' }), value: orNull }),
    {
      maxLength: 3,
    },
  ),
});

export const anyRecords = fc.array(anyRecord, { minLength: 1, maxLength: 12 });

export const NO_IDENTITY = {
  producerId: -1,
  epoch: -1,
  baseSequence: -1,
  isTransactional: false,
} as const;
