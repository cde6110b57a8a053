import * as fc from 'fast-check';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import encodeRecord from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import decodeBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
import { RecordBatch } from 'kafkajs/src/protocol/recordBatch/v0/index.js';
import { describe, expect, it } from 'vitest';
import { DreyError } from '../../src/errors/drey-error.ts';
import {
  BATCH_HEADER_BYTES,
  checkCrc,
  readBatchHeader,
  setBaseOffset,
} from '../../src/kafka/batch-header.ts';
import { RecordBatchWriter, type BatchRecord } from '../../src/kafka/record-batch-writer.ts';
import { readHeaders, RecordSlices } from '../../src/kafka/record-slices.ts';
import { runs } from '../support/property-runs.ts';
import { anyRecords, NO_IDENTITY } from './sample-records.ts';

const identity = fc.record({
  producerId: fc.integer({ min: -1, max: 2 ** 52 }),
  epoch: fc.integer({ min: -1, max: 32_767 }),
  baseSequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  isTransactional: fc.boolean(),
});

describe('a record batch', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyRecords, identity, (records, who) => {
        const batch = written(records, who);
        const { header, read } = readWhole(batch);
        expect(read).toEqual(records);
        expect(checkCrc(batch, 0, header)).toBe(true);
        expect(header).toMatchObject({
          baseOffset: 0,
          sizeBytes: batch.length,
          magic: 2,
          compression: 'none',
          timestampType: 'create',
          isTransactional: who.isTransactional,
          isControl: false,
          lastOffsetDelta: records.length - 1,
          maxTimestampMs: Math.max(...records.map((record) => record.timestampMs)),
          producerId: who.producerId,
          producerEpoch: who.epoch,
          baseSequence: who.baseSequence,
        });
      }),
      { numRuns: runs(300) },
    );
  });

  it('reads in kafkajs as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, identity, async (records, who) => {
        const decoded = await decodeBatch(new Decoder(Buffer.from(written(records, who))));
        expect(decoded).toMatchObject({
          firstOffset: '0',
          firstTimestamp: String(records[0]?.timestampMs),
          inTransaction: who.isTransactional,
          lastOffsetDelta: records.length - 1,
          producerId: String(who.producerId),
          producerEpoch: who.epoch,
          firstSequence: who.baseSequence,
        });
        expect(decoded.records.map(({ key, value }) => [bytesOf(key), bytesOf(value)])).toEqual(
          records.map(({ key, value }) => [key, value]),
        );
        expect(decoded.records.map(({ timestamp, offset }) => [timestamp, offset])).toEqual(
          records.map(({ timestampMs }, index) => [String(timestampMs), String(index)]),
        );
      }),
      { numRuns: runs(200) },
    );
  });

  it('of kafkajs is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, async (records) => {
        const plain = records.map((record, index) => ({ ...record, headers: headersOf(index) }));
        const batch = await fromKafkajs(plain);
        const { header, read } = readWhole(batch);
        expect(read).toEqual(plain);
        expect(checkCrc(batch, 0, header)).toBe(true);
        expect(header).toMatchObject({ baseOffset: 77, producerId: 5, producerEpoch: 3 });
      }),
      { numRuns: runs(200) },
    );
  });

  it('with any one bit flipped behind its checksum has another checksum', () => {
    const batch = written(sample(), NO_IDENTITY);
    const { header } = readWhole(batch);
    for (let at = 17; at < batch.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = batch.slice();
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        // As a reader does: the checksum to compare with is the one that stands there.
        const crc = new DataView(damaged.buffer).getUint32(17);
        expect(checkCrc(damaged, 0, { ...header, crc })).toBe(false);
      }
    }
  });

  it('keeps its checksum when the broker numbers it', () => {
    const batch = written(sample(), NO_IDENTITY);
    setBaseOffset(batch, 0, 2 ** 40 + 17);
    const { header } = readWhole(batch);
    expect(header.baseOffset).toBe(2 ** 40 + 17);
    expect(checkCrc(batch, 0, header)).toBe(true);
  });

  it('that is cut anywhere has no header', () => {
    const batch = written(sample(), NO_IDENTITY);
    for (let end = 0; end < batch.length; end++) {
      expect(readBatchHeader(batch.subarray(0, end), 0)).toBeNull();
    }
  });

  it('with any damage is read or refused with one kind of error', () => {
    fc.assert(
      fc.property(
        anyRecords,
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (records, place, byte) => {
          const batch = written(records, NO_IDENTITY);
          batch[place % batch.length] = byte;
          try {
            const header = readBatchHeader(batch, 0);
            if (header === null) return;
            const slices = new RecordSlices();
            slices.read(batch, BATCH_HEADER_BYTES, header.sizeBytes, header.recordCount);
            for (let index = 0; index < slices.count; index++) {
              expectWithin(slices, index, header.sizeBytes);
              readHeaders(batch, slices.headersStart[index] ?? 0, slices.headersEnd[index] ?? 0);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(DreyError);
            expect(error).toMatchObject({ code: 'DREY_KAFKA_RECORDS_CORRUPT' });
          }
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  it('whose records are cut is refused', () => {
    const batch = written(sample(), NO_IDENTITY);
    const { recordCount } = readWhole(batch).header;
    for (let end = BATCH_HEADER_BYTES; end < batch.length; end++) {
      expect(() =>
        new RecordSlices().read(batch.slice(0, end), BATCH_HEADER_BYTES, end, recordCount),
      ).toThrow(expect.objectContaining({ code: 'DREY_KAFKA_RECORDS_CORRUPT' }));
    }
  });

  it('that says it has millions of records in a few bytes gets no room for them', () => {
    expect(() => new RecordSlices().read(new Uint8Array(100), 0, 100, 2 ** 31 - 1)).toThrow(
      /2147483647 records are said to lie in 100 bytes/,
    );
  });

  it('of an older format is recognised and not read', () => {
    const old = new Uint8Array(40);
    old[11] = 28;
    old[16] = 1;
    const header = readBatchHeader(old, 0);
    expect(header).toMatchObject({ magic: 1, sizeBytes: 40, recordCount: 0 });
    expect(header !== null && checkCrc(old, 0, header)).toBe(false);
  });

  it('with a compression that nobody knows is refused', () => {
    const batch = written(sample(), NO_IDENTITY);
    batch[22] = 6;
    expect(() => readBatchHeader(batch, 0)).toThrow(/there is no compression 6/);
  });

  it('that is packed says how, and its records are what was packed', () => {
    const writer = new RecordBatchWriter();
    for (const record of sample()) writer.append(record);
    const plain = written(sample(), NO_IDENTITY).subarray(BATCH_HEADER_BYTES);
    const packed: Uint8Array[] = [];
    const batch = writer.finish({
      ...NO_IDENTITY,
      compression: {
        format: 'lz4',
        pack: (records) => {
          packed.push(records.slice());
          return records.subarray(0, 9);
        },
      },
    });
    expect(packed).toEqual([plain]);
    expect(batch.subarray(BATCH_HEADER_BYTES)).toEqual(plain.subarray(0, 9));
    expect(readBatchHeader(batch, 0)).toMatchObject({
      compression: 'lz4',
      recordCount: sample().length,
      sizeBytes: BATCH_HEADER_BYTES + 9,
    });
  });

  it('forgets the times of the batch before it', () => {
    const writer = new RecordBatchWriter();
    const [first] = sample();
    if (first === undefined) throw new Error('no sample');
    writer.append({ ...first, timestampMs: 900 });
    expect(writer.count).toBe(1);
    writer.finish(NO_IDENTITY);
    expect([writer.count, writer.sizeBytes]).toEqual([0, BATCH_HEADER_BYTES]);
    writer.append({ ...first, timestampMs: 100 });
    const header = readBatchHeader(writer.finish(NO_IDENTITY), 0);
    expect(header).toMatchObject({ baseTimestampMs: 100, maxTimestampMs: 100 });
  });
});

function sample(): readonly BatchRecord[] {
  const utf8 = new TextEncoder();
  return Array.from({ length: 20 }, (_, index) => ({
    timestampMs: 1_700_000_000_000 + (index % 3) * 70_000,
    key: index % 4 === 0 ? null : utf8.encode(`key ${index}`),
    value: index % 5 === 0 ? null : utf8.encode('x'.repeat(index * 9)),
    headers: index % 2 === 0 ? [] : [{ name: 'a', value: utf8.encode('b') }],
  }));
}

function written(
  records: readonly BatchRecord[],
  who: Parameters<RecordBatchWriter['finish']>[0],
): Uint8Array {
  const writer = new RecordBatchWriter();
  for (const record of records) writer.append(record);
  return writer.finish(who);
}

function readWhole(batch: Uint8Array) {
  const header = readBatchHeader(batch, 0);
  if (header === null) throw new Error('the batch is cut');
  const slices = new RecordSlices();
  slices.read(batch, BATCH_HEADER_BYTES, header.sizeBytes, header.recordCount);
  const read: BatchRecord[] = Array.from({ length: slices.count }, (_, index) => ({
    timestampMs: header.baseTimestampMs + (slices.timestampDelta[index] ?? 0),
    key: slice(batch, slices.keyStart[index], slices.keyLength[index]),
    value: slice(batch, slices.valueStart[index], slices.valueLength[index]),
    headers: readHeaders(batch, slices.headersStart[index] ?? 0, slices.headersEnd[index] ?? 0).map(
      ({ name, value }) => ({ name, value: value?.slice() ?? null }),
    ),
  }));
  expect([...slices.offsetDelta.subarray(0, slices.count)]).toEqual([...read.keys()]);
  return { header, read };
}

function slice(bytes: Uint8Array, start = 0, length = 0): Uint8Array | null {
  return length < 0 ? null : bytes.slice(start, start + length);
}

function expectWithin(slices: RecordSlices, index: number, end: number): void {
  const { keyStart, keyLength, valueStart, valueLength, headersStart, headersEnd } = slices;
  const at = (column: Int32Array): number => column[index] ?? 0;
  expect(at(keyStart) + Math.max(0, at(keyLength))).toBeLessThanOrEqual(at(valueStart));
  expect(at(valueStart) + Math.max(0, at(valueLength))).toBeLessThanOrEqual(at(headersStart));
  expect(at(headersStart)).toBeLessThan(at(headersEnd));
  expect(at(headersEnd)).toBeLessThanOrEqual(end);
}

function headersOf(index: number): BatchRecord['headers'] {
  return index % 2 === 0 ? [] : [{ name: 'sent-by', value: Uint8Array.of(index) }];
}

async function fromKafkajs(records: readonly BatchRecord[]): Promise<Uint8Array> {
  const firstTimestamp = records[0]?.timestampMs ?? 0;
  const { buffer } = await RecordBatch({
    firstOffset: 77,
    firstTimestamp,
    maxTimestamp: firstTimestamp,
    lastOffsetDelta: records.length - 1,
    producerId: 5,
    producerEpoch: 3,
    firstSequence: 11,
    records: records.map(({ timestampMs, key, value, headers }, index) =>
      encodeRecord({
        offsetDelta: index,
        timestampDelta: timestampMs - firstTimestamp,
        key: key === null ? null : Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        headers: Object.fromEntries(
          headers.map((header) => [header.name, Buffer.from(header.value ?? [])]),
        ),
      }),
    ),
  });
  return Uint8Array.from(buffer);
}

function bytesOf(buffer: Uint8Array | null): Uint8Array | null {
  return buffer === null ? null : Uint8Array.from(buffer);
}
