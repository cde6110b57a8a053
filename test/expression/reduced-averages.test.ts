import { expect, test } from 'vitest';
import { reduceAverages } from '../../src/expression/reduced-averages.ts';
import { aggregate } from './expression-of.ts';
import { rowScope } from './scopes.ts';

// What Flink 2.3.0 did with an INT sum that wraps around, for each of these lists.
test.each([
  [['COUNT(i)', 'AVG(i)', 'SUM(i)'], true],
  [['AVG(i)', 'SUM(i)', 'COUNT(i)', 'MIN(l)'], true],
  [['COUNT(DISTINCT i)', 'AVG(DISTINCT i)', 'SUM(DISTINCT i)'], true],
  [
    ['COUNT(i) FILTER (WHERE l > 0)', 'AVG(i) FILTER (WHERE l > 0)', 'SUM(i) FILTER (WHERE l > 0)'],
    true,
  ],
  [['AVG(i)'], false],
  [['AVG(i)', 'SUM(i)'], false],
  [['COUNT(i)', 'AVG(i)', 'MIN(i)'], false],
  [['COUNT(*)', 'AVG(i)', 'SUM(i)'], false],
  [['COUNT(l)', 'AVG(i)', 'SUM(i)'], false],
  [['COUNT(i)', 'AVG(i)', 'SUM(l)'], false],
  [['COUNT(i)', 'AVG(i) FILTER (WHERE l > 0)', 'SUM(i)'], false],
  [['COUNT(DISTINCT i)', 'AVG(i)', 'SUM(i)'], false],
  [['AVG(i)', 'SUM(i)', 'COUNT(i)', 'AVG(l)'], false],
])('%j: an average of the sum beside it is %s', (texts, expected) => {
  const reduced = reduceAverages(texts.map((text) => aggregate(text, rowScope.scope)));
  const marks = reduced.filter((each) => each.function === 'AVG').map((each) => each.dividesSum);
  expect(marks.every((mark) => mark === (expected ? true : undefined))).toBe(true);
});
