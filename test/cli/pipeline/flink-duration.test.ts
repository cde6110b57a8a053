import { expect, test } from 'vitest';
import { flinkDuration } from '../../../src/cli/pipeline/flink-duration.ts';

test.each([
  [1500, '1500ms'],
  [90_000, '90s'],
  [60_000, '1min'],
  [3_600_000, '1h'],
  [172_800_000, '2d'],
])('%d ms is %s', (durationMs, expected) => {
  expect(flinkDuration(durationMs)).toBe(expected);
});
