import { describe, expect, test } from 'vitest';
import { AlignmentGroups, mayRead } from '../../../src/engine/time/watermark-alignment.ts';

describe('a split may be read', () => {
  const cases: readonly {
    readonly watermarkMs: number;
    readonly slowestMs: number;
    readonly maxDriftMs: number;
    readonly expected: boolean;
  }[] = [
    { watermarkMs: 10, slowestMs: 10, maxDriftMs: 0, expected: true },
    { watermarkMs: 11, slowestMs: 10, maxDriftMs: 0, expected: false },
    { watermarkMs: 15, slowestMs: 10, maxDriftMs: 5, expected: true },
    { watermarkMs: 16, slowestMs: 10, maxDriftMs: 5, expected: false },
    // Before its own first row, and while another one is before its first row.
    { watermarkMs: -Infinity, slowestMs: -Infinity, maxDriftMs: 5, expected: true },
    { watermarkMs: -Infinity, slowestMs: 10, maxDriftMs: 5, expected: true },
    { watermarkMs: 10, slowestMs: -Infinity, maxDriftMs: 5, expected: false },
    // Nobody is waited for.
    { watermarkMs: 10, slowestMs: Infinity, maxDriftMs: 5, expected: true },
  ];
  test.each(cases)(
    'at $watermarkMs with the group at $slowestMs and a drift of $maxDriftMs: $expected',
    ({ watermarkMs, slowestMs, maxDriftMs, expected }) => {
      expect(mayRead(watermarkMs, slowestMs, maxDriftMs)).toBe(expected);
    },
  );
});

test('a group is where its slowest member is, and groups know nothing of each other', () => {
  const groups = new AlignmentGroups();
  groups.group('a').add({ slowestMs: 7 });
  groups.group('a').add({ slowestMs: 5 });
  groups.group('b').add({ slowestMs: Infinity });
  expect(groups.group('a').slowestMs).toBe(5);
  expect(groups.group('b').slowestMs).toBe(Infinity);
});
