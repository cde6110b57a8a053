/** The CSV decoder and encoder, which must agree with each other. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch, type RowSchema } from '../../../src/engine/batch/batch.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { ByteBuffer } from '../../../src/engine/format/byte-buffer.ts';
import { CsvDecoder, type CsvDecoderOptions } from '../../../src/engine/format/csv-decoder.ts';
import { CsvEncoder, type CsvEncoderOptions } from '../../../src/engine/format/csv-encoder.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { bigint, boolean, double, int, string } from './decode-json.ts';
import { decodeRows, type Decoded, type DecodePlan } from './decode-rows.ts';

const defaults = {
  fieldDelimiter: ',',
  quoteCharacter: '"',
  escapeCharacter: null,
  nullLiteral: null,
  allowComments: false,
  skipHeaderLines: 0,
} as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Options = Partial<CsvDecoderOptions> & { readonly plan?: DecodePlan };

function decode(schema: RowSchema, content: string | Uint8Array, options: Options = {}): Decoded {
  const csvDecoder = new CsvDecoder({ ...defaults, schema, ...options });
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return decodeRows(csvDecoder, schema, bytes, options.plan);
}

function encode(
  schema: RowSchema,
  rows: readonly (readonly Value[])[],
  options: Partial<CsvEncoderOptions> = {},
): string {
  const batch = new Batch(schema);
  for (const [row, values] of rows.entries()) {
    for (const [index, column] of batch.columns.entries()) writeValue(column, row, values[index]!);
  }
  batch.rowCount = rows.length;
  const target = new ByteBuffer();
  new CsvEncoder({ ...defaults, schema, ...options }).encode(batch, 0, target);
  return decoder.decode(target.content());
}

const two: RowSchema = [
  { name: 'a', type: string },
  { name: 'b', type: string },
];
const rows = (...values: Value[][]) => values.map((row) => ({ values: row }));
const one = (type: LogicalType): RowSchema => [{ name: 'a', type }];

describe('records', () => {
  test('fields are taken by position; line ends may be LF, CR LF or CR', () => {
    const { records, lineCount } = decode(two, '1,x\r\n2,y\n3,z\r4,w');
    expect(records).toEqual(rows(['1', 'x'], ['2', 'y'], ['3', 'z'], ['4', 'w']));
    expect(lineCount).toBe(2);
  });

  test('quotes around a field keep delimiters, line ends and doubled quotes', () => {
    const { records, lineCount } = decode(two, '"a,""b""\nc", x\n"ä" ,"y"  \n');
    expect(records).toEqual(rows(['a,"b"\nc', ' x'], ['ä', 'y']));
    expect(lineCount).toBe(3);
  });

  test('quotes inside an unquoted field are ordinary', () => {
    expect(decode(two, 'a"b",c""\n').records).toEqual(rows(['a"b"', 'c""']));
  });

  test('an empty field is an empty text, not NULL', () => {
    expect(decode(two, ',\n"",x\n').records).toEqual(rows(['', ''], ['', 'x']));
  });

  test('the null literal is NULL, quoted or not', () => {
    expect(decode(two, 'N/A,"N/A"\n', { nullLiteral: 'N/A' }).records).toEqual(rows([null, null]));
    expect(decode(two, ',x\n', { nullLiteral: '' }).records).toEqual(rows([null, 'x']));
  });

  test('an escape character takes the meaning from the next one', () => {
    const { records, lineCount } = decode(two, 'a\\,b,\\n\\t\\\\\\ä\n"\\"","x\\\ny"\n', {
      escapeCharacter: '\\',
    });
    expect(records).toEqual(rows(['a,b', '\n\t\\ä'], ['"', 'x\ny']));
    expect(lineCount).toBe(3);
  });

  test('other characters may be special, also outside ASCII', () => {
    const options = { fieldDelimiter: '，', quoteCharacter: "'" };
    expect(decode(two, "'a，''b'，\"c\n", options).records).toEqual(rows(["a，'b", '"c']));
    expect(decode(two, '"a\t"b\n', { fieldDelimiter: '\t', quoteCharacter: null }).records).toEqual(
      rows(['"a', '"b']),
    );
  });

  test('one blank field behind the last is allowed, more are not', () => {
    expect(decode(two, 'a,b, \n').records).toEqual(rows(['a', 'b']));
    for (const line of ['a,b,c', 'a,b,,']) {
      expect(decode(two, line).records).toEqual([
        { raw: line, column: null, reason: 'expected 2 fields, found more' },
      ]);
    }
  });

  test('a record with too few fields is unreadable, so is a blank line', () => {
    expect(decode(two, 'a\n\nx,y\n')).toEqual({
      records: [
        { raw: 'a', column: null, reason: 'expected 2 fields, found 1' },
        { raw: '', column: null, reason: 'expected 2 fields, found 1' },
        ...rows(['x', 'y']),
      ],
      lineCount: 3,
    });
  });

  test('comments and blank lines are skipped where that is allowed', () => {
    const { records, lineCount } = decode(two, '# "\n\n  # x\r\n  a,#b\n#', {
      allowComments: true,
    });
    expect(records).toEqual(rows(['a', '#b']));
    expect(lineCount).toBe(4);
  });

  test('header lines are skipped once, whatever is in them', () => {
    const content = 'a"b\nx\n"1",2\n3,4';
    for (const chunkBytes of [1, 4, 100]) {
      expect(decode(two, content, { skipHeaderLines: 2, plan: { chunkBytes } })).toEqual({
        records: rows(['1', '2'], ['3', '4']),
        lineCount: 3,
      });
    }
  });

  test.each([
    ['"a" b,c', 'a', 'text behind a closing quote'],
    ['"a,c', 'a', 'a quoted field has no closing quote'],
    ['x,"a\ny', 'b', 'a quoted field has no closing quote'],
  ])('%j is unreadable', (content, column, reason) => {
    expect(decode(two, content).records).toEqual([{ raw: content, column, reason }]);
  });

  test('invalid UTF-8 is refused', () => {
    expect(decode(two, Uint8Array.of(0x61, 0x2c, 0xff, 0x0a)).records).toMatchObject([
      { column: 'b', reason: 'invalid UTF-8 in a field: byte 0xff' },
    ]);
  });

  test('an unreadable record ends where its quotes end', () => {
    const schema = [...two, { name: 'c', type: int }];
    expect(decode(schema, '1,"x\ny",z\n1,2,3\n').records).toEqual([
      { raw: '1,"x\ny",z', column: 'c', reason: 'expected INT, found "z"' },
      ...rows(['1', '2', 3]),
    ]);
  });
});

describe('types', () => {
  const timestamp: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable: true };
  const zoned: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
  const decimal: LogicalType = { root: 'DECIMAL', precision: 6, scale: 2, nullable: true };
  const time: LogicalType = { root: 'TIME', precision: 1, nullable: true };
  const array: LogicalType = { root: 'ARRAY', element: int, nullable: true };
  const row: LogicalType = { root: 'ROW', fields: [...two], nullable: true };
  const nanos = (iso: string) => BigInt(Date.parse(iso)) * 1_000_000n;

  test.each([
    [int, ' 12 ', 12],
    [bigint, '9223372036854775807', 9223372036854775807n],
    [double, '1e3', 1000],
    [boolean, 'True', true],
    [boolean, '', false],
    [decimal, '1.005', 101n],
    [decimal, '99999', null],
    [timestamp, '2023-11-14 22:13:00.5', nanos('2023-11-14T22:13:00.5Z')],
    [zoned, '2023-11-14 22:13:00Z', nanos('2023-11-14T22:13:00Z')],
    [time, '00:00:01.56', 1500],
    [array, '1;2;3', [1, 2, 3]],
    [array, '', []],
    [row, 'x;', ['x', '']],
    [row, '', null],
  ] as const)('%j reads %j', (type, text, expected) => {
    expect(decode(one(type), `"${text}"`).records).toEqual([{ values: [expected] }]);
  });

  test.each([
    [int, '', 'expected INT, found ""'],
    [int, '1.0', 'expected INT, found "1.0"'],
    [timestamp, '2023-02-30 00:00:00', 'expected TIMESTAMP, found "2023-02-30 00:00:00"'],
    [row, 'x', 'expected 2 elements, found 1'],
  ] as const)('%j refuses %j', (type, text, reason) => {
    expect(decode(one(type), `"${text}"`).records).toMatchObject([{ column: 'a', reason }]);
  });

  test('a MAP is refused before anything is read', () => {
    const map: LogicalType = { root: 'MAP', key: string, value: int, nullable: true };
    expect(() => decode(one(map), '')).toThrow(
      expect.objectContaining({ code: 'DREY_FORMAT_TYPE' }),
    );
    expect(() => encode(one(map), [])).toThrow(
      expect.objectContaining({ code: 'DREY_FORMAT_TYPE' }),
    );
  });

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
    [int, null, ''],
  ] as const)('%j %s is written as %s', (type, value, expected) => {
    expect(encode(one(type), [[value]])).toBe(`${expected}\n`);
  });

  test('NULL is written as the null literal', () => {
    expect(encode(two, [[null, 'x']], { nullLiteral: 'N/A' })).toBe('N/A,x\n');
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
          const text = encode(schema, values, options);
          const expected = values.map((row) => ({ values: row }));
          const whole = decode(schema, text, options);
          expect(whole.records).toEqual(expected);
          expect(whole.lineCount).toBe(text.split('\n').length - 1);
          expect(decode(schema, text, { ...options, plan: { chunkBytes } })).toEqual(whole);
          expect(decode(schema, text, { ...options, plan: { scratchBytes } })).toEqual(whole);
        },
      ),
      { numRuns: 500 },
    );
  });
});
