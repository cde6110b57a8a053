import { describe, expect, test } from 'vitest';
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { decodeCsv } from './csv-rows.ts';
import { bigint, boolean, double, int, string } from './decode-json.ts';

const two: RowSchema = [
  { name: 'a', type: string },
  { name: 'b', type: string },
];
const rows = (...values: Value[][]) => values.map((row) => ({ values: row }));
const one = (type: LogicalType): RowSchema => [{ name: 'a', type }];

describe('records', () => {
  test('fields are taken by position; line ends may be LF, CR LF or CR', () => {
    const { records, lineCount } = decodeCsv(two, '1,x\r\n2,y\n3,z\r4,w');
    expect(records).toEqual(rows(['1', 'x'], ['2', 'y'], ['3', 'z'], ['4', 'w']));
    expect(lineCount).toBe(2);
  });

  test('quotes around a field keep delimiters, line ends and doubled quotes', () => {
    const { records, lineCount } = decodeCsv(two, '"a,""b""\nc", x\n"ä" ,"y"  \n');
    expect(records).toEqual(rows(['a,"b"\nc', ' x'], ['ä', 'y']));
    expect(lineCount).toBe(3);
  });

  test('quotes inside an unquoted field are ordinary', () => {
    expect(decodeCsv(two, 'a"b",c""\n').records).toEqual(rows(['a"b"', 'c""']));
  });

  test('an empty field is an empty text, not NULL', () => {
    expect(decodeCsv(two, ',\n"",x\n').records).toEqual(rows(['', ''], ['', 'x']));
  });

  test('the null literal is NULL, quoted or not', () => {
    expect(decodeCsv(two, 'N/A,"N/A"\n', { nullLiteral: 'N/A' }).records).toEqual(
      rows([null, null]),
    );
    expect(decodeCsv(two, ',x\n', { nullLiteral: '' }).records).toEqual(rows([null, 'x']));
  });

  test('an escape character takes the meaning from the next one', () => {
    const { records, lineCount } = decodeCsv(two, 'a\\,b,\\n\\t\\\\\\ä\n"\\"","x\\\ny"\n', {
      escapeCharacter: '\\',
    });
    expect(records).toEqual(rows(['a,b', '\n\t\\ä'], ['"', 'x\ny']));
    expect(lineCount).toBe(3);
  });

  test('other characters may be special, also outside ASCII', () => {
    const options = { fieldDelimiter: '，', quoteCharacter: "'" };
    expect(decodeCsv(two, "'a，''b'，\"c\n", options).records).toEqual(rows(["a，'b", '"c']));
    expect(
      decodeCsv(two, '"a\t"b\n', { fieldDelimiter: '\t', quoteCharacter: null }).records,
    ).toEqual(rows(['"a', '"b']));
  });

  test('one blank field behind the last is allowed, more are not', () => {
    expect(decodeCsv(two, 'a,b, \n').records).toEqual(rows(['a', 'b']));
    for (const line of ['a,b,c', 'a,b,,']) {
      expect(decodeCsv(two, line).records).toEqual([
        { raw: line, column: null, reason: 'expected 2 fields, found more' },
      ]);
    }
  });

  test('a record with too few fields is unreadable, so is a blank line', () => {
    expect(decodeCsv(two, 'a\n\nx,y\n')).toEqual({
      records: [
        { raw: 'a', column: null, reason: 'expected 2 fields, found 1' },
        { raw: '', column: null, reason: 'expected 2 fields, found 1' },
        ...rows(['x', 'y']),
      ],
      lineCount: 3,
    });
  });

  test('comments and blank lines are skipped where that is allowed', () => {
    const { records, lineCount } = decodeCsv(two, '# "\n\n  # x\r\n  a,#b\n#', {
      allowComments: true,
    });
    expect(records).toEqual(rows(['a', '#b']));
    expect(lineCount).toBe(4);
  });

  test('header lines are skipped once, whatever is in them', () => {
    const content = 'a"b\nx\n"1",2\n3,4';
    for (const chunkBytes of [1, 4, 100]) {
      expect(decodeCsv(two, content, { skipHeaderLines: 2, plan: { chunkBytes } })).toEqual({
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
    expect(decodeCsv(two, content).records).toEqual([{ raw: content, column, reason }]);
  });

  test('invalid UTF-8 is refused', () => {
    expect(decodeCsv(two, Uint8Array.of(0x61, 0x2c, 0xff, 0x0a)).records).toMatchObject([
      { column: 'b', reason: 'invalid UTF-8 in a field: byte 0xff' },
    ]);
  });

  test('an unreadable record ends where its quotes end', () => {
    const schema = [...two, { name: 'c', type: int }];
    expect(decodeCsv(schema, '1,"x\ny",z\n1,2,3\n').records).toEqual([
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
    expect(decodeCsv(one(type), `"${text}"`).records).toEqual([{ values: [expected] }]);
  });

  test.each([
    [int, '', 'expected INT, found ""'],
    [int, '1.0', 'expected INT, found "1.0"'],
    [timestamp, '2023-02-30 00:00:00', 'expected TIMESTAMP, found "2023-02-30 00:00:00"'],
    [row, 'x', 'expected 2 elements, found 1'],
  ] as const)('%j refuses %j', (type, text, reason) => {
    expect(decodeCsv(one(type), `"${text}"`).records).toMatchObject([{ column: 'a', reason }]);
  });

  test('a MAP is refused before anything is read', () => {
    const map: LogicalType = { root: 'MAP', key: string, value: int, nullable: true };
    expect(() => decodeCsv(one(map), '')).toThrow(
      expect.objectContaining({ code: 'DREY_FORMAT_TYPE' }),
    );
  });
});
