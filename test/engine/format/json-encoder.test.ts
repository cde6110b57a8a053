import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch, rowKinds, type RowSchema } from '../../../src/engine/batch/batch.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { ByteBuffer } from '../../../src/engine/format/byte-buffer.ts';
import { JsonEncoder, type JsonEncoderOptions } from '../../../src/engine/format/json-encoder.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { bigint, boolean, double, int, string } from './decode-json.ts';
import { testMemory } from '../../support/test-memory.ts';
import { decode } from './decode-json.ts';

const decoder = new TextDecoder();

function batchOf(schema: RowSchema, rows: readonly (readonly Value[])[]): Batch {
  const batch = new Batch(schema);
  for (const [row, values] of rows.entries()) {
    for (const [index, column] of batch.columns.entries()) writeValue(column, row, values[index]!);
  }
  batch.rowCount = rows.length;
  return batch;
}

function encode(
  schema: RowSchema,
  batch: Batch,
  options: Partial<JsonEncoderOptions> = {},
): string {
  const encoder = new JsonEncoder({
    schema,
    timestampFormat: 'SQL',
    encodeDecimalAsPlainNumber: false,
    ignoreNullFields: false,
    memory: testMemory,
    ...options,
  });
  const target = new ByteBuffer();
  encoder.encode(batch, 0, target);
  return decoder.decode(target.content());
}

/** The JSON text of one value. */
function textOf(
  type: LogicalType,
  value: Value,
  options: Partial<JsonEncoderOptions> = {},
): string {
  const schema = [{ name: 'a', type }];
  const line = encode(schema, batchOf(schema, [[value]]), options);
  expect(line.startsWith('{"a":') && line.endsWith('}\n')).toBe(true);
  return line.slice(5, -2);
}

const nanos = (iso: string) => BigInt(Date.parse(iso)) * 1_000_000n;
const timestamp: LogicalType = { root: 'TIMESTAMP', precision: 9, nullable: true };
const zoned: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
const date: LogicalType = { root: 'DATE', nullable: true };
const time: LogicalType = { root: 'TIME', precision: 3, nullable: true };
const bytes: LogicalType = { root: 'VARBINARY', length: 2_147_483_647, nullable: true };
const decimal = (precision: number, scale: number): LogicalType => ({
  root: 'DECIMAL',
  precision,
  scale,
  nullable: true,
});

describe('values', () => {
  test.each([
    [bigint, 9223372036854775807n, '9223372036854775807'],
    [bigint, -9007199254740991n, '-9007199254740991'],
    [bigint, 1_000_000_000n, '1000000000'],
    [bigint, 0n, '0'],
    [int, -2147483648, '-2147483648'],
    [boolean, true, 'true'],
    [string, null, 'null'],
    [
      string,
      'a"b\\c/d\n\u0001\u001f\u007fä中\u{1f600}',
      '"a\\"b\\\\c/d\\n\\u0001\\u001F\u007fä中\u{1f600}"',
    ],
    [double, 1, '1.0'],
    [double, -0, '-0.0'],
    [double, 0.001, '0.001'],
    [double, 0.00012, '1.2E-4'],
    [double, 9999999, '9999999.0'],
    [double, 12345678, '1.2345678E7'],
    [double, 1e10, '1.0E10'],
    [double, 123.456, '123.456'],
    [double, 5e-324, '5.0E-324'],
    [double, NaN, '"NaN"'],
    [double, -Infinity, '"-Infinity"'],
    [{ root: 'FLOAT', nullable: true } as const, Math.fround(0.1), '0.1'],
    [{ root: 'FLOAT', nullable: true } as const, Math.fround(16777216), '1.6777216E7'],
    [date, 0, '"1970-01-01"'],
    [date, -719162, '"0001-01-01"'],
    [date, 2932896, '"9999-12-31"'],
    [time, 0, '"00:00:00"'],
    [time, 86_399_999, '"23:59:59.999"'],
    [timestamp, nanos('2023-11-14T22:13:00Z'), '"2023-11-14 22:13:00"'],
    [timestamp, nanos('2023-11-14T22:13:00.120Z'), '"2023-11-14 22:13:00.12"'],
    [timestamp, nanos('1969-12-31T23:59:59Z') + 1n, '"1969-12-31 23:59:59.000000001"'],
    [zoned, nanos('2023-11-14T22:13:00.5Z'), '"2023-11-14 22:13:00.5Z"'],
    [bytes, Uint8Array.of(0, 1, 2, 255), '"AAEC/w=="'],
    [decimal(10, 2), 15000n, '1.5E+2'],
    [decimal(10, 2), 150n, '1.5'],
    [decimal(10, 8), 27n, '2.7E-7'],
    [decimal(10, 2), 0n, '0'],
  ] as const)('%j %s is written as %s', (type, value, expected) => {
    expect(textOf(type, value)).toBe(expected);
  });

  test('DECIMAL as a plain number keeps the digits of its scale', () => {
    const options = { encodeDecimalAsPlainNumber: true };
    expect(textOf(decimal(10, 2), 10000n, options)).toBe('100.00');
    expect(textOf(decimal(10, 8), -27n, options)).toBe('-0.00000027');
  });

  test('ISO-8601 timestamps', () => {
    const options = { timestampFormat: 'ISO-8601' } as const;
    expect(textOf(timestamp, nanos('2023-11-14T22:13:00Z'), options)).toBe('"2023-11-14T22:13:00"');
    expect(textOf(zoned, nanos('2023-11-14T22:13:00Z'), options)).toBe('"2023-11-14T22:13:00Z"');
  });

  test('ARRAY, MAP and ROW', () => {
    const row: LogicalType = {
      root: 'ROW',
      fields: [
        { name: 'x"', type: timestamp },
        { name: 'y', type: { root: 'ARRAY', element: double, nullable: true } },
        { name: 'z', type: { root: 'MAP', key: string, value: decimal(5, 1), nullable: true } },
      ],
      nullable: true,
    };
    const value = [
      -1n,
      [1, null, NaN],
      [
        ['k', 15n],
        ['l', null],
      ],
    ];
    expect(textOf(row, value)).toBe(
      '{"x\\"":"1969-12-31 23:59:59.999999999","y":[1.0,null,"NaN"],"z":{"k":1.5,"l":null}}',
    );
    expect(textOf(row, [null, null, null], { ignoreNullFields: true })).toBe('{}');
  });

  test('a MAP with a NULL key cannot be written', () => {
    const map: LogicalType = { root: 'MAP', key: string, value: int, nullable: true };
    expect(() => textOf(map, [[null, 1]])).toThrow(
      expect.objectContaining({ code: 'DREY_JSON_MAP_KEY', exitCode: 9 }),
    );
  });
});

describe('rows', () => {
  const schema: RowSchema = [
    { name: 'a', type: int },
    { name: 'b', type: string },
  ];

  test('keys stand in column order, NULL fields may be left out', () => {
    const batch = batchOf(schema, [
      [1, null],
      [null, 'x'],
      [null, null],
    ]);
    expect(encode(schema, batch)).toBe(
      '{"a":1,"b":null}\n{"a":null,"b":"x"}\n{"a":null,"b":null}\n',
    );
    expect(encode(schema, batch, { ignoreNullFields: true })).toBe('{"a":1}\n{"b":"x"}\n{}\n');
  });

  test('the row kind comes first and the sink last', () => {
    const batch = batchOf(schema, [
      [1, 'x'],
      [2, 'y'],
    ]);
    batch.kinds = new Uint8Array(batch.columns[0]!.nulls.length);
    batch.kinds[1] = rowKinds.updateAfter;
    expect(encode(schema, batch, { writesRowKind: true, sinkName: 'res"ult' })).toBe(
      '{"op":"+I","a":1,"b":"x","sink":"res\\"ult"}\n{"op":"+U","a":2,"b":"y","sink":"res\\"ult"}\n',
    );
  });

  test('what is written is read back as it was', () => {
    const all: RowSchema = [
      { name: 'l', type: bigint },
      { name: 's', type: string },
      { name: 'd', type: double },
      { name: 't', type: timestamp },
      { name: 'n', type: decimal(38, 10) },
      { name: 'x', type: bytes },
      { name: 'y', type: date },
    ];
    const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
    const row = fc.tuple(
      nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      nullable(
        fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => text.isWellFormed()),
      ),
      nullable(fc.double()),
      nullable(fc.bigInt({ min: -62_135_596_800_000_000_000n, max: 253_402_300_799_999_999_999n })),
      nullable(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })),
      nullable(fc.uint8Array({ maxLength: 20 })),
      nullable(fc.integer({ min: -719_162, max: 2_932_896 })),
    );
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 10 }),
        fc.constantFrom('SQL', 'ISO-8601'),
        fc.boolean(),
        (rows, timestampFormat, plain) => {
          const text = encode(all, batchOf(all, rows), {
            timestampFormat,
            encodeDecimalAsPlainNumber: plain,
          });
          for (const line of text.trimEnd().split('\n')) JSON.parse(line);
          const { records } = decode(all, text, { timestampFormat, failOnMissingField: true });
          expect(records).toEqual(rows.map((values) => ({ values })));
        },
      ),
    );
  });
});
