import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLosslessJson } from '../../../src/flink/model/lossless-json.ts';
import { runs } from '../../support/property-runs.ts';

describe('JSON', () => {
  test('keeps whole numbers beyond 2^53', () => {
    expect(parseLosslessJson('[9223372036854775807,-9223372036854775808]')).toEqual([
      9_223_372_036_854_775_807n,
      -9_223_372_036_854_775_808n,
    ]);
  });

  test('has plain numbers wherever they are exact, or are no whole numbers', () => {
    const text =
      '{"a":9007199254740991,"b":1.2345678901234567,"c":1234567890123456e1,"d":0.1234567890123456789}';
    expect(parseLosslessJson(text)).toEqual(JSON.parse(text));
  });

  test.each(['1234567890123456789', ' 1234567890123456789', '[ 1234567890123456789]'])(
    'keeps the digits wherever the number stands: %j',
    (text) => {
      expect([parseLosslessJson(text)].flat()).toEqual([1_234_567_890_123_456_789n]);
    },
  );

  test('leaves numbers in texts alone', () => {
    const text =
      '{"12345678901234567890":"12345678901234567890 \\" 12345678901234567890","b":"\\\\"}';
    expect(parseLosslessJson(text)).toEqual(JSON.parse(text));
  });

  test.each([
    '',
    '{',
    '{"a":}',
    'NaN',
    '<html>',
    '{"a":1}}',
    '"\u0000"',
    '{"a":12345678901234567890',
  ])('is refused when it is none: %j', (text) => {
    expect(() => parseLosslessJson(text)).toThrow(
      expect.objectContaining({ code: 'DREY_FLINK_ANSWER' }),
    );
  });

  test('nested a hundred thousand times is read or refused, and never breaks the process', () => {
    const deep = `${'['.repeat(100_000)}12345678901234567890${']'.repeat(100_000)}`;
    try {
      parseLosslessJson(deep);
    } catch (error) {
      expect(error).toMatchObject({ code: 'DREY_FLINK_ANSWER' });
    }
  });

  test('of any value is that value, a large whole number included', () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc
          .bigInt({ min: -(2n ** 70n), max: 2n ** 70n })
          .filter((long) => long > 2n ** 53n || long < -(2n ** 53n)),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        expect(parseLosslessJson(textOf(value))).toEqual(expectedOf(value));
      }),
      { numRuns: runs(500) },
    );
  });
});

function textOf(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`)
    .join(',')}}`;
}

/** As JSON.parse gives it: a whole double of 16 digits or more comes back as a bigint. */
function expectedOf(value: unknown): unknown {
  if (typeof value === 'number') {
    const text = JSON.stringify(value);
    return /^-?\d{16,}$/.test(text) && !Number.isSafeInteger(value)
      ? BigInt(text)
      : JSON.parse(text);
  }
  if (Array.isArray(value)) return value.map(expectedOf);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, expectedOf(member)] as const);
  return Object.fromEntries(members);
}
