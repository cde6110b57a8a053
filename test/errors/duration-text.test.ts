import { expect, test } from 'vitest';
import { durationText } from '../../src/errors/duration-text.ts';

test.each([
  [1500, '1500ms'],
  [90_000, '90s'],
  [60_000, '1min'],
  [3_600_000, '1h'],
  [172_800_000, '2d'],
  [0, '0ms'],
  [-300_000, '-5min'],
])('%d ms is %s', (durationMs, expected) => {
  expect(durationText(durationMs)).toBe(expected);
});
