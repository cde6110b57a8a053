import { describe, expect, test } from 'vitest';
import { hashValue } from '../../../../src/engine/function/hyperloglog/value-hash.ts';

/** Made with the reference implementation, the first two words of each result. */
const expectedHashes: readonly (readonly [string, string])[] = [
  ['', 'e194ea73c4d52235'],
  ['a', '2b208dbb7a05478b'],
  ['abcd', '84cae201f868bd88'],
  ['abcde', 'c871e95131fa3872'],
  ['d00000001', '4415d91f62fa0384'],
  ['1101050000012', 'cf8c72305cbf6206'],
  ['0123456789abcdef', '65236e3ebe8bc119'],
  ['0123456789abcdef0', 'd2c51664d1a384b3'],
  ['The quick brown fox jumps over the lazy dog', 'd5a7482561292568'],
  ['数据', 'b61c0f367f34b908'],
];

function hashOf(bytes: Uint8Array, start: number, length: number): string {
  const hash = { high: 0, low: 0 };
  hashValue(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), start, length, hash);
  return [hash.high, hash.low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

describe('the hash of a value', () => {
  for (const [text, expected] of expectedHashes) {
    test(`is the one of the reference implementation for "${text}"`, () => {
      const bytes = new TextEncoder().encode(text);
      expect(hashOf(bytes, 0, bytes.length)).toBe(expected);
    });
  }

  test('does not depend on the bytes around the value', () => {
    const text = new TextEncoder().encode('d00000001');
    for (const filler of [0, 255]) {
      const bytes = new Uint8Array(64).fill(filler);
      for (const start of [0, 1, 7, 55]) {
        bytes.fill(filler);
        bytes.set(text, start);
        expect(hashOf(bytes, start, text.length)).toBe(hashOf(text, 0, text.length));
      }
    }
  });

  test('differs for all of a million short numbers', () => {
    const seen = new Set<string>();
    const hash = { high: 0, low: 0 };
    const bytes = new DataView(new ArrayBuffer(4));
    for (let number = 0; number < 1_000_000; number++) {
      bytes.setUint32(0, number, true);
      hashValue(bytes, 0, 4, hash);
      seen.add(`${hash.high} ${hash.low}`);
    }
    expect(seen.size).toBe(1_000_000);
  });
});
