import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from '../../../src/engine/batch/column.ts';
import { compileExpression } from '../../../src/engine/batch/evaluator.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { listFunctions } from '../../../src/expression/function/registry.ts';
import { batchOf, field } from './batch-of.ts';
import { describe, randomExpressions } from './random-expression.ts';
import { drawFrom, randomValue } from './random-values.ts';
import { context, scalarOutcome, wellFormed, type ScalarOutcome } from './scalar-reference.ts';
import { types } from './nullable-types.ts';
import { runs } from '../../support/property-runs.ts';

const schema = Object.entries(types).flatMap(([name, type]) => [
  field(`${name}1`, type),
  field(`${name}2`, type),
]);
const functions = listFunctions()
  .filter(({ deterministic }) => deterministic)
  .map(wellFormed);

test('a column holds for every row what the scalar definition gives, failures included', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const draw = drawFrom(seed);
      const expressions = randomExpressions(schema, functions, 60, draw).slice(-60);
      const evaluators = expressions.map((expression) =>
        compileExpression(expression, schema, context),
      );
      // Several batches through one evaluator: nothing may be left over from the one before.
      for (const rowCount of [draw(40), 0, draw(12)]) {
        const options = { narrow: draw(2) === 0, nullsOneIn: draw(3) * 4 };
        const rows = Array.from({ length: rowCount }, () =>
          schema.map(({ type }) => randomValue(type, draw, options)),
        );
        const batch = batchOf(schema, rows);
        for (const [index, expression] of expressions.entries()) {
          const column = evaluators[index]!.evaluate(batch);
          for (const [row, values] of rows.entries()) {
            const wanted = scalarOutcome(expression, values);
            expect(outcomeOf(column, row), `row ${row} of ${describe(expression)}`).toEqual(wanted);
          }
        }
      }
    }),
    { numRuns: runs(60) },
  );
});

function outcomeOf(column: Column, row: number): ScalarOutcome {
  const failure = column.failures?.get(row);
  return failure === undefined ? { value: readValue(column, row) } : { failure };
}
