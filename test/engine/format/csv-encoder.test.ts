import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import { decodeCsv, encodeCsv } from './csv-rows.ts';
import { bigint, double, int, string } from './decode-json.ts';
import { runs } from '../../support/property-runs.ts';

const two: RowSchema = [
  { name: 'a', type: string },
  { name: 'b', type: string },
];
const one = (type: LogicalType): RowSchema => [{ name: 'a', type }];

describe('types', () => {
  const timestamp: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable: true };
  const zoned: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
  const decimal: LogicalType = { root: 'DECIMAL', precision: 6, scale: 2, nullable: true };
  const time: LogicalType = { root: 'TIME', precision: 1, nullable: true };
  const array: LogicalType = { root: 'ARRAY', element: int, nullable: true };
  const row: LogicalType = { root: 'ROW', fields: [...two], nullable: true };
  const nanos = (iso: string) => BigInt(Date.parse(iso)) * 1_000_000n;

  test.each([
    [string, 'plain-text.x', 'plain-text.x'],
    [string, 'a b', '"a b"'],
    [string, 'a"b', '"a""b"'],
    [string, 'x'.repeat(24), 'x'.repeat(24)],
    [string, 'x'.repeat(25), `"${'x'.repeat(25)}"`],
    [string, '', ''],
    [bigint, -5n, '-5'],
    [double, 1e10, '1.0E10'],
    [decimal, 10000n, '"1E+2"'],
    [timestamp, nanos('2023-11-14T22:13:00Z'), '"2023-11-14 22:13:00"'],
    [zoned, nanos('2023-11-14T22:13:00Z'), '"2023-11-14 22:13:00Z"'],
    [time, 1500, '00:00:01.5'],
    [array, [1, null, 3], '1;;3'],
    [row, ['x y', 'z'], '"x y;z"'],
    [int, null, ''],
  ] as const)('%j %s is written as %s', (type, value, expected) => {
    expect(encodeCsv(one(type), [[value]])).toBe(`${expected}\n`);
  });

  test('NULL is written as the null literal', () => {
    expect(encodeCsv(two, [[null, 'x']], { nullLiteral: 'N/A' })).toBe('N/A,x\n');
  });

  test('a MAP is refused before anything is written', () => {
    const map: LogicalType = { root: 'MAP', key: string, value: int, nullable: true };
    expect(() => encodeCsv(one(map), [])).toThrow(
      expect.objectContaining({ code: 'DREY_FORMAT_TYPE' }),
    );
  });
});

describe('random rows', () => {
  const texts = fc.oneof(
    fc.string({ unit: fc.constantFrom(...Array.from('ab,;"\'\\\n\r #ä中0nrt')), maxLength: 8 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => text.isWellFormed()),
  );
  const schema: RowSchema = [
    { name: 's', type: string },
    { name: 'l', type: bigint },
    { name: 't', type: string },
  ];
  const content = fc.array(
    fc.tuple(texts, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), texts),
    { minLength: 1, maxLength: 8 },
  );
  const dialect = fc.record({
    fieldDelimiter: fc.constantFrom(',', ';', '\t', '§'),
    quoteCharacter: fc.constantFrom('"', "'"),
    escapeCharacter: fc.constantFrom(null, '\\'),
  });

  test('what is written is read back as it was, wherever it is cut', () => {
    fc.assert(
      fc.property(
        content,
        dialect,
        fc.integer({ min: 1, max: 60 }),
        fc.nat(20),
        (values, options, chunkBytes, scratchBytes) => {
          const text = encodeCsv(schema, values, options);
          const expected = values.map((row) => ({ values: row }));
          const whole = decodeCsv(schema, text, options);
          expect(whole.records).toEqual(expected);
          expect(whole.lineCount).toBe(text.split('\n').length - 1);
          expect(decodeCsv(schema, text, { ...options, plan: { chunkBytes } })).toEqual(whole);
          expect(decodeCsv(schema, text, { ...options, plan: { scratchBytes } })).toEqual(whole);
        },
      ),
      { numRuns: runs(500) },
    );
  });
});
