/**
 * Reads rows of the common kind in a kernel (assembly/json-reader.ts): text, integers and booleans
 * go straight into the batch's columns; the values of other columns are found there and read here.
 * It stops in front of a row that is not for it, right or wrong, which the decoder then reads.
 * Needs a block and a batch in the job's linear memory.
 */
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { Batch, RowSchema } from '../batch/batch.ts';
import type { ByteBlock } from '../batch/byte-block.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';

/** As assembly/json-reader.ts numbers the kinds of columns. */
const kinds = { text: 0, long: 1, int: 2, boolean: 3, place: 4 } as const;

/** Scratch area of the linear memory for names of columns. */
const NAME = 0;
/** Kernels may read this far behind the last byte of a name. */
const SLACK_BYTES = 16;
/** Calls that read no row after which the decoder goes on alone for a while. */
const IDLE_CALLS_MAX = 8;
/** Rows that it then reads alone. */
const ROWS_ALONE = 256;

/** What is to be read, and where decoded text may go; positions are bytes of the block. */
export interface KernelRequest {
  readonly block: ByteBlock;
  readonly from: number;
  readonly to: number;
  readonly scratchAt: number;
  readonly batch: Batch;
  /** The first row to fill. */
  readonly row: number;
}

export interface KernelResult {
  /** The first byte that was not read, at the start of a row. */
  readonly at: number;
  /** The row behind the last one that was filled. */
  readonly row: number;
  readonly blankLines: number;
  readonly scratchAt: number;
}

/** Reads the value at `at` into a row of the column with this index; false when it cannot. */
export type PlacedValueReader = (index: number, row: number, at: number) => boolean;

export class JsonRowKernel {
  private readonly memory: LinearMemory;
  /** Address of the kernel's reader. */
  private readonly reader: number;
  /** Where each row started. */
  private readonly starts: Int32Array;
  /** Places of the values that are read here, by column; null for the others. */
  private readonly places: readonly (Int32Array | null)[];
  private readonly hasPlaces: boolean;
  private batch: Batch | null = null;
  private idleCalls = 0;
  private rowsAlone = 0;

  constructor(memory: LinearMemory, schema: RowSchema, failOnMissingField: boolean) {
    this.memory = memory;
    this.reader = memory.kernels.createJsonReader(schema.length, failOnMissingField ? 1 : 0);
    this.starts = memory.int32Array(BATCH_ROWS);
    this.places = schema.map((field, index) => this.define(field, index));
    this.hasPlaces = this.places.some((places) => places !== null);
  }

  /** True when the kernel can fill this batch from this block, and is worth asking. */
  isFor(batch: Batch, block: ByteBlock): boolean {
    if (this.rowsAlone > 0) {
      this.rowsAlone--;
      return false;
    }
    return (
      this.memory.holds(block.bytes) &&
      batch.columns.every((column) => this.memory.holds(column.nulls) && isNarrow(column))
    );
  }

  /** Reads rows. Values of columns that are not for the kernel are still to be read: `readPlaced`. */
  read(request: KernelRequest): KernelResult {
    const { kernels } = this.memory;
    const { block, from, to, scratchAt, batch, row } = request;
    if (this.batch !== batch) this.bind(batch);
    kernels.setJsonScratch(this.reader, scratchAt, block.capacity);
    kernels.readJsonRows(
      this.reader,
      block.bytes.byteOffset,
      from,
      to,
      row,
      BATCH_ROWS,
      this.starts.byteOffset,
    );
    const rowEnd = kernels.jsonReaderRow(this.reader);
    for (const [index, column] of batch.columns.entries()) {
      if (kernels.jsonColumnHasNulls(this.reader, index) !== 0) column.hasNulls = true;
    }
    this.noteProgress(rowEnd - row);
    return {
      at: kernels.jsonReaderAt(this.reader),
      row: rowEnd,
      blankLines: kernels.jsonReaderBlankLines(this.reader),
      scratchAt: kernels.jsonReaderScratchAt(this.reader),
    };
  }

  /**
   * Reads what the kernel has left of the rows [from, to) by `readValue`, which says whether it
   * could. Returns the first row where it could not, else `to`.
   */
  readPlaced(from: number, to: number, readValue: PlacedValueReader): number {
    if (!this.hasPlaces) return to;
    const { batch, places } = this;
    for (let row = from; row < to; row++) {
      for (let index = 0; index < places.length; index++) {
        const at = places[index]?.[row];
        if (at === undefined || batch!.columns[index]!.nulls[row] === 1) continue;
        if (!readValue(index, row, at)) return row;
      }
    }
    return to;
  }

  /** Where a row of the last call started. */
  startOf(row: number): number {
    return this.starts[row]!;
  }

  release(): void {
    this.memory.kernels.releaseJsonReader(this.reader);
    this.memory.release(this.starts);
    for (const places of this.places) if (places !== null) this.memory.release(places);
  }

  private define({ name, type }: RowField, index: number): Int32Array | null {
    const { memory } = this;
    const bytes = new TextEncoder().encode(name);
    const address = memory.scratch(NAME, bytes.length + SLACK_BYTES);
    memory.uint8ArrayAt(address, bytes.length).set(bytes);
    const kind = kindOf(type);
    const isNullable = type.nullable ? 1 : 0;
    memory.kernels.defineJsonColumn(this.reader, index, kind, isNullable, address, bytes.length);
    return kind === kinds.place ? memory.int32Array(BATCH_ROWS) : null;
  }

  private bind(batch: Batch): void {
    this.batch = batch;
    for (const [index, column] of batch.columns.entries()) {
      const values = this.places[index] ?? valuesOf(column);
      this.memory.kernels.placeJsonColumn(
        this.reader,
        index,
        values.byteOffset,
        column.kind === 'bytes' ? column.length.byteOffset : 0,
        column.nulls.byteOffset,
      );
    }
  }

  /** Rows that are never for the kernel should not cost a call each. */
  private noteProgress(rowCount: number): void {
    this.idleCalls = rowCount > 0 ? 0 : this.idleCalls + 1;
    if (this.idleCalls < IDLE_CALLS_MAX) return;
    this.idleCalls = 0;
    this.rowsAlone = ROWS_ALONE;
  }
}

function kindOf({ root }: LogicalType): number {
  switch (root) {
    case 'CHAR':
    case 'VARCHAR':
      return kinds.text;
    case 'BIGINT':
      return kinds.long;
    case 'INT':
      return kinds.int;
    case 'BOOLEAN':
      return kinds.boolean;
    default:
      return kinds.place;
  }
}

/** Where a column's values are; of columns that are read here, anything. */
function valuesOf(column: Column): Int32Array | Float64Array | Uint8Array {
  switch (column.kind) {
    case 'bytes':
      return column.start;
    case 'long':
    case 'int':
    case 'boolean':
      return column.values;
    default:
      return column.nulls;
  }
}

/** 64-bit integers that are not exact as floats are not for the kernel. */
function isNarrow(column: Column): boolean {
  return column.kind !== 'long' || column.wide === null;
}
