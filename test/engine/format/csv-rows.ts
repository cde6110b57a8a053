/** Shows what the CSV decoder and encoder make of lines and rows, in one expression. */
import { Batch, type RowSchema } from '../../../src/engine/batch/batch.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { ByteBuffer } from '../../../src/engine/format/byte-buffer.ts';
import { CsvDecoder, type CsvDecoderOptions } from '../../../src/engine/format/csv-decoder.ts';
import { CsvEncoder, type CsvEncoderOptions } from '../../../src/engine/format/csv-encoder.ts';
import type { Value } from '../../../src/expression/value.ts';
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

export type CsvOptions = Partial<CsvDecoderOptions> & { readonly plan?: DecodePlan };

export function decodeCsv(
  schema: RowSchema,
  content: string | Uint8Array,
  options: CsvOptions = {},
): Decoded {
  const csvDecoder = new CsvDecoder({ ...defaults, schema, ...options });
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return decodeRows(csvDecoder, schema, bytes, options.plan);
}

export function encodeCsv(
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
