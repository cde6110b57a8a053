/**
 * Writes batches as JSON lines, each value as Flink's json format renders it. A kernel
 * (assembly/json-writer.ts) writes the rows; texts, integers, booleans and timestamps it takes from
 * the columns, and of other columns the JSON texts of their values, which are rendered here.
 */
import { LENGTH_MAX, type LogicalType } from '../../expression/type.ts';
import type { Batch, RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, BytesColumn, type Column } from '../batch/column.ts';
import { appendRange } from '../batch/byte-arena.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { ByteSink, RecordEncoder } from './contract.ts';
import { checkJsonSchema } from './format-types.ts';
import { jsonStringText } from './json-string-text.ts';
import { JsonColumnText } from './json-column-text.ts';
import { ScalarWriter } from './scalar-writer.ts';
import { jsonTimestamps, type TimestampFormat, type TimestampSyntax } from './timestamp-text.ts';

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
  /** Where rows are written before they go to the target. */
  readonly memory: LinearMemory;
}

/** As assembly/json-writer.ts numbers the kinds of columns. */
const kinds = { text: 0, long: 1, int: 2, boolean: 3, timestamp: 4, ready: 5 } as const;

/** Short names of row kinds by their number (batch.ts, rowKinds). Source: Flink, RowKind. */
const ROW_KIND_TEXTS = new TextEncoder().encode('"+I""-U""+U""-D"');
const ROW_KIND_BYTES = 4;
const TEXT_TYPE: LogicalType = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true };
/** Rows that are written at a time: what they need at most is a multiple of what they take. */
const ROWS_AT_A_TIME = 256;
const BYTES_AT_A_TIME = 1024 * 1024;
/** Scratch areas of the linear memory: arrays of the nth column, then what is written. */
const SCRATCHES_PER_COLUMN = 3;
const encoder = new TextEncoder();

/** What the kernel is told of a column. */
interface PlacedColumn {
  readonly kind: number;
  /** Starts of texts, or values. */
  readonly values: Float64Array | Int32Array | Uint8Array;
  /** Lengths of texts; of other kinds, anything. */
  readonly lengths: Int32Array | Uint8Array;
  readonly nulls: Uint8Array;
  /** Address of the block that texts are in. */
  readonly block: number;
}

export class JsonEncoder implements RecordEncoder {
  private readonly memory: LinearMemory;
  /** Address of the kernel's writer. */
  private readonly writer: number;
  private readonly rendering: JsonColumnText;
  private readonly writesRowKind: boolean;
  /** Texts of the batch by column, where the kernel does not write the values themselves. */
  private readonly texts: (BytesColumn | null)[];
  /** Columns in front of those of the schema: the row kind. */
  private readonly leading: number;
  private readonly noNulls: Uint8Array;

  constructor(options: JsonEncoderOptions) {
    checkJsonSchema(options.schema);
    const { schema, memory } = options;
    const timestamps = jsonTimestamps[options.timestampFormat];
    this.memory = memory;
    this.writesRowKind = options.writesRowKind === true;
    this.leading = this.writesRowKind ? 1 : 0;
    this.rendering = new JsonColumnText(
      new ScalarWriter({ timestamps, plainDecimals: options.encodeDecimalAsPlainNumber }),
      options.ignoreNullFields,
    );
    const columnCount = schema.length + this.leading;
    this.texts = Array.from({ length: columnCount }, () => null);
    this.noNulls = memory.uint8Array(BATCH_ROWS);
    const leavesOutNulls = options.ignoreNullFields ? 1 : 0;
    this.writer = memory.kernels.createJsonWriter(columnCount, leavesOutNulls);
    if (this.writesRowKind) this.definePrefix(0, 'op');
    for (const [index, { name, type }] of schema.entries()) {
      this.definePrefix(index + this.leading, name);
      const isZoned = type.root === 'TIMESTAMP_LTZ';
      this.defineSyntax(index + this.leading, isZoned ? timestamps.zoned : timestamps.local);
    }
    const { sinkName } = options;
    if (sinkName !== undefined && sinkName !== null) this.defineSuffix(sinkName);
  }

  encode(batch: Batch, fromRow: number, target: ByteSink): void {
    const { rowCount } = batch;
    if (this.writesRowKind) this.placeRowKinds(batch);
    for (const [index, column] of batch.columns.entries()) {
      this.place(index + this.leading, column, fromRow, rowCount);
    }
    for (let row = fromRow; row < rowCount;) {
      let rowEnd = Math.min(row + ROWS_AT_A_TIME, rowCount);
      // Long texts are written fewer at a time.
      while (rowEnd - row > 1 && this.bytesMax(row, rowEnd) > BYTES_AT_A_TIME) {
        rowEnd = row + ((rowEnd - row) >> 1);
      }
      this.write(row, rowEnd, target);
      row = rowEnd;
    }
  }

  private bytesMax(from: number, to: number): number {
    return this.memory.kernels.writtenBytesMax(this.writer, from, to);
  }

  private write(from: number, to: number, target: ByteSink): void {
    const { kernels } = this.memory;
    const scratch = this.texts.length * SCRATCHES_PER_COLUMN;
    const address = this.memory.scratch(scratch, this.bytesMax(from, to));
    const byteCount = kernels.writeJsonRows(this.writer, from, to, address) - address;
    target.reserve(byteCount).set(this.memory.uint8ArrayAt(address, byteCount), target.length);
    target.advance(byteCount);
  }

  /** Tells the kernel where the rows [from, to) of a column are, or their texts. */
  private place(index: number, column: Column, from: number, to: number): void {
    const kind = kindOf(column);
    const { nulls } = column;
    if (kind === kinds.ready) {
      const texts = this.textsOf(index);
      this.rendering.render(column, from, to, texts);
      this.placeTexts(index, { kind, texts, nulls }, to);
    } else if (column.kind === 'bytes') {
      const texts = this.memory.holds(column.block.bytes)
        ? column
        : copyTexts(column, from, to, this.textsOf(index));
      this.placeTexts(index, { kind, texts, nulls }, to);
    } else {
      const values = valuesOf(column);
      this.placeColumn(index, { kind, values, lengths: nulls, nulls, block: 0 }, to);
    }
  }

  private placeRowKinds({ kinds: rowKinds, rowCount }: Batch): void {
    const texts = this.textsOf(0);
    texts.reset();
    const arena = texts.reserve(ROW_KIND_TEXTS.length);
    arena.block.bytes.set(ROW_KIND_TEXTS, arena.end);
    for (let row = 0; row < rowCount; row++) {
      texts.start[row] = arena.end + (rowKinds === null ? 0 : rowKinds[row]!) * ROW_KIND_BYTES;
    }
    texts.length.fill(ROW_KIND_BYTES, 0, rowCount);
    this.placeTexts(0, { kind: kinds.ready, texts, nulls: this.noNulls }, rowCount);
  }

  private placeTexts(
    index: number,
    {
      kind,
      texts,
      nulls,
    }: { readonly kind: number; readonly texts: BytesColumn; readonly nulls: Uint8Array },
    rowCount: number,
  ): void {
    const { start: values, length: lengths } = texts;
    const block = texts.block.bytes.byteOffset;
    this.placeColumn(index, { kind, values, lengths, nulls, block }, rowCount);
  }

  private placeColumn(index: number, column: PlacedColumn, rowCount: number): void {
    const scratch = index * SCRATCHES_PER_COLUMN;
    this.memory.kernels.placeWrittenColumn(
      this.writer,
      index,
      column.kind,
      this.memory.addressOf(column.values, rowCount, scratch),
      this.memory.addressOf(column.lengths, rowCount, scratch + 1),
      this.memory.addressOf(column.nulls, rowCount, scratch + 2),
      column.block,
    );
  }

  private textsOf(index: number): BytesColumn {
    return (this.texts[index] ??= new BytesColumn(TEXT_TYPE, BATCH_ROWS, this.memory));
  }

  private definePrefix(index: number, name: string): void {
    this.withText(`,${jsonStringText(name)}:`, (address, length) => {
      this.memory.kernels.defineWrittenColumn(this.writer, index, address, length);
    });
  }

  private defineSuffix(sinkName: string): void {
    this.withText(`,"sink":${jsonStringText(sinkName)}`, (address, length) => {
      this.memory.kernels.defineWrittenSuffix(this.writer, address, length);
    });
  }

  private defineSyntax(index: number, { separator, endsWithZ }: TimestampSyntax): void {
    const { kernels } = this.memory;
    kernels.defineTimestampSyntax(this.writer, index, separator, endsWithZ ? 1 : 0);
  }

  private withText(text: string, use: (address: number, length: number) => void): void {
    const bytes = this.memory.uint8Array(encoder.encode(text).length);
    bytes.set(encoder.encode(text));
    use(bytes.byteOffset, bytes.length);
    this.memory.release(bytes);
  }
}

/** Copies the texts of the rows [from, to) to a column of the linear memory, and returns it. */
function copyTexts(
  column: BytesColumn,
  from: number,
  to: number,
  target: BytesColumn,
): BytesColumn {
  target.reset();
  for (let row = from; row < to; row++) {
    if (column.nulls[row] === 1) continue;
    const length = column.length[row]!;
    const arena = target.reserve(length);
    target.start[row] = arena.end;
    target.length[row] = length;
    appendRange(arena, column.block, column.start[row]!, length);
  }
  return target;
}

/** How the kernel writes a column, which may depend on the batch. */
function kindOf(column: Column): number {
  switch (column.kind) {
    case 'bytes':
      return column.type.root === 'CHAR' || column.type.root === 'VARCHAR'
        ? kinds.text
        : kinds.ready;
    case 'long':
      return column.wide === null ? kinds.long : kinds.ready;
    case 'int':
      return column.type.root === 'DATE' || column.type.root === 'TIME' ? kinds.ready : kinds.int;
    case 'boolean':
      return kinds.boolean;
    case 'timestamp':
      return column.nanos === null ? kinds.timestamp : kinds.ready;
    case 'double':
    case 'decimal':
    case 'object':
      return kinds.ready;
  }
}

function valuesOf(column: Column): Float64Array | Int32Array | Uint8Array {
  switch (column.kind) {
    case 'timestamp':
      return column.millis;
    case 'long':
    case 'int':
    case 'boolean':
      return column.values;
    default:
      return column.nulls;
  }
}
