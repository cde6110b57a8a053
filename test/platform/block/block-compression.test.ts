import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DreyError } from '../../../src/errors/drey-error.ts';
import {
  packBlock,
  unpackBlock,
  unpackZstdSlowly,
} from '../../../src/platform/block/block-compression.ts';
import { xxhash32 } from '../../../src/platform/block/xxhash32.ts';
import { realCompression } from '../../../src/platform/real/compression.ts';
import { runs } from '../../support/property-runs.ts';

const OWN = ['gzip', 'snappy', 'lz4'] as const;
const LIMIT_BYTES = 1_000_000;
const utf8 = new TextEncoder();

/** Of few different bytes, so that there is something to repeat; some longer than a block. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.constantFrom('{"device":', '"exposure"', 'a', '\n', '0000000'), { maxLength: 200 })
    .map((words) => utf8.encode(words.join(''))),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.integer({ min: 1, max: 3000 }))
    .map(([piece, times]) => repeated(piece, times)),
);

const SAMPLE = repeated(utf8.encode('drey reads what others have written. '), 40);

/** What the reference programs made of it. */
const REFERENCES = [
  [
    'snappy-java, a bare block',
    'snappy',
    'yAuQZHJleSByZWFkcyB3aGF0IG90aGVycyBoYXZlIHdyaXR0ZW4uIP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAP4lAIolAA==',
  ],
  [
    'snappy-java, a stream',
    'snappy',
    'glNOQVBQWQAAAAABAAAAAQAAAG3IC5BkcmV5IHJlYWRzIHdoYXQgb3RoZXJzIGhhdmUgd3JpdHRlbi4g/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUA/iUAiiUA',
  ],
  [
    'lz4 with blocks that lean on others, size and checksum',
    'lz4',
    'BCJNGGxAyAUAAAAAAABDNQAAAP8WZHJleSByZWFkcyB3aGF0IG90aGVycyBoYXZlIHdyaXR0ZW4uICUA//////+QUHRlbi4gAAAAAO5EHpM=',
  ],
  ['zstd', 'zstd', 'KLUv/WTIBE0BAFLCBwzQPRBxMiBVAUQYYS0HG9VC/mzQE4f0rkH8lBh8D0oBAAUN/eoJY0N6fg=='],
] as const;
const ZSTD = Buffer.from(REFERENCES[3][2], 'base64');

describe.each(OWN)('%s', (format) => {
  it('gives back what was packed', () => {
    fc.assert(
      fc.property(content, (bytes) => {
        const unpacked = unpackBlock(format, packBlock(format, bytes), LIMIT_BYTES);
        expect(Buffer.from(unpacked).equals(bytes)).toBe(true);
      }),
      { numRuns: runs(300) },
    );
  });

  it('makes texts smaller', () => {
    expect(packBlock(format, SAMPLE).length).toBeLessThan(SAMPLE.length / 4);
  });

  it('stops at its limit', () => {
    const packed = packBlock(format, new Uint8Array(LIMIT_BYTES));
    expect(packed.length).toBeLessThan(LIMIT_BYTES / 15);
    expect(unpackBlock(format, packed, LIMIT_BYTES).length).toBe(LIMIT_BYTES);
    expect(() => unpackBlock(format, packed, LIMIT_BYTES - 1)).toThrow(
      expect.objectContaining({ code: 'DREY_COMPRESSED_BLOCK_TOO_LARGE' }),
    );
  });

  it('that is cut is refused, or what stands before the cut comes out', () => {
    const packed = packBlock(format, SAMPLE);
    for (let end = 0; end < packed.length; end++) {
      const unpacked = attempt(() => unpackBlock(format, packed.subarray(0, end), LIMIT_BYTES));
      if (unpacked === null) continue;
      expect(Buffer.from(SAMPLE.subarray(0, unpacked.length)).equals(unpacked)).toBe(true);
      expect(unpacked.length).toBeLessThan(SAMPLE.length);
    }
  });

  it('that is damaged is unpacked or refused with one kind of error', () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 0, max: 255 }), (bytes, place, byte) => {
        const packed = Uint8Array.from(packBlock(format, bytes));
        packed[place % packed.length] = byte;
        const unpacked = attempt(() => unpackBlock(format, packed, LIMIT_BYTES));
        expect(unpacked?.length ?? 0).toBeLessThanOrEqual(LIMIT_BYTES);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('noise', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('is no %s', (format) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        attempt(() => unpackBlock(format, bytes, LIMIT_BYTES));
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('a block of another program', () => {
  it.each(REFERENCES)('is unpacked: %s', (_program, format, base64) => {
    const packed = Buffer.from(base64, 'base64');
    expect(Buffer.from(unpackBlock(format, packed, LIMIT_BYTES)).toString()).toBe(
      Buffer.from(SAMPLE).toString(),
    );
  });

  it('in zstd is unpacked without the help of Node, up to its limit', () => {
    expect(unpackZstdSlowly(ZSTD, SAMPLE.length).length).toBe(SAMPLE.length);
    expect(() => unpackZstdSlowly(ZSTD, SAMPLE.length - 1)).toThrow(/more than/);
    expect(() => unpackZstdSlowly(ZSTD.subarray(0, -4), SAMPLE.length)).toThrow(/./);
  });
});

describe('an LZ4 frame', () => {
  it('whose header has another checksum is refused, as Kafka refuses it', () => {
    const packed = packBlock('lz4', SAMPLE);
    packed[6] = (packed[6] ?? 0) ^ 1;
    expect(() => unpackBlock('lz4', packed, LIMIT_BYTES)).toThrow(/checksum of its header/);
  });
});

describe('the door', () => {
  it('packs zstd where Node does, and says so where it does not', () => {
    const packed = attempt(() => realCompression.packBlock('zstd', SAMPLE));
    expect(packed !== null).toBe(realCompression.formats.has('zstd'));
    if (packed !== null) {
      expect(realCompression.unpackBlock('zstd', packed, LIMIT_BYTES)).toEqual(Buffer.from(SAMPLE));
    }
  });
});

describe('xxHash', () => {
  // Of the reference implementation, seed 0.
  it.each([
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])('of %j is the one of the reference', (text, expected) => {
    expect(xxhash32(utf8.encode(text))).toBe(expected);
  });
});

function attempt(unpack: () => Uint8Array): Uint8Array | null {
  try {
    return unpack();
  } catch (error) {
    expect(error).toBeInstanceOf(DreyError);
    expect(String(error)).toMatch(/cannot (un|com)?pack|cannot compress/);
    return null;
  }
}

function repeated(piece: Uint8Array, times: number): Uint8Array {
  const bytes = new Uint8Array(piece.length * times);
  for (let at = 0; at < bytes.length; at += piece.length) bytes.set(piece, at);
  return bytes;
}
