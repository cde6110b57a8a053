import { expect, test } from 'vitest';
import { FilterOperator } from '../../../src/engine/operator/filter.ts';
import type { Value } from '../../../src/expression/value.ts';
import { field } from '../batch/batch-of.ts';
import { column } from '../batch/expressions.ts';
import { types } from '../batch/nullable-types.ts';
import { context } from '../batch/scalar-reference.ts';
import { runInAllModes } from '../../support/operator-harness.ts';

const schema = [field('id', types.int), field('ok', types.boolean)];

test('a filter keeps the rows whose condition is TRUE, and passes watermarks', () => {
  const rows = Array.from({ length: 5000 }, (_, id): Value[] => [id, [true, false, null][id % 3]!]);
  const { main, watermarks } = runInAllModes(
    {
      create: () => new FilterOperator(column(schema, 'ok'), schema, context),
      schemas: [schema],
    },
    [
      { kind: 'rows', input: 0, rows: rows.map((values) => ({ values })) },
      { kind: 'watermark', input: 0, watermarkMs: 5 },
      { kind: 'rows', input: 0, rows: [{ values: [-1, false] }] },
      { kind: 'watermark', input: 0, watermarkMs: Infinity },
      { kind: 'end', input: 0 },
    ],
  );
  expect(main).toEqual(rows.filter(([, ok]) => ok === true));
  expect(watermarks).toEqual([5, Infinity]);
});
