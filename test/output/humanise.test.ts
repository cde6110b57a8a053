import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatShortCount,
  formatTime,
} from '../../src/output/humanise.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [1536, '1.50 KiB'],
  [10_240, '10.0 KiB'],
  [1_048_575, '1.00 MiB'],
  [2_100_000_000, '1.96 GiB'],
  [5e15, '4547 TiB'],
])('%d bytes are shown as %s', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1_234_567, '1,234,567'],
])('the count %d is shown as %s', (count, expected) => {
  expect(formatCount(count)).toBe(expected);
});

test.each([
  [0, '0'],
  [999.4, '999'],
  [999.6, '1.00 k'],
  [1_234_567, '1.23 M'],
  [12_345_678, '12.3 M'],
  [999_999, '1.00 M'],
])('the rate %d is shown as %s', (count, expected) => {
  expect(formatShortCount(count)).toBe(expected);
});

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [1234, '1.2 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [185_000, '3 min 5 s'],
  [7_380_000, '2 h 3 min'],
  [90_000_000, '1 d 1 h'],
])('%d ms are shown as %s', (durationMs, expected) => {
  expect(formatDuration(durationMs)).toBe(expected);
});

test('a time is shown as the calendar of JavaScript has it', () => {
  // Years 0 to 9999, which Date prints without a sign.
  const range = { min: -62_167_219_200_000, max: 253_402_300_799_999 };
  fc.assert(
    fc.property(fc.integer(range), (epochMs) => {
      const expected = new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
      expect(formatTime(epochMs)).toBe(expected);
    }),
  );
});
