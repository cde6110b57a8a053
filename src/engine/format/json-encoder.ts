/**
 * Writes batches as JSON lines, each value as Flink's json format renders it. The common types go
 * from the columns to bytes without strings in between; nested values take the longer way.
 */
import type { Batch, RowSchema } from '../batch/batch.ts';
import type { BytesColumn, Column } from '../batch/column.ts';
import { BACKSLASH, CLOSE_BRACE, COMMA, LF, OPEN_BRACE, QUOTE, SPACE } from './ascii.ts';
import { base64Length, writeBase64 } from './base64.ts';
import type { ByteSink, RecordEncoder } from './contract.ts';
import { jsonEscape, jsonStringText } from './json-string-text.ts';
import { checkJsonSchema } from './format-types.ts';
import { JsonValueText, isQuotedRoot } from './json-value-text.ts';
import { ScalarWriter, WRITTEN_SCALAR_BYTES_MAX, writeAscii } from './scalar-writer.ts';
import { jsonTimestamps, type TimestampFormat } from './timestamp-text.ts';

export interface JsonEncoderOptions {
  readonly schema: RowSchema;
  readonly timestampFormat: TimestampFormat;
  /** As `json.encode.decimal-as-plain-number`. */
  readonly encodeDecimalAsPlainNumber: boolean;
  /** As `json.encode.ignore-null-fields`. */
  readonly ignoreNullFields: boolean;
  /** Write the row kind as the first key, `op`. */
  readonly writesRowKind?: boolean;
  /** The last key, `sink`, when it is given. */
  readonly sinkName?: string | null;
}

/** Short names of row kinds by their number (batch.ts, rowKinds). Source: Flink, RowKind. */
const rowKindNames = ['+I', '-U', '+U', '-D'] as const;
/** Longest escape of one byte: `\u001F`. */
const ESCAPE_BYTES_MAX = 6;
/** What one value takes besides its text: two quotes. */
const QUOTES_BYTES = 2;
const encoder = new TextEncoder();

export class JsonEncoder implements RecordEncoder {
  private readonly options: JsonEncoderOptions;
  private readonly scalars: ScalarWriter;
  private readonly nested: JsonValueText;
  /** `"name":` for each column. */
  private readonly keys: readonly Uint8Array[];
  /** For each column: the text stands in quotes. */
  private readonly isQuoted: readonly boolean[];
  private readonly rowKinds: readonly Uint8Array[];
  private readonly sink: Uint8Array;
  /** Room for all keys of a row and what is around them. */
  private readonly frameBytes: number;

  constructor(options: JsonEncoderOptions) {
    checkJsonSchema(options.schema);
    this.options = options;
    this.scalars = new ScalarWriter({
      timestamps: jsonTimestamps[options.timestampFormat],
      plainDecimals: options.encodeDecimalAsPlainNumber,
    });
    this.nested = new JsonValueText(this.scalars, options.ignoreNullFields);
    const { schema, sinkName } = options;
    this.keys = schema.map(({ name }) => encoder.encode(`${jsonStringText(name)}:`));
    this.isQuoted = schema.map(({ type }) => isQuotedRoot(type.root));
    this.rowKinds = rowKindNames.map((name) => encoder.encode(`"op":"${name}"`));
    this.sink = encoder.encode(
      sinkName === undefined || sinkName === null ? '' : `"sink":${jsonStringText(sinkName)}`,
    );
    const keyBytes = this.keys.reduce((sum, key) => sum + key.length + 1, 0);
    this.frameBytes = keyBytes + this.sink.length + this.rowKinds[0]!.length + 8;
  }

  encode(batch: Batch, fromRow: number, target: ByteSink): void {
    for (let row = fromRow; row < batch.rowCount; row++) this.encodeRow(batch, row, target);
  }

  private encodeRow(batch: Batch, row: number, target: ByteSink): void {
    const { columns } = batch;
    const bytesMax = this.rowBytesMax(columns, row);
    const bytes = target.reserve(bytesMax);
    const start = target.length;
    let at = start;
    // A comma is written before each member; the first one then becomes the opening brace.
    if (this.options.writesRowKind === true) {
      bytes[at++] = COMMA;
      at = append(bytes, at, this.rowKinds[batch.kinds === null ? 0 : batch.kinds[row]!]!);
    }
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index]!;
      const isNull = column.nulls[row] === 1;
      if (isNull && this.options.ignoreNullFields) continue;
      bytes[at++] = COMMA;
      at = append(bytes, at, this.keys[index]!);
      at = isNull
        ? writeAscii(bytes, at, 'null')
        : this.writeValue(column, row, { bytes, at, isQuoted: this.isQuoted[index]! });
    }
    if (this.sink.length > 0) {
      bytes[at++] = COMMA;
      at = append(bytes, at, this.sink);
    }
    if (at === start) at++;
    bytes[start] = OPEN_BRACE;
    bytes[at++] = CLOSE_BRACE;
    bytes[at++] = LF;
    target.advance(at - start);
  }

  private rowBytesMax(columns: readonly Column[], row: number): number {
    let sum = this.frameBytes;
    for (const column of columns) {
      if (column.nulls[row] === 1) sum += 4;
      else if (column.kind === 'bytes') sum += this.bytesMax(column, row);
      else if (column.kind === 'object') sum += this.nested.load(column, row);
      else sum += WRITTEN_SCALAR_BYTES_MAX + QUOTES_BYTES;
    }
    return sum;
  }

  private bytesMax(column: BytesColumn, row: number): number {
    const length = column.length[row]!;
    return isTextRoot(column.type.root)
      ? length * ESCAPE_BYTES_MAX + QUOTES_BYTES
      : base64Length(length) + QUOTES_BYTES;
  }

  private writeValue(
    column: Column,
    row: number,
    place: { readonly bytes: Uint8Array; readonly at: number; readonly isQuoted: boolean },
  ): number {
    const { bytes, isQuoted } = place;
    let { at } = place;
    if (column.kind === 'object') return append(bytes, at, this.nested.take(column));
    const opensAt = at;
    if (isQuoted) bytes[at++] = QUOTE;
    if (column.kind === 'bytes') {
      at = isTextRoot(column.type.root)
        ? writeText(column, row, bytes, at)
        : writeBinary(column, row, bytes, at);
    } else {
      at = this.scalars.write(column, row, bytes, at);
      if (column.kind === 'double' && !Number.isFinite(column.values[row]!)) {
        // As Jackson: what JSON has no number for is a string.
        bytes.copyWithin(opensAt + 1, opensAt, at);
        bytes[opensAt] = QUOTE;
        bytes[at + 1] = QUOTE;
        return at + 2;
      }
    }
    if (isQuoted) bytes[at++] = QUOTE;
    return at;
  }
}

function append(bytes: Uint8Array, at: number, content: Uint8Array): number {
  for (let index = 0; index < content.length; index++) bytes[at + index] = content[index]!;
  return at + content.length;
}

/** Writes the text of a row with escapes, without quotes. */
function writeText(column: BytesColumn, row: number, bytes: Uint8Array, at: number): number {
  const source = column.block.bytes;
  const start = column.start[row]!;
  const end = start + column.length[row]!;
  let out = at;
  for (let from = start; from < end; from++) {
    const byte = source[from]!;
    if (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH) bytes[out++] = byte;
    else out = writeAscii(bytes, out, jsonEscape(String.fromCharCode(byte)));
  }
  return out;
}

function writeBinary(column: BytesColumn, row: number, bytes: Uint8Array, at: number): number {
  const start = column.start[row]!;
  return writeBase64(column.block.bytes, { start, end: start + column.length[row]! }, bytes, at);
}

function isTextRoot(root: string): boolean {
  return root === 'CHAR' || root === 'VARCHAR';
}
