import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreachableError } from '../../../src/errors/drey-error.ts';
import { ExactNumber, parseExactJson } from '../../../src/flink/model/exact-json.ts';

describe('parseExactJson', () => {
  it.each([
    ['1', 1],
    ['-17.25', -17.25],
    ['9007199254740991', 9007199254740991],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['1.10', new ExactNumber('1.10')],
    ['1.0E-7', new ExactNumber('1.0E-7')],
    ['1E+2', new ExactNumber('1E+2')],
    ['12345678901234567890.123456789', new ExactNumber('12345678901234567890.123456789')],
    ['"1.10"', '1.10'],
    ['"a \\" 1.10 \\\\"', 'a " 1.10 \\'],
    ['[null,true,{"1.0":1.0}]', [null, true, { '1.0': new ExactNumber('1.0') }]],
  ])('%s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it('takes no text for a number, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (one, other) => {
        const value = { [one]: [other, '\ue000:1', '\ue000:1.10', one] };
        expect(parseExactJson(JSON.stringify(value))).toEqual(value);
      }),
    );
  });

  it('keeps escapes for private characters apart from its own', () => {
    expect(parseExactJson('["\\ue000:5", "\\uE001:6", 1.50]')).toEqual([
      '\ue000:5',
      '\ue001:6',
      new ExactNumber('1.50'),
    ]);
  });

  it.each(['{', '01', '1.', 'NaN', '<html>', '[1,]'])('refuses %s', (text) => {
    expect(() => parseExactJson(text)).toThrow(UnreachableError);
  });
});
