import { expect, test } from 'vitest';
import type { Value } from '../../../../src/expression/value.ts';
import { callOf, literal } from '../expressions.ts';
import { types } from '../nullable-types.ts';
import { kernelOnly, over } from './run-kernel.ts';

const MILLI = 1_000_000n;

test('TO_TIMESTAMP_LTZ takes milliseconds at precision 3 and seconds at 0', () => {
  const values = [1_700_000_000_123n, 0n, -1n, null];
  const definition = kernelOnly('TO_TIMESTAMP_LTZ', types.instant);
  const [millis, seconds] = [3, 0].map((digits) =>
    over(types.bigint, values.slice(1), (x) => callOf(definition, [x, literal(types.int, digits)])),
  );
  expect(over(types.bigint, values, (x) => callOf(definition, [x]))).toEqual([
    1_700_000_000_123n * MILLI,
    0n,
    -MILLI,
    null,
  ]);
  expect(millis).toEqual([0n, -MILLI, null]);
  expect(seconds).toEqual([0n, -1000n * MILLI, null]);
});

test.each([253_402_300_800_000n, -62_167_219_200_001n, 9223372036854775807n])(
  'TO_TIMESTAMP_LTZ of %s, out of range, is what the scalar definition says',
  (value) => {
    const definition = kernelOnly('TO_TIMESTAMP_LTZ', types.instant, ([x]) =>
      x === 5n ? 5n * MILLI : null,
    );
    const found = over(types.bigint, [value, 5n], (x) =>
      callOf(definition, [x, literal(types.int, 3)]),
    );
    expect(found).toEqual([null, 5n * MILLI]);
  },
);

test('a duration moves a time and leaves its nanoseconds', () => {
  const minute = literal(types.duration, 60_000n);
  const plus = over(types.timestamp, [1n, null], (x) =>
    callOf(kernelOnly('+', types.timestamp), [minute, x]),
  );
  const minus = over(types.timestamp, [1n, null], (x) =>
    callOf(kernelOnly('-', types.timestamp), [x, minute]),
  );
  expect([plus, minus]).toEqual([
    [60_000n * MILLI + 1n, null],
    [-60_000n * MILLI + 1n, null],
  ]);
});

// 2023-11-14 22:13:20.123456789 and 1969-12-31 23:59:59.999
const times: Value[] = [1_700_000_000_123_456_789n, -1_000_000n, null];

test.each<[string, Value[]]>([
  ['DAY', [1_699_920_000_000n * MILLI, -86_400_000n * MILLI, null]],
  ['HOUR', [1_699_999_200_000n * MILLI, -3_600_000n * MILLI, null]],
  ['MINUTE', [1_699_999_980_000n * MILLI, -60_000n * MILLI, null]],
  ['SECOND', [1_700_000_000_000n * MILLI, -1000n * MILLI, null]],
  ['MILLISECOND', [1_700_000_000_123n * MILLI, -1n * MILLI, null]],
])('FLOOR(time TO %s) goes back to the start of the unit', (unit, expected) => {
  const found = over(types.timestamp, times, (x) =>
    callOf(kernelOnly('FLOOR', types.timestamp), [x, literal(types.text, unit)]),
  );
  expect(found).toEqual(expected);
});

test.each<[string, Value[]]>([
  ['YEAR', [2023n, 1969n, null]],
  ['MONTH', [11n, 12n, null]],
  ['DAY', [14n, 31n, null]],
  ['HOUR', [22n, 23n, null]],
  ['MINUTE', [13n, 59n, null]],
  ['SECOND', [20n, 59n, null]],
])('EXTRACT(%s FROM time) is the field of the time', (unit, expected) => {
  const found = over(types.timestamp, times, (x) =>
    callOf(kernelOnly('EXTRACT', types.bigint), [literal(types.text, unit), x]),
  );
  expect(found).toEqual(expected);
});
