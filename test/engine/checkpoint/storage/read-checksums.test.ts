import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ReadChecksums,
  type ExpectedFile,
} from '../../../../src/engine/checkpoint/storage/read-checksums.ts';
import { crc32 } from '../../../../src/platform/crc32.ts';
import { runs } from '../../../support/property-runs.ts';

const corrupt = expect.objectContaining({ code: 'DREY_SNAPSHOT_CORRUPT' });

/** Parts behind each other, `gap` bytes between them, one of them named twice. */
function fileOf(sizes: readonly number[], gap: number): ExpectedFile & { bytes: Uint8Array } {
  const sizeBytes = sizes.reduce((sum, size) => sum + size + gap, 0);
  const bytes = Uint8Array.from({ length: sizeBytes }, (_none, index) => (index * 167) % 251);
  let offset = 0;
  const parts = sizes.map((size) => {
    const part = { offset, sizeBytes: size, crc32: crc32(bytes.subarray(offset, offset + size)) };
    offset += size + gap;
    return part;
  });
  const file = { name: 'state-0', sizeBytes, crc32: crc32(bytes), place: { kind: 'own' } as const };
  return { file, parts: [...parts.toReversed(), ...parts.slice(0, 1)], bytes };
}

function check(expected: ExpectedFile, bytes: Uint8Array, ends: readonly number[]): void {
  const checksums = new ReadChecksums('state-0', expected);
  for (const end of ends.toSorted((a, b) => a - b)) {
    // What is behind the end has not been read yet.
    checksums.advance(bytes.slice().fill(0, end), end);
  }
  checksums.advance(bytes, bytes.length);
  checksums.finish(bytes);
}

test('a file is found whole, or damaged at any byte, whichever pieces it is read in', () => {
  const files = fc.record({
    sizes: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 10 }),
    gap: fc.nat({ max: 3 }),
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
    damaged: fc.nat(),
  });
  fc.assert(
    fc.property(files, ({ sizes, gap, cuts, damaged }) => {
      const { bytes, ...expected } = fileOf(sizes, gap);
      const ends = cuts.map((cut) => cut % (bytes.length + 1));
      check(expected, bytes, ends);
      if (bytes.length === 0) return;
      const at = damaged % bytes.length;
      bytes[at] = bytes[at]! ^ 1;
      expect(() => {
        check(expected, bytes, ends);
      }).toThrow(corrupt);
    }),
    { numRuns: runs(200) },
  );
});

test('a part that ends behind the file is refused', () => {
  const { bytes, file, parts } = fileOf([10], 0);
  const longer = parts.map((part) => ({ ...part, sizeBytes: 11 }));
  expect(() => {
    check({ file, parts: longer }, bytes, []);
  }).toThrow(corrupt);
});
