import { expect, test } from 'vitest';
import { cellOfValue } from '../../../src/engine/process/cell-of-value.ts';
import { valueOfCell } from '../../../src/engine/process/value-of-cell.ts';
import type { Cell } from '../../../src/engine/process/process-function.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { types } from '../batch/nullable-types.ts';

const text5: LogicalType = { root: 'VARCHAR', length: 5, nullable: true };
const char5: LogicalType = { root: 'CHAR', length: 5, nullable: true };
const time3: LogicalType = { root: 'TIME', precision: 3, nullable: true };
const seconds: LogicalType = { root: 'TIMESTAMP', precision: 0, nullable: true };
const micros: LogicalType = { root: 'TIMESTAMP', precision: 6, nullable: true };
const byText: LogicalType = {
  root: 'MAP',
  key: types.text,
  value: types.bigint,
  nullable: true,
};
const byNumber: LogicalType = { ...byText, key: types.int };
const row: LogicalType = {
  root: 'ROW',
  fields: [
    { name: 'a', type: types.int },
    { name: 'b', type: types.text },
  ],
  nullable: true,
};

/** Type, SQL value, what the function sees; and the way back. */
const pairs: readonly (readonly [string, LogicalType, Value, Cell])[] = [
  ['BOOLEAN', types.boolean, true, true],
  ['INT', types.int, -2_147_483_648, -2_147_483_648],
  ['BIGINT', types.bigint, 42n, 42],
  ['BIGINT beyond 2^53', types.bigint, 9_007_199_254_740_993n, 9_007_199_254_740_993n],
  ['FLOAT', types.float, 0.5, 0.5],
  ['DOUBLE', types.double, NaN, NaN],
  ['DECIMAL', types.decimal, -150n, '-1.50'],
  ['STRING', types.text, '\u{1F600}', '\u{1F600}'],
  ['BYTES', types.bytes, Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
  ['DATE', types.date, 19_675, 19_675],
  ['TIME', time3, 86_399_999, 86_399_999],
  ['TIMESTAMP_LTZ(3)', types.instant, -1_000_000n, -1],
  ['TIMESTAMP(9)', types.timestamp, 1_700_000_000_000_000_001n, 1_700_000_000_000_000_001n],
  ['ARRAY', types.array, [1, null], [1, null]],
  ['MAP by text', byText, [['k', 1n]], { k: 1 }],
  ['MAP by number', byNumber, [[7, 1n]], [[7, 1]]],
  ['ROW', row, [1, 'x'], { a: 1, b: 'x' }],
];

test.each(pairs)('%s goes there and back', (_name, type, value, cell) => {
  expect(cellOfValue(value, type)).toEqual(cell);
  expect(valueOfCell(cell, type, 'it')).toEqual(value);
  expect(cellOfValue(null, type)).toBeNull();
  expect(valueOfCell(undefined, type, 'it')).toBeNull();
});

test.each<[string, LogicalType, unknown, Value]>([
  ['an integer as bigint', types.int, 5n, 5],
  ['a decimal as number, rounded half up', types.decimal, 1.005, 101n],
  ['a decimal as integer', types.decimal, 3n, 300n],
  ['a FLOAT is rounded to its width', types.float, 0.1, Math.fround(0.1)],
  ['digits of a timestamp that the type has not', seconds, 1_999, 1_000_000_000n],
  ['before 1970 too', seconds, -1, -1_000_000_000n],
  ['nanoseconds into TIMESTAMP(6)', micros, 1_999n, 1_000n],
  ['a Map', byText, new Map([['k', 2]]), [['k', 2n]]],
  ['CHAR is filled up', char5, 'ab', 'ab   '],
])('takes %s', (_name, type, cell, value) => {
  expect(valueOfCell(cell, type, 'it')).toEqual(value);
});

test.each<[LogicalType, unknown, string]>([
  [types.int, 2_147_483_648, 'out of the range of INT'],
  [types.tinyint, 128, 'out of the range of TINYINT'],
  [types.bigint, 2n ** 63n, 'out of the range of BIGINT'],
  [types.bigint, 1.5, '1.5, but BIGINT takes a whole number'],
  [types.int, '5', 'the text "5", but INT takes a whole number'],
  [types.boolean, 1, '1, but BOOLEAN takes a boolean'],
  [types.text, 5, '5, but STRING takes a text'],
  [text5, 'abcdef', '6 characters'],
  [types.decimal, '123456789.00', 'out of the range of DECIMAL(10, 2)'],
  [types.decimal, 'x', 'the text "x"'],
  [types.instant, 1.5, 'whole milliseconds'],
  [types.instant, new Date(0), 'a Date'],
  [time3, 86_400_000, 'out of the range'],
  [types.bytes, [1], 'an array, but BYTES takes a Uint8Array'],
  [types.array, { length: 1 }, 'takes an array'],
  [byNumber, { 7: 1 }, 'a Map or pairs'],
  [{ root: 'INT', nullable: false }, null, 'NULL, but it is INT NOT NULL'],
])('%j refuses %s', (type, cell, message) => {
  expect(() => valueOfCell(cell, type, 'column "x"')).toThrow(message);
});
