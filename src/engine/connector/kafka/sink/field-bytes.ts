/**
 * The bytes of some columns of each row of a batch, as a format writes them, without the line end
 * that stands between rows in a file. Reused by the next batch.
 */
import { Batch, type RowSchema } from '../../../batch/batch.ts';
import { BATCH_ROWS } from '../../../batch/column.ts';
import { ByteBuffer } from '../../../format/byte-buffer.ts';
import type { RecordEncoder } from '../../../format/contract.ts';
import { LF } from '../../../format/ascii.ts';
import type { FormatOptions } from '../../format-options.ts';

export type CreateEncoder = (schema: RowSchema, format: FormatOptions) => RecordEncoder;

export interface WrittenFields {
  readonly format: FormatOptions;
  readonly columns: readonly { readonly index: number; readonly name: string }[];
}

export class FieldBytes {
  private readonly schema: RowSchema;
  private readonly columns: readonly number[];
  private readonly encoder: RecordEncoder;
  /** A row of it is one line for sure, so that many rows can be written at a time. */
  private readonly isLine: boolean;
  private readonly buffer = new ByteBuffer();
  private readonly ends = new Int32Array(BATCH_ROWS);

  /** `schema`: the sink's columns. */
  constructor(schema: RowSchema, { format, columns }: WrittenFields, create: CreateEncoder) {
    this.schema = columns.map(({ index, name }) => ({ ...schema[index]!, name }));
    this.columns = columns.map(({ index }) => index);
    this.encoder = create(this.schema, format);
    this.isLine = format.kind === 'json';
  }

  encode(batch: Batch): void {
    this.buffer.clear();
    const view = new Batch(
      this.schema,
      this.columns.map((index) => batch.columns[index]!),
    );
    if (this.isLine) this.encodeLines(view, batch.rowCount);
    else this.encodeRows(view, batch.rowCount);
  }

  /** Of the last batch; valid until the next one. */
  of(row: number): Uint8Array {
    const start = row === 0 ? 0 : this.ends[row - 1]!;
    return this.buffer.content().subarray(start, this.ends[row]! - 1);
  }

  private encodeLines(view: Batch, rowCount: number): void {
    view.rowCount = rowCount;
    this.encoder.encode(view, 0, this.buffer);
    const content = this.buffer.content();
    let end = 0;
    for (let row = 0; row < rowCount; row++) {
      end = content.indexOf(LF, end) + 1;
      this.ends[row] = end;
    }
  }

  private encodeRows(view: Batch, rowCount: number): void {
    for (let row = 0; row < rowCount; row++) {
      view.rowCount = row + 1;
      this.encoder.encode(view, row, this.buffer);
      this.ends[row] = this.buffer.length;
    }
  }
}
