import { describe, expect, it } from 'vitest';
import { readBatchHeader } from '../../src/kafka/batch-header.ts';
import { realCompression } from '../../src/platform/real/compression.ts';
import {
  batchOf,
  client,
  fetchOne,
  freshTopic,
  NO_IDENTITY,
  produceOne,
  valuesOf,
} from './clients.ts';

const kafka = client();
const VALUES = Array.from({ length: 500 }, (_, at) => `{"device":"d${at % 9}","exposure":${at}}`);
const PACKED = realCompression.formats.has('zstd')
  ? (['gzip', 'snappy', 'lz4', 'zstd'] as const)
  : (['gzip', 'snappy', 'lz4'] as const);

describe('a batch', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'that the broker packs with %s is read',
    async (format) => {
      const topic = await freshTopic(kafka, 1, { 'compression.type': format });
      await produceOne(kafka, topic, batchOf(VALUES, NO_IDENTITY));
      const { records } = await fetchOne(kafka, topic);
      expect(readBatchHeader(records, 0)).toMatchObject({ compression: format, recordCount: 500 });
      expect(valuesOf(records)).toEqual(VALUES);
    },
  );

  it.each(PACKED)('that is packed with %s is unpacked by the broker', async (format) => {
    // It packs in its own way what comes in another one, so it has to unpack it.
    const other = format === 'gzip' ? 'lz4' : 'gzip';
    const topic = await freshTopic(kafka, 1, { 'compression.type': other });
    const compression = {
      format,
      pack: (bytes: Uint8Array) => realCompression.packBlock(format, bytes),
    };
    const batch = batchOf(VALUES, { ...NO_IDENTITY, compression });
    expect(batch.length).toBeLessThan(batchOf(VALUES, NO_IDENTITY).length / 2);
    expect(await produceOne(kafka, topic, batch)).toMatchObject({ error: null });
    const { records } = await fetchOne(kafka, topic);
    expect(readBatchHeader(records, 0)).toMatchObject({ compression: other });
    expect(valuesOf(records)).toEqual(VALUES);
  });
});
