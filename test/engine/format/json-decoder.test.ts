import { describe, expect, test } from 'vitest';
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import { bigint, decode, int, reasonOf, rowOf, string, valueOf } from './decode-json.ts';

const events: RowSchema = [
  { name: 'ts', type: bigint },
  { name: 'deviceId', type: string },
  { name: 'localId', type: string },
  { name: 'event', type: string },
];

const encoder = new TextEncoder();

describe('rows', () => {
  test('fields are found by name in any order, others are skipped', () => {
    const lines = [
      '{"ts":1699999980123,"deviceId":"d1","localId":"0103021234567","event":"exposure","infoId":1}',
      '{"event":"click","infoId":{"a":[1,{"b":null}]},"ts":1,"localId":"x","deviceId":"d2"}',
      ' { "ts" : 5 , "deviceId" : "d3" , "localId" : "y" , "event" : "view" } ',
    ];
    expect(decode(events, lines.join('\n')).records).toEqual([
      { values: [1699999980123n, 'd1', '0103021234567', 'exposure'] },
      { values: [1n, 'd2', 'x', 'click'] },
      { values: [5n, 'd3', 'y', 'view'] },
    ]);
  });

  test('many keys that begin alike, in any order, are told apart', () => {
    const names = Array.from({ length: 600 }, (_, index) => `field_${index}`);
    const schema = names.slice(0, 40).map((name) => ({ name, type: int }));
    const lines = [1, 7, 13].map((step) => {
      const order = names.map((_, index) => (index * step + step) % names.length);
      return `{${order.map((index) => `"${names[index]!}":${index + step}`).join(',')}}`;
    });
    expect(decode(schema, lines.join('\n')).records).toEqual(
      [1, 7, 13].map((step) => ({ values: schema.map((_, index) => index + step) })),
    );
  });

  test('keys of any length that differ in one byte are told apart', () => {
    for (let length = 1; length <= 70; length++) {
      const wanted = Array.from({ length }, (_, at) => (at % 2 === 0 ? 'k' : 'é')).join('');
      const schema = [{ name: wanted, type: int }];
      for (let at = 0; at < length; at++) {
        const other = `${wanted.slice(0, at)}x${wanted.slice(at + 1)}`;
        const lines = [wanted, other, wanted, other].map(
          (key) => `{"${key}":1}\n{"":0,"${key}":2}`,
        );
        expect(decode(schema, lines.join('\n')).records, `byte ${at} of ${length}`).toEqual(
          [1, 2, null, null, 1, 2, null, null].map((value) => ({ values: [value] })),
        );
      }
    }
  });

  test('a batch is filled to its last row and no further', () => {
    const content = Array.from({ length: 5000 }, (_, index) => `{"a":${index}}\n`).join('');
    const { records, lineCount } = decode([{ name: 'a', type: int }], content);
    expect(records).toEqual(Array.from({ length: 5000 }, (_, index) => ({ values: [index] })));
    expect(lineCount).toBe(5000);
  });

  test('blank lines are skipped and counted', () => {
    const { records, lineCount } = decode(
      [{ name: 'a', type: int }],
      '\n{"a":1}\r\n \t\n\n{"a":2}',
    );
    expect(records).toEqual([{ values: [1] }, { values: [2] }]);
    expect(lineCount).toBe(4);
  });

  test('a missing field is NULL, an empty object is a row of NULLs', () => {
    expect(rowOf(events, '{}')).toEqual([null, null, null, null]);
    expect(rowOf(events, '{"event":null,"ts":3}')).toEqual([3n, null, null, null]);
  });

  test('of several fields with one name the last wins', () => {
    const schema = [
      { name: 'a', type: string },
      { name: 'b', type: bigint },
    ];
    expect(rowOf(schema, '{"a":"x","b":1,"a":null,"b":null,"b":2}')).toEqual([null, 2n]);
    expect(rowOf(schema, '{"a":null,"a":"x","b":1}')).toEqual(['x', 1n]);
  });

  test('names are compared with case and after their escapes', () => {
    expect(rowOf([{ name: 'a"b', type: int }], '{"A\\"B":1,"a\\u0022b":2}')).toEqual([2]);
    expect(rowOf([{ name: 'Länge', type: int }], '{"länge":1,"L\\u00e4nge":2}')).toEqual([2]);
    expect(rowOf([{ name: '', type: int }], '{"":2}')).toEqual([2]);
  });

  test('a name that looks like structure is not taken for it', () => {
    const schema = [{ name: 'a":1,"b', type: int }];
    expect(rowOf(schema, '{"a":1,"b":2}')).toEqual([null]);
  });
});

describe('JSON as a whole', () => {
  const a: RowSchema = [{ name: 'a', type: int }];

  test.each([
    ['{"a":1', 'expected , or }, found the end of the line'],
    ['{"a":1} x', 'text behind the object: x'],
    ['{"a":1}{"a":2}', 'text behind the object: {'],
    ['[{"a":1}]', 'expected {, found ['],
    ['{"a":1,}', 'expected a field name, found }'],
    ['{a:1}', 'expected a field name, found a'],
    ['{"a" 1}', 'expected :, found 1'],
    ['{"b":tru}', 'expected a value, found tru'],
    ['{"b":nulla}', 'expected , or }, found a'],
    ['{"b":01}', 'a number with a leading zero: 01'],
    ['{"b":-}', 'a number without digits: -'],
    ['{"b":+1}', 'expected a value, found +1'],
    ['{"b":.5}', 'expected a value, found .5'],
    ['{"b":1.}', 'an incomplete number: 1.'],
    ['{"b":1e}', 'an incomplete number: 1e'],
    ['{"b":NaN}', 'expected a value, found NaN'],
    ['{"b":"\\x"}', 'bad escape \\x"} in a string'],
    ['{"b":"\\u12g4"}', 'bad escape \\u12g4 in a string'],
    ['{"b":"a\tb"}', 'unescaped control character 0x09'],
    ['{"b":"abc', 'a string has no end'],
    ['{"b":[1,2}', 'expected , or ], found }'],
    ['{"b":[1,]}', 'expected a value, found ]'],
    ['{"b":{"c":1]}', 'expected , or }, found ]'],
    ['{"b":{"c"}}', 'expected :, found }'],
    ['{"b":}', 'expected a value, found }'],
    ['"text"', 'expected {, found "text"'],
  ])('%s is refused', (line, reason) => {
    expect(reasonOf(a, line)).toEqual({ column: null, reason });
  });

  test('invalid UTF-8 is refused, also in a skipped field', () => {
    const line = Uint8Array.of(...encoder.encode('{"b":"'), 0xc3, 0x28, ...encoder.encode('"}'));
    expect(decode(a, line).records[0]).toMatchObject({
      column: null,
      reason: 'invalid UTF-8 in a string: byte 0xc3',
    });
  });

  test('nesting is read to 1000 levels and no deeper', () => {
    const nested = (levels: number) => `{"b":${'['.repeat(levels)}${']'.repeat(levels)},"a":1}`;
    expect(rowOf(a, nested(999))).toEqual([1]);
    expect(reasonOf(a, nested(1000)).reason).toBe('nested deeper than 1000 levels');
    expect(reasonOf(a, `{"b":${'{"c":'.repeat(100_000)}`).reason).toBe(
      'nested deeper than 1000 levels',
    );
  });

  test('rows before and behind an unreadable record are read; it names its column', () => {
    const { records, lineCount } = decode(a, '{"a":1}\n{"a":"x"}\r\n{"a":3}\n');
    expect(records).toEqual([
      { values: [1] },
      { raw: '{"a":"x"}', column: 'a', reason: 'expected INT, found "x"' },
      { values: [3] },
    ]);
    expect(lineCount).toBe(3);
  });

  test('a row that starts or goes on like another row does is no row', () => {
    const schema = [
      { name: 'a', type: int },
      { name: 'bbbbbbbb', type: int },
    ];
    const known = '{"a":1,"bbbbbbbb":2}\n{"bbbbbbbb":1,"a":2}\n';
    for (const [line, reason] of [
      [',"bbbbbbbb":2}', 'expected {, found ,'],
      ['{"a":1{"bbbbbbbb":2}', 'expected , or }, found {'],
      ['{"bbbbbbbb":1{"a":2}', 'expected , or }, found {'],
    ] as const) {
      expect(decode(schema, known + line).records.at(-1)).toMatchObject({ raw: line, reason });
    }
  });

  test('what a failed row left behind does not show in the next', () => {
    const schema = [
      { name: 'a', type: string },
      { name: 'b', type: int },
    ];
    expect(decode(schema, '{"a":null,"b":"x"}\n{"a":"y","b":1}').records[1]).toEqual({
      values: ['y', 1],
    });
  });

  test('a long value is cut in the reason', () => {
    const { reason } = reasonOf(a, `{"a":"${'x'.repeat(100)}"}`);
    expect(reason).toBe(`expected INT, found "${'x'.repeat(39)}...`);
  });

  test('a missing field is an error with failOnMissingField', () => {
    expect(reasonOf(events, '{"ts":1}', { failOnMissingField: true })).toEqual({
      column: 'deviceId',
      reason: 'the row has no field "deviceId"',
    });
  });

  test('a NOT NULL column refuses null and a missing field', () => {
    const schema: RowSchema = [{ name: 'a', type: { root: 'INT', nullable: false } }];
    expect(reasonOf(schema, '{"a":null}').reason).toBe('null in a NOT NULL column');
    expect(reasonOf(schema, '{}').reason).toBe(
      'the row has no field "a", and the column is NOT NULL',
    );
  });
});

describe('strings', () => {
  test('escapes are decoded', () => {
    expect(
      valueOf(string, '"a\\n\\t\\"\\\\\\/\\b\\f\\r\\u0041\\u00e4\\u4e2d\\ud83d\\ude00z"'),
    ).toBe('a\n\t"\\/\b\f\rA\u00e4\u4e2d\u{1f600}z');
  });

  test('a lone surrogate becomes a question mark', () => {
    expect(valueOf(string, '"\\ud800\\u0041\\udc00\\ud800\\ud83d\\ude00"')).toBe('?A??\u{1f600}');
  });

  test('text that is not ASCII is taken as it is', () => {
    expect(valueOf(string, '"北京 ä \u{1f600} é"')).toBe('北京 ä \u{1f600} é');
  });

  test('a STRING column takes other values as their text', () => {
    expect(valueOf(string, '1.50')).toBe('1.50');
    expect(valueOf(string, '-0')).toBe('-0');
    expect(valueOf(string, 'true')).toBe('true');
    expect(valueOf(string, ' null')).toBe(null);
  });

  test('a STRING column takes an object as compact JSON', () => {
    const json =
      '{ "b" : [ 1.50 , 1e5, 1e10, -0, null, true ], "c\\u0041" : "\\u00e4\\/\\u0001" , "b":2 }';
    expect(valueOf(string, json)).toBe('{"b":2,"cA":"ä/\\u0001"}');
    expect(valueOf(string, '[ 1.50 , 1e5, 1E10, -0, 12345678901234567890, 0.0001 ]')).toBe(
      '[1.5,100000.0,1.0E10,0,12345678901234567890,1.0E-4]',
    );
  });

  test('with a DECIMAL in the schema numbers in a text stay exact', () => {
    const schema: RowSchema = [
      { name: 'a', type: string },
      { name: 'd', type: { root: 'DECIMAL', precision: 5, scale: 1, nullable: true } },
    ];
    expect(rowOf(schema, '{"a":[1.50,0.1234567890123456789,1e5,100.0]}')[0]).toBe(
      '[1.5,0.1234567890123456789,1E+5,1E+2]',
    );
  });

  test('decoded text that does not fit behind the block is kept all the same', () => {
    const schema: RowSchema = [
      { name: 'a', type: string },
      { name: 'b', type: string },
    ];
    const lines = [
      '{"a":"plain","b":"\\u0041"}',
      '{"a":[1e5,1e5,1e5],"b":"\\u00e4"}',
      '{"b":"x","a":null}',
      '{"b":7}',
    ].join('\n');
    const expected = [
      { values: ['plain', 'A'] },
      { values: ['[100000.0,100000.0,100000.0]', 'ä'] },
      { values: [null, 'x'] },
      { values: [null, '7'] },
    ];
    for (const scratchBytes of [0, 1, 5, 7, 20, 100]) {
      expect(decode(schema, lines, { plan: { scratchBytes } }).records).toEqual(expected);
    }
    // Without a scratch region every call finds the batch's text elsewhere.
    const plan = { scratchBytes: 0, isLineByLine: true };
    expect(decode(schema, lines, { plan }).records).toEqual(expected);
  });
});
