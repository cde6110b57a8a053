/**
 * Writes batches as CSV, each value as Flink's csv format renders it. Text is quoted when Jackson
 * quotes it: when it is long, or holds a character up to the greatest of separator, quote and line
 * feed. So a timestamp, which holds a space, stands in quotes.
 */
import type { Batch, RowSchema } from '../batch/batch.ts';
import type { BytesColumn, Column } from '../batch/column.ts';
import { readValue } from '../batch/read-value.ts';
import { LF } from './ascii.ts';
import { base64Length, writeBase64 } from './base64.ts';
import type { ByteSink, RecordEncoder } from './contract.ts';
import type { CsvDialectOptions } from './csv-dialect.ts';
import { CsvNestedText } from './csv-nested-text.ts';
import { CsvQuoting } from './csv-quoting.ts';
import { checkCsvSchema } from './format-types.ts';
import { ScalarWriter, WRITTEN_SCALAR_BYTES_MAX } from './scalar-writer.ts';
import { csvTimestamps } from './timestamp-text.ts';

export interface CsvEncoderOptions extends CsvDialectOptions {
  readonly schema: RowSchema;
  /** What is written for NULL; nothing when it is null. */
  readonly nullLiteral: string | null;
}

const encoder = new TextEncoder();

export class CsvEncoder implements RecordEncoder {
  private readonly quoting: CsvQuoting;
  private readonly separator: Uint8Array;
  private readonly nullLiteral: Uint8Array;
  private readonly scalars = new ScalarWriter({ timestamps: csvTimestamps, plainDecimals: false });
  private readonly nested: CsvNestedText;
  /** Dates, times and decimals before it is known whether they need quotes. */
  private readonly scratch = new Uint8Array(WRITTEN_SCALAR_BYTES_MAX);

  constructor(options: CsvEncoderOptions) {
    checkCsvSchema(options.schema);
    this.quoting = new CsvQuoting(options);
    this.separator = encoder.encode(options.fieldDelimiter);
    this.nullLiteral = encoder.encode(options.nullLiteral ?? '');
    this.nested = new CsvNestedText(this.scalars, options.nullLiteral ?? '');
  }

  encode(batch: Batch, fromRow: number, target: ByteSink): void {
    const { columns } = batch;
    for (let row = fromRow; row < batch.rowCount; row++) {
      for (let index = 0; index < columns.length; index++) {
        if (index > 0) append(target, this.separator);
        this.encodeField(columns[index]!, row, target);
      }
      const bytes = target.reserve(1);
      bytes[target.length] = LF;
      target.advance(1);
    }
  }

  private encodeField(column: Column, row: number, target: ByteSink): void {
    if (column.nulls[row] === 1) {
      append(target, this.nullLiteral);
      return;
    }
    switch (column.kind) {
      case 'bytes':
        this.encodeBytes(column, row, target);
        return;
      case 'object': {
        const text = encoder.encode(this.nested.render(column.type, readValue(column, row)));
        this.quoting.write(text, { start: 0, end: text.length }, target);
        return;
      }
      case 'int':
        if (column.type.root === 'DATE' || column.type.root === 'TIME') break;
        this.encodeNumber(column, row, target);
        return;
      case 'boolean':
      case 'long':
      case 'double':
        this.encodeNumber(column, row, target);
        return;
      case 'timestamp':
      case 'decimal':
        break;
    }
    const end = this.scalars.write(column, row, this.scratch, 0);
    this.quoting.write(this.scratch, { start: 0, end }, target);
  }

  /** Numbers and booleans never stand in quotes. */
  private encodeNumber(column: Column, row: number, target: ByteSink): void {
    const bytes = target.reserve(WRITTEN_SCALAR_BYTES_MAX);
    const at = target.length;
    target.advance(this.scalars.write(column, row, bytes, at) - at);
  }

  private encodeBytes(column: BytesColumn, row: number, target: ByteSink): void {
    const start = column.start[row]!;
    const end = start + column.length[row]!;
    const { root } = column.type;
    if (root === 'CHAR' || root === 'VARCHAR') {
      this.quoting.write(column.block.bytes, { start, end }, target);
      return;
    }
    const text = new Uint8Array(base64Length(end - start));
    writeBase64(column.block.bytes, { start, end }, text, 0);
    this.quoting.write(text, { start: 0, end: text.length }, target);
  }
}

function append(target: ByteSink, content: Uint8Array): void {
  const bytes = target.reserve(content.length);
  const at = target.length;
  for (let index = 0; index < content.length; index++) bytes[at + index] = content[index]!;
  target.advance(content.length);
}
