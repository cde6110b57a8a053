import { expect, test } from 'vitest';
import { shareBar, sparkline } from '../../src/output/sparkline.ts';

test.each<[string, (number | null)[], string]>([
  ['from the least to the greatest', [1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇█'],
  ['only the last ones', [900, 1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇█'],
  ['what is not known is a gap', [1, null, 8], '▁ █'],
  ['always the same is flat', [5, 5], '▁▁'],
  ['nothing at all', [], ''],
  ['nothing known', [null, null], '  '],
])('a line of blocks: %s', (_, values, expected) => {
  expect(sparkline(values, 8)).toBe(expected);
});

test('a scale keeps small changes small', () => {
  expect(sparkline([98, 100], 8, { min: 0 })).toBe('██');
  expect(sparkline([0, 50, 200], 8, { min: 0, max: 100 })).toBe('▁▅█');
});

test.each([
  [0, '····'],
  [0.5, '██··'],
  [0.3, '█▎··'],
  [1, '████'],
  [1.2, '████'],
  [-1, '····'],
])('a share of %d as a bar', (share, expected) => {
  expect(shareBar(share, 4)).toBe(expected);
});
