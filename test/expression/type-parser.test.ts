import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseType } from '../../src/expression/parse-expression.ts';
import { typeText } from '../../src/expression/type-text.ts';
import type { LogicalType } from '../../src/expression/type.ts';
import { typeOf } from './scopes.ts';

test.each([
  ['STRING', 'STRING'],
  ['string', 'STRING'],
  ['VARCHAR(2147483647)', 'STRING'],
  ['VARCHAR', 'VARCHAR(1)'],
  ['CHAR', 'CHAR(1)'],
  ['INTEGER', 'INT'],
  ['DEC', 'DECIMAL(10, 0)'],
  ['NUMERIC(5)', 'DECIMAL(5, 0)'],
  ['DECIMAL(5,2)', 'DECIMAL(5, 2)'],
  ['BYTES', 'BYTES'],
  ['DOUBLE PRECISION', 'DOUBLE'],
  ['TIME', 'TIME(0)'],
  ['TIMESTAMP', 'TIMESTAMP(6)'],
  ['TIMESTAMP(3) WITHOUT TIME ZONE', 'TIMESTAMP(3)'],
  ['TIMESTAMP WITH LOCAL TIME ZONE', 'TIMESTAMP_LTZ(6)'],
  ['TIMESTAMP(9) WITH LOCAL TIME ZONE', 'TIMESTAMP_LTZ(9)'],
  ['TIMESTAMP_LTZ(3)', 'TIMESTAMP_LTZ(3)'],
  ['ARRAY<ARRAY<INT>>', 'ARRAY<ARRAY<INT>>'],
  ['INT ARRAY', 'ARRAY<INT>'],
  ['MAP<STRING, INT NOT NULL>', 'MAP<STRING, INT NOT NULL>'],
  ['ROW<a INT, `b c` STRING>', 'ROW<`a` INT, `b c` STRING>'],
  ['ROW(a INT)', 'ROW<`a` INT>'],
  ['INT NOT NULL', 'INT NOT NULL'],
  ['INT NULL', 'INT'],
])('%s is %s', (text, expected) => {
  expect(typeText(typeOf(text))).toBe(expected);
});

test.each([
  ['STRNG', 0, 5, 'Did you mean STRING?'],
  ['MAP<STRING', 10, 10, undefined],
  ['ARRAY<INT', 9, 9, undefined],
  ['ROW<a INT', 9, 9, undefined],
  ['ROW<timestamp INT>', 4, 13, undefined],
  ['ROW<a INT, a INT>', 11, 12, undefined],
  ['DECIMAL(39)', 8, 10, undefined],
  ['DECIMAL(5, 6)', 11, 12, undefined],
  ['TIMESTAMP(10)', 10, 12, undefined],
  ['TIMESTAMP WITH TIME ZONE', 10, 14, undefined],
  ['INT INT', 4, 7, undefined],
  ['ARRAY', 0, 5, undefined],
  ['', 0, 0, undefined],
  ['RAW', 0, 3, undefined],
])('%s is refused at %i to %i', (text, start, end, hint) => {
  const parsed = parseType(text);
  const problem = parsed.ok ? undefined : parsed.problems[0];
  expect(problem).toMatchObject({ code: 'DREY_TYPE_INVALID', start, end });
  if (hint !== undefined) expect(problem?.hint).toBe(hint);
});

const nullable = fc.boolean();
const leaf: fc.Arbitrary<LogicalType> = fc.oneof(
  fc.record({
    root: fc.constantFrom(
      'BOOLEAN',
      'TINYINT',
      'SMALLINT',
      'INT',
      'BIGINT',
      'FLOAT',
      'DOUBLE',
      'DATE',
    ),
    nullable,
  }),
  fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38), nullable)
    .map(([precision, scale, isNullable]): LogicalType => ({
      root: 'DECIMAL',
      precision,
      scale: Math.min(scale, precision),
      nullable: isNullable,
    })),
  fc.record({
    root: fc.constantFrom('CHAR', 'VARCHAR', 'BINARY', 'VARBINARY'),
    length: fc.integer({ min: 1, max: 2_147_483_647 }),
    nullable,
  }),
  fc.record({
    root: fc.constantFrom('TIME', 'TIMESTAMP', 'TIMESTAMP_LTZ'),
    precision: fc.nat(9),
    nullable,
  }),
);
const { type: anyType } = fc.letrec<{ type: LogicalType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({ root: fc.constant('ARRAY' as const), element: tie('type'), nullable }),
    fc.record({
      root: fc.constant('MAP' as const),
      key: tie('type'),
      value: tie('type'),
      nullable,
    }),
    fc.record({
      root: fc.constant('ROW' as const),
      fields: fc.uniqueArray(fc.record({ name: fc.string({ minLength: 1 }), type: tie('type') }), {
        selector: (field) => field.name,
        maxLength: 4,
      }),
      nullable,
    }),
  ),
}));

test('the text of every type reads back as the type', () => {
  fc.assert(
    fc.property(anyType, (type) => {
      expect(parseType(typeText(type))).toEqual({ ok: true, value: type });
    }),
  );
});
