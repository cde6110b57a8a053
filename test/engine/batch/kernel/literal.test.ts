import { expect, test } from 'vitest';
import { BATCH_ROWS } from '../../../../src/engine/batch/column.ts';
import { LiteralEvaluator, shareBlock } from '../../../../src/engine/batch/kernel/literal.ts';
import { readValue } from '../../../../src/engine/batch/read-value.ts';
import { drawFrom, randomValue } from '../random-values.ts';
import { types } from '../nullable-types.ts';

test.each(Object.entries(types))(
  'a %s literal is the same in the first and last row',
  (_n, type) => {
    const draw = drawFrom(7);
    for (let round = 0; round < 20; round++) {
      const value = randomValue(type, draw, { narrow: false, nullsOneIn: 4 });
      const column = new LiteralEvaluator(type, value).evaluate();
      expect([readValue(column, 0), readValue(column, BATCH_ROWS - 1)]).toEqual([value, value]);
    }
  },
);

test('literals that share a block keep their values', () => {
  const literals = ['abc', null, '', 'grün'].map((text) => new LiteralEvaluator(types.text, text));
  shareBlock(literals);
  const columns = literals.map((literal) => literal.evaluate());
  expect(columns.map((column) => readValue(column, 5))).toEqual(['abc', null, '', 'grün']);
  const blocks = columns.map((column) => (column.kind === 'bytes' ? column.block : null));
  expect(new Set(blocks).size).toBe(1);
});
