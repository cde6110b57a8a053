import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32, joinCrc32 } from '../../src/platform/crc32.ts';
import { runs } from '../support/property-runs.ts';

describe('CRC-32', () => {
  it('of the check string is the one of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('of two sequences joined is that of the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
        const first = bytes.subarray(0, cut);
        const second = bytes.subarray(cut);
        expect(joinCrc32(crc32(first), crc32(second), second.length)).toBe(crc32(bytes));
        expect(crc32(second, crc32(first))).toBe(crc32(bytes));
      }),
      { numRuns: runs(200) },
    );
  });

  it('joins sequences longer than 2^32 bytes', () => {
    // Twice the length in one step and in two: x^(8 * 2^33) either way.
    const half = 2 ** 32;
    const inTwo = joinCrc32(joinCrc32(0x12345678, 0, half), 0, half);
    expect(joinCrc32(0x12345678, 0, 2 * half)).toBe(inTwo);
    expect(joinCrc32(0x12345678, 0, half)).not.toBe(0x12345678);
  });
});
