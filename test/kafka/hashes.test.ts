import * as fc from 'fast-check';
import ofKafkajs from 'kafkajs/src/producer/partitioners/default/murmur2.js';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../src/kafka/crc32c.ts';
import { murmur2, partitionOfKey } from '../../src/kafka/murmur2.ts';
import { runs } from '../support/property-runs.ts';

const utf8 = new TextEncoder();

describe('CRC-32C', () => {
  // RFC 3720, B.4.
  it.each([
    ['the check string', utf8.encode('123456789'), 0xe3069283],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
  ])('of %s is the one of the standard', (_name, bytes, expected) => {
    expect(crc32c(bytes, 0, bytes.length)).toBe(expected);
  });

  it('eight bytes a step is that of one byte a step', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, start) => {
        expect(crc32c(bytes, Math.min(start, bytes.length), bytes.length)).toBe(
          bitwise(bytes.subarray(start)),
        );
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("Kafka's hash of a key", () => {
  // Of UtilsTest in Kafka's clients.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is the one that Kafka computes', (key, expected) => {
    expect(murmur2(utf8.encode(key))).toBe(expected);
  });

  it('is the one that kafkajs computes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (key) => {
        expect(murmur2(key)).toBe(ofKafkajs(Buffer.from(key)));
      }),
      { numRuns: runs(500) },
    );
  });

  it('names a partition that is there', () => {
    expect(partitionOfKey(utf8.encode('21'), 10)).toBe((-973932308 & 0x7fffffff) % 10);
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 1000 }), (key, count) => {
        const partition = partitionOfKey(key, count);
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(count);
      }),
    );
  });
});

function bitwise(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  return ~crc >>> 0;
}
