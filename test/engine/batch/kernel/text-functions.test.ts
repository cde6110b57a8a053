import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogicalType } from '../../../../src/expression/type.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { callOf, literal } from '../expressions.ts';
import { types } from '../nullable-types.ts';
import { kernelOnly, over } from './run-kernel.ts';

function evaluate(name: string, result: LogicalType, values: Value[], ...rest: Value[]): Value[] {
  const constants = rest.map((value) => literal(types.text, value));
  return over(types.text, values, (x) => callOf(kernelOnly(name, result), [x, ...constants]));
}

test.each<[string, Value[], Value[]]>([
  ['LTRIM', ['  a b ', '   ', '', null], ['a b ', '', '', null]],
  ['RTRIM', ['  a b ', '   ', '', null], ['  a b', '', '', null]],
  ['BTRIM', ['  a b ', '   ', '', '\u00a0x'], ['a b', '', '', '\u00a0x']],
])('%s takes spaces away', (name, values, expected) => {
  expect(evaluate(name, types.text, values)).toEqual(expected);
});

test.each([
  ['BOTH', 'a'],
  ['LEADING', 'a  '],
  ['TRAILING', '  a'],
])('TRIM(%s ...) takes spaces away on that side', (side, expected) => {
  const found = over(types.text, ['  a  '], (x) =>
    callOf(kernelOnly('TRIM', types.text), [
      literal(types.text, side),
      literal(types.text, ' '),
      x,
    ]),
  );
  expect(found).toEqual([expected]);
});

test('CHAR_LENGTH counts characters', () => {
  const found = evaluate('CHAR_LENGTH', types.int, ['', 'abcde', 'grün', '日本語', 'a😀', null]);
  expect(found).toEqual([0, 5, 4, 3, 2, null]);
});

test('UPPER and LOWER change the letters of ASCII text only', () => {
  const all = String.fromCharCode(...Array.from({ length: 128 }, (_unused, code) => code));
  expect(evaluate('UPPER', types.text, [all, 'a', '', null])).toEqual([
    all.toUpperCase(),
    'A',
    '',
    null,
  ]);
  expect(evaluate('LOWER', types.text, [all, 'XYZ'])).toEqual([all.toLowerCase(), 'xyz']);
});

test('UPPER of other text is what the scalar definition says', () => {
  const definition = kernelOnly('UPPER', types.text, ([text]) => `<${String(text)}>`);
  const found = over(types.text, ['ab', 'ü', 'cd'], (x) => callOf(definition, [x]));
  expect(found).toEqual(['AB', '<ü>', 'CD']);
});

test('|| joins texts, NULL with NULL', () => {
  expect(evaluate('||', types.text, ['a', '', null, '日'], '-', 'z')).toEqual([
    'a-z',
    '-z',
    null,
    '日-z',
  ]);
  expect(evaluate('||', types.text, ['a'], null)).toEqual([null]);
});

test('joined texts of all lengths are whole', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 300 }), { maxLength: 40 }), (values) => {
      const found = over(types.text, values, (x) =>
        callOf(kernelOnly('CONCAT', types.text), [x, literal(types.text, '/'), x]),
      );
      expect(found).toEqual(values.map((value) => `${value}/${value}`));
    }),
  );
});
