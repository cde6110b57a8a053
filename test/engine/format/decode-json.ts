/** Shows what the JSON decoder makes of lines, with and without its kernel, in one expression. */
import { expect } from 'vitest';
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import { JsonDecoder, type JsonDecoderOptions } from '../../../src/engine/format/json-decoder.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { testMemory } from '../../support/test-memory.ts';
import { decodeRows, type Decoded, type DecodePlan } from './decode-rows.ts';

export const bigint: LogicalType = { root: 'BIGINT', nullable: true };
export const int: LogicalType = { root: 'INT', nullable: true };
export const string: LogicalType = { root: 'VARCHAR', length: 2_147_483_647, nullable: true };
export const double: LogicalType = { root: 'DOUBLE', nullable: true };
export const boolean: LogicalType = { root: 'BOOLEAN', nullable: true };

const encoder = new TextEncoder();

export function decode(
  schema: RowSchema,
  content: string | Uint8Array,
  options: Partial<JsonDecoderOptions> & { readonly plan?: DecodePlan } = {},
): Decoded {
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  const [alone, byKernel] = [null, testMemory].map((memory) => {
    const decoder = new JsonDecoder({
      schema,
      failOnMissingField: false,
      timestampFormat: 'SQL',
      ...options,
      memory,
    });
    return decodeRows(decoder, schema, bytes, { ...options.plan, memory });
  });
  expect(byKernel, 'the kernel reads the same').toEqual(alone);
  return alone!;
}

/** The values of the only row. */
export function rowOf(
  schema: RowSchema,
  line: string,
  options: Partial<JsonDecoderOptions> = {},
): readonly Value[] {
  const { records } = decode(schema, line, options);
  if (records.length !== 1) throw new Error(`${records.length} rows instead of one`);
  const [record] = records;
  if (record === undefined || !('values' in record)) {
    throw new Error(`unreadable: ${record?.reason}`);
  }
  return record.values;
}

/** The value of a single column `a`. */
export function valueOf(
  type: LogicalType,
  json: string,
  options: Partial<JsonDecoderOptions> = {},
): Value {
  return rowOf([{ name: 'a', type }], `{"a":${json}}`, options)[0]!;
}

/** The reason why a line cannot be read. */
export function reasonOf(
  schema: RowSchema,
  line: string,
  options: Partial<JsonDecoderOptions> = {},
) {
  const [record] = decode(schema, line, options).records;
  if (record === undefined || 'values' in record) throw new Error('the line was read');
  return { column: record.column, reason: record.reason };
}
