import { describe, expect, it } from 'vitest';
import { readRecords, type ReadRecord } from '../../../src/cli/topic/read-records.ts';
import { recordBytes } from '../../../src/cli/topic/record-text.ts';
import { setBaseOffset } from '../../../src/kafka/batch-header.ts';
import { RecordBatchWriter } from '../../../src/kafka/record-batch-writer.ts';
import type { BlockFormat } from '../../../src/platform/compression.ts';
import type { FetchedPartition } from '../../../src/platform/kafka.ts';
import { simulatedCompression } from '../../../src/platform/simulated/compression.ts';
import { recordBatch } from '../../support/kafka-records.ts';

const unpack = (format: BlockFormat, packed: Uint8Array): Uint8Array =>
  simulatedCompression.unpackBlock(format, packed, 1_000_000);

function fetched(...batches: readonly Uint8Array[]): FetchedPartition {
  return {
    topic: 'events',
    partition: 0,
    error: null,
    highWatermark: 1_000,
    lastStableOffset: 1_000,
    logStartOffset: 0,
    abortedTransactions: [],
    records: Buffer.concat(batches),
  };
}

function at(offset: number, batch: Uint8Array): Uint8Array {
  setBaseOffset(batch, 0, offset);
  return batch;
}

function texts(records: readonly ReadRecord[]): readonly string[] {
  return records.map(
    ({ offset, value }) => `${offset} ${new TextDecoder().decode(value ?? undefined)}`,
  );
}

describe('records of an answer', () => {
  it('begin at the place that was asked for', () => {
    const answer = fetched(at(5, recordBatch(['a', 'b', 'c'])), at(8, recordBatch(['d'])));
    const { records, nextOffset } = readRecords(answer, 6, unpack);
    expect(texts(records)).toEqual(['6 b', '7 c', '8 d']);
    expect(nextOffset).toBe(9);
  });

  it('end before a batch that was cut', () => {
    const whole = fetched(at(0, recordBatch(['a'])), at(1, recordBatch(['b'])));
    const cut = { ...whole, records: whole.records.subarray(0, -1) };
    expect(readRecords(cut, 0, unpack).nextOffset).toBe(1);
    expect(readRecords(fetched(), 3, unpack)).toEqual({ records: [], nextOffset: 3 });
  });

  it.each(['gzip', 'snappy', 'lz4'] as const)('come out of %s', (format) => {
    const writer = new RecordBatchWriter();
    const headers = [{ name: 'h', value: new Uint8Array([1]) }];
    const value = new TextEncoder().encode('v'.repeat(100));
    writer.append({ timestampMs: 7, key: null, value, headers });
    const pack = (bytes: Uint8Array): Uint8Array => simulatedCompression.packBlock(format, bytes);
    const batch = writer.finish({
      producerId: -1,
      epoch: -1,
      baseSequence: -1,
      isTransactional: false,
      compression: { format, pack },
    });
    const { records } = readRecords(fetched(batch), 0, unpack);
    expect(records).toMatchObject([{ offset: 0, timestampAtMs: 7, headers: [{ name: 'h' }] }]);
    expect(new Uint8Array(records[0]?.value ?? [])).toEqual(value);
  });

  it('that are damaged are an error with their place', () => {
    const batch = at(4, recordBatch(['a']));
    batch[batch.length - 1] = (batch.at(-1) ?? 0) ^ 0xff;
    const read = (): unknown => readRecords(fetched(at(3, recordBatch(['x'])), batch), 3, unpack);
    expect(read).toThrow('events-0 behind offset 3: ');
    expect(read).toThrow(expect.objectContaining({ code: 'DREY_KAFKA_RECORDS_CORRUPT' }) as Error);
  });

  it('of aborted transactions are left out up to their mark', () => {
    const written = (producerId: number) => ({
      producerId,
      epoch: 0,
      baseSequence: 0,
      isTransactional: true,
    });
    const answer = {
      ...fetched(
        at(0, recordBatch(['before'], written(1))),
        at(1, recordBatch(['void'], written(2))),
        at(2, recordBatch(['other'], written(1))),
        at(3, recordBatch(['plain'])),
      ),
      abortedTransactions: [{ producerId: 2, firstOffset: 1 }],
    };
    expect(texts(readRecords(answer, 0, unpack).records)).toEqual([
      '0 before',
      '2 other',
      '3 plain',
    ]);
  });
});

describe('a record as JSON', () => {
  it('has bytes that are no text in base64', () => {
    const record = {
      partition: 1,
      offset: 2,
      timestampAtMs: 3,
      key: new Uint8Array([0xff]),
      value: null,
      headers: [{ name: 'trace', value: new TextEncoder().encode('é') }],
    };
    const line = new TextDecoder().decode(recordBytes(record, { kind: 'json' }));
    expect(line).toBe(
      '{"partition":1,"offset":2,"timestampAtMs":3,"key":null,"keyBase64":"/w==","value":null,"headers":[{"name":"trace","value":"é"}]}\n',
    );
  });
});
