import { expect, test } from 'vitest';
import { ProjectOperator } from '../../../src/engine/operator/project.ts';
import type { Value } from '../../../src/expression/value.ts';
import { field } from '../batch/batch-of.ts';
import { call, column, literal } from '../batch/expressions.ts';
import { types } from '../batch/nullable-types.ts';
import { context } from '../batch/scalar-reference.ts';
import { runInAllModes } from '../../support/operator-harness.ts';

const inputSchema = [field('id', types.int), field('name', types.text)];
const outputSchema = [field('name', types.text), field('next', types.int)];

test('a projection computes its columns for every row, and passes watermarks', () => {
  const expressions = [
    column(inputSchema, 'name'),
    call('+', column(inputSchema, 'id'), literal(types.int, 1)),
  ];
  const rows = Array.from({ length: 5000 }, (_, id): Value[] => [
    id % 7 === 0 ? null : id,
    id % 5 === 0 ? null : `n${id}`,
  ]);
  const { main, watermarks } = runInAllModes(
    {
      create: () => new ProjectOperator({ inputSchema, outputSchema, expressions }, context),
      schemas: [inputSchema],
    },
    [
      { kind: 'rows', input: 0, rows: rows.map((values) => ({ values })) },
      { kind: 'watermark', input: 0, watermarkMs: 5 },
      { kind: 'end', input: 0 },
    ],
  );
  expect(main).toEqual(rows.map(([id, name]) => [name, id === null ? null : Number(id) + 1]));
  expect(watermarks).toEqual([5]);
});
