import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import { JsonDecoder, type JsonDecoderOptions } from '../../../src/engine/format/json-decoder.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { decodeRows, type Decoded, type DecodePlan } from './decode-rows.ts';

const bigint: LogicalType = { root: 'BIGINT', nullable: true };
const int: LogicalType = { root: 'INT', nullable: true };
const string: LogicalType = { root: 'VARCHAR', length: 2_147_483_647, nullable: true };
const double: LogicalType = { root: 'DOUBLE', nullable: true };
const boolean: LogicalType = { root: 'BOOLEAN', nullable: true };

const events: RowSchema = [
  { name: 'ts', type: bigint },
  { name: 'deviceId', type: string },
  { name: 'localId', type: string },
  { name: 'event', type: string },
];

const encoder = new TextEncoder();

function decode(
  schema: RowSchema,
  content: string | Uint8Array,
  options: Partial<JsonDecoderOptions> & { readonly plan?: DecodePlan } = {},
): Decoded {
  const decoder = new JsonDecoder({
    schema,
    failOnMissingField: false,
    timestampFormat: 'SQL',
    hashColumns: schema.map(() => true),
    ...options,
  });
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return decodeRows(decoder, schema, bytes, options.plan);
}

/** The values of the only row. */
function rowOf(schema: RowSchema, line: string, options: Partial<JsonDecoderOptions> = {}) {
  const { records } = decode(schema, line, options);
  expect(records).toHaveLength(1);
  const [record] = records;
  if (record === undefined || !('values' in record)) {
    throw new Error(`unreadable: ${record?.reason}`);
  }
  return record.values;
}

/** The value of a single column `a`. */
function valueOf(
  type: LogicalType,
  json: string,
  options: Partial<JsonDecoderOptions> = {},
): Value {
  return rowOf([{ name: 'a', type }], `{"a":${json}}`, options)[0]!;
}

/** The reason why a line cannot be read. */
function reasonOf(schema: RowSchema, line: string, options: Partial<JsonDecoderOptions> = {}) {
  const [record] = decode(schema, line, options).records;
  if (record === undefined || 'values' in record) throw new Error('the line was read');
  return { column: record.column, reason: record.reason };
}

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
