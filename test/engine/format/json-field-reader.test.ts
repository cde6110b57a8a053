import { describe, expect, test } from 'vitest';
import type { LogicalType } from '../../../src/expression/type.ts';
import { bigint, boolean, decode, double, reasonOf, string, valueOf } from './decode-json.ts';

describe('numbers', () => {
  test.each([
    ['0', 0n],
    ['-0', 0n],
    ['-1', -1n],
    ['123456789012345', 123456789012345n],
    ['1234567890123456', 1234567890123456n],
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['1.9', 1n],
    ['-1.9', -1n],
    ['1e3', 1000n],
    ['" +12 "', 12n],
    ['"9223372036854775807"', 9223372036854775807n],
  ])('BIGINT %s', (json, expected) => {
    expect(valueOf(bigint, json)).toBe(expected);
  });

  test.each([
    '9223372036854775808',
    '-9223372036854775809',
    '1e19',
    '"1.5"',
    '""',
    'true',
    '{}',
    '[]',
  ])('BIGINT refuses %s', (json) => {
    const { column, reason } = reasonOf([{ name: 'a', type: bigint }], `{"a":${json}}`);
    expect(column).toBe('a');
    expect(reason).toMatch(/^expected BIGINT, found/);
  });

  test('values around one that is no float are exact, too', () => {
    const lines = ['1', '9223372036854775807', 'null', '2', '"3"'].map((v) => `{"a":${v}}`);
    expect(decode([{ name: 'a', type: bigint }], lines.join('\n')).records).toEqual([
      { values: [1n] },
      { values: [9223372036854775807n] },
      { values: [null] },
      { values: [2n] },
      { values: [3n] },
    ]);
  });

  test.each([
    ['INT', '2147483647', 2147483647],
    ['INT', '-2147483648', -2147483648],
    ['INT', '1.99', 1],
    ['INT', '"7"', 7],
    ['SMALLINT', '-32768', -32768],
    ['TINYINT', '127', 127],
  ] as const)('%s %s', (root, json, expected) => {
    expect(valueOf({ root, nullable: true }, json)).toBe(expected);
  });

  test.each([
    ['INT', '2147483648'],
    ['INT', '2147483647.5'],
    ['INT', '"1.0"'],
    ['SMALLINT', '32768'],
    ['SMALLINT', '1.0'],
    ['TINYINT', '-129'],
    ['TINYINT', '1.5'],
  ] as const)('%s refuses %s', (root, json) => {
    expect(reasonOf([{ name: 'a', type: { root, nullable: true } }], `{"a":${json}}`).reason).toBe(
      `expected ${root}, found ${json}`,
    );
  });

  test.each([
    ['0.1', 0.1],
    ['-0.0', -0],
    ['123456.789', 123456.789],
    ['1e-7', 1e-7],
    ['5e-324', 5e-324],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['1e400', Infinity],
    ['0.30000000000000004', 0.30000000000000004],
    ['"1.5d"', 1.5],
    ['" NaN "', NaN],
    ['"-Infinity"', -Infinity],
  ])('DOUBLE %s', (json, expected) => {
    expect(valueOf(double, json)).toBe(expected);
  });

  test('FLOAT is rounded to 32 bits', () => {
    expect(valueOf({ root: 'FLOAT', nullable: true }, '0.1')).toBe(Math.fround(0.1));
  });

  test('DECIMAL is exact, rounds half up and is NULL when it has too many digits', () => {
    const decimal = (precision: number, scale: number): LogicalType => ({
      root: 'DECIMAL',
      precision,
      scale,
      nullable: true,
    });
    expect(valueOf(decimal(38, 2), '123456789012345678901234567890123456.78')).toBe(
      12345678901234567890123456789012345678n,
    );
    expect(valueOf(decimal(5, 2), '1.005')).toBe(101n);
    expect(valueOf(decimal(5, 2), '"-1.005"')).toBe(-101n);
    expect(valueOf(decimal(5, 2), '1e2')).toBe(10000n);
    expect(valueOf(decimal(5, 2), '1000')).toBe(null);
    expect(valueOf(decimal(5, 2), '1e-999999999')).toBe(0n);
    expect(valueOf(decimal(5, 2), '1e999999999')).toBe(null);
    expect(reasonOf([{ name: 'a', type: decimal(5, 2) }], '{"a":true}').reason).toBe(
      'expected DECIMAL, found true',
    );
  });

  test('BOOLEAN takes any text but "true" for FALSE, as Java does', () => {
    expect(valueOf(boolean, 'true')).toBe(true);
    expect(valueOf(boolean, '" TRUE "')).toBe(true);
    expect(valueOf(boolean, '"yes"')).toBe(false);
    expect(valueOf(boolean, '1')).toBe(false);
  });
});

describe('dates, bytes and nested values', () => {
  const timestamp = (precision: number): LogicalType => ({
    root: 'TIMESTAMP',
    precision,
    nullable: true,
  });
  const zoned: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
  const nanos = (iso: string) => BigInt(Date.parse(iso)) * 1_000_000n;

  test('TIMESTAMP in the SQL form', () => {
    expect(valueOf(timestamp(3), '"2023-11-14 22:13:00"')).toBe(nanos('2023-11-14T22:13:00Z'));
    expect(valueOf(timestamp(3), '"1969-12-31 23:59:59.999"')).toBe(-1_000_000n);
    expect(valueOf(timestamp(9), '"2023-11-14 22:13:00.123456789"')).toBe(
      nanos('2023-11-14T22:13:00.123Z') + 456_789n,
    );
    expect(valueOf(timestamp(0), '"2023-11-14 22:13:00.9"')).toBe(nanos('2023-11-14T22:13:00Z'));
    const { reason } = reasonOf([{ name: 'a', type: timestamp(3) }], '{"a":"2023-11-14T22:13:00"}');
    expect(reason).toBe('expected TIMESTAMP, found "2023-11-14T22:13:00"');
  });

  test('TIMESTAMP in the ISO-8601 form', () => {
    const options = { timestampFormat: 'ISO-8601' } as const;
    expect(valueOf(timestamp(3), '"2023-11-14T22:13"', options)).toBe(nanos('2023-11-14T22:13Z'));
    expect(valueOf(zoned, '"2023-11-14T22:13:00.5Z"', options)).toBe(
      nanos('2023-11-14T22:13:00.5Z'),
    );
  });

  test('TIMESTAMP_LTZ ends with Z', () => {
    expect(valueOf(zoned, '"2023-11-14 22:13:00Z"')).toBe(nanos('2023-11-14T22:13:00Z'));
    expect(() => valueOf(zoned, '"2023-11-14 22:13:00"')).toThrow('expected TIMESTAMP_LTZ');
  });

  test('rows with and without nanoseconds do not mix', () => {
    const lines = ['"2023-01-01 00:00:00.000000007"', '"2023-01-01 00:00:00"', '1'];
    const { records } = decode(
      [{ name: 'a', type: timestamp(9) }],
      lines.map((value) => `{"a":${value}}`).join('\n'),
    );
    expect(records.slice(0, 2)).toEqual([
      { values: [nanos('2023-01-01T00:00:00Z') + 7n] },
      { values: [nanos('2023-01-01T00:00:00Z')] },
    ]);
    expect(records[2]).toMatchObject({ reason: 'expected TIMESTAMP, found 1' });
  });

  test('DATE and TIME', () => {
    expect(valueOf({ root: 'DATE', nullable: true }, '"1970-01-02"')).toBe(1);
    expect(valueOf({ root: 'DATE', nullable: true }, '"0001-01-01"')).toBe(-719162);
    expect(() => valueOf({ root: 'DATE', nullable: true }, '"2023-02-29"')).toThrow(
      'expected DATE',
    );
    expect(valueOf({ root: 'TIME', precision: 0, nullable: true }, '"00:00:01.5"')).toBe(1500);
  });

  test('BYTES are base64 with padding', () => {
    const bytes: LogicalType = { root: 'VARBINARY', length: 2_147_483_647, nullable: true };
    expect(valueOf(bytes, '"AAEC/w=="')).toEqual(Uint8Array.of(0, 1, 2, 255));
    expect(valueOf(bytes, '""')).toEqual(new Uint8Array(0));
    expect(() => valueOf(bytes, '"AAEC/w"')).toThrow('expected base64');
    expect(() => valueOf(bytes, '12')).toThrow('expected base64 in a string, found 12');
  });

  test('ARRAY, MAP and ROW hold canonical values', () => {
    const row: LogicalType = {
      root: 'ROW',
      fields: [
        { name: 'x', type: bigint },
        { name: 'y', type: { root: 'ARRAY', element: string, nullable: true } },
      ],
      nullable: true,
    };
    const map: LogicalType = { root: 'MAP', key: string, value: row, nullable: true };
    expect(
      valueOf(map, '{"k":{"y":["a",null,1, {"b" : 2}],"z":[{}]},"l":null,"k\\u0031":{"x":9}}'),
    ).toEqual([
      ['k', [null, ['a', null, '1', '{"b":2}']]],
      ['l', null],
      ['k1', [9n, null]],
    ]);
    expect(valueOf(map, 'null')).toBe(null);
    expect(() => valueOf(map, '[]')).toThrow('expected an object, found [');
    expect(() => valueOf(map, '{"k":{"y":[1}}')).toThrow('expected , or ], found }');
    expect(() => valueOf(row, '{"x":"q"}')).toThrow('expected BIGINT, found "q"');
  });
});
