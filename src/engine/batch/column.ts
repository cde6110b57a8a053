/**
 * Columns: the values of one field over the rows of a batch, in typed arrays, one class for each
 * physical kind. All arrays have `capacity` entries, BATCH_ROWS in a batch and more in a row store;
 * only the first `rowCount` of the batch count.
 *
 * | logical type | column | entry |
 * |---|---|---|
 * | BOOLEAN | BooleanColumn | 0 or 1 |
 * | TINYINT, SMALLINT, INT, DATE, TIME, INTERVAL_YEAR_MONTH | IntColumn | 32-bit integer |
 * | BIGINT, INTERVAL_DAY_TIME | LongColumn | float64, or 64-bit integers when one is not exact |
 * | FLOAT, DOUBLE | DoubleColumn | float64 |
 * | TIMESTAMP, TIMESTAMP_LTZ | TimestampColumn | float64 epoch milliseconds (+ nanoseconds) |
 * | CHAR, VARCHAR, BINARY, VARBINARY | BytesColumn | a byte range (UTF-8 for text) |
 * | DECIMAL | DecimalColumn | unscaled bigint |
 * | ARRAY, MAP, ROW | ObjectColumn | canonical value (expression/value.ts) |
 *
 * Invariant: where `nulls[row]` is 1 the value entry is unspecified and must not be read.
 * Invariant: when `hasNulls` is false, every `nulls` entry of the batch is 0.
 */
import type { Value } from '../../expression/value.ts';
import type { LogicalType, TypeRoot } from '../../expression/type.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { ByteArena } from './byte-arena.ts';
import { ByteBlock } from './byte-block.ts';

/** Rows of a full batch. 2,048 keeps a dozen columns in the second-level cache (docs/design/002). */
export const BATCH_ROWS = 2048;

export type Column =
  | BooleanColumn
  | IntColumn
  | LongColumn
  | DoubleColumn
  | TimestampColumn
  | BytesColumn
  | DecimalColumn
  | ObjectColumn;

export type ColumnKind = Column['kind'];

abstract class ColumnBase {
  readonly type: LogicalType;
  /** 1 where the value is NULL. */
  readonly nulls: Uint8Array;
  hasNulls: boolean;
  /**
   * Rows whose value could not be computed, with the reason; such rows also count as NULL. A value
   * that is used fails the job; one that a CASE or a filter leaves behind does not. Null: no row.
   */
  failures: Map<number, string> | null;

  constructor(type: LogicalType, capacity: number, memory: LinearMemory | null) {
    this.type = type;
    this.nulls = memory === null ? new Uint8Array(capacity) : memory.uint8Array(capacity);
    this.hasNulls = false;
    this.failures = null;
  }

  setNull(row: number): void {
    this.nulls[row] = 1;
    this.hasNulls = true;
  }

  setFailure(row: number, reason: string): void {
    this.setNull(row);
    (this.failures ??= new Map()).set(row, reason);
  }

  /** Forgets NULLs and failures, so that the column can be filled again. */
  protected clearNulls(): void {
    if (this.hasNulls) {
      this.nulls.fill(0);
      this.hasNulls = false;
    }
    this.failures = null;
  }
}

export class BooleanColumn extends ColumnBase {
  readonly kind = 'boolean';
  readonly values: Uint8Array;

  constructor(type: LogicalType, capacity = BATCH_ROWS, memory: LinearMemory | null = null) {
    super(type, capacity, memory);
    this.values = memory === null ? new Uint8Array(capacity) : memory.uint8Array(capacity);
  }

  reset(): void {
    this.clearNulls();
  }
}

export class IntColumn extends ColumnBase {
  readonly kind = 'int';
  readonly values: Int32Array;

  constructor(type: LogicalType, capacity = BATCH_ROWS, memory: LinearMemory | null = null) {
    super(type, capacity, memory);
    this.values = memory === null ? new Int32Array(capacity) : memory.int32Array(capacity);
  }

  reset(): void {
    this.clearNulls();
  }
}

/**
 * 64-bit integers. As long as every value of the batch is a safe integer they are floats in
 * `values` and `wide` is null. When one is not, `wide` holds all of them exactly and `values` must
 * not be read; `widen` switches a batch over.
 */
export class LongColumn extends ColumnBase {
  readonly kind = 'long';
  readonly values: Float64Array;
  wide: BigInt64Array | null = null;

  constructor(type: LogicalType, capacity = BATCH_ROWS, memory: LinearMemory | null = null) {
    super(type, capacity, memory);
    this.values = memory === null ? new Float64Array(capacity) : memory.float64Array(capacity);
  }

  reset(): void {
    this.clearNulls();
    this.wide = null;
  }

  /** Moves the first `rowCount` values to 64-bit integers; returns them. */
  widen(rowCount: number): BigInt64Array {
    if (this.wide !== null) return this.wide;
    const wide = new BigInt64Array(this.values.length);
    for (let row = 0; row < rowCount; row++) {
      if (this.nulls[row] === 0) wide[row] = BigInt(this.values[row]!);
    }
    this.wide = wide;
    return wide;
  }
}

export class DoubleColumn extends ColumnBase {
  readonly kind = 'double';
  readonly values: Float64Array;

  constructor(type: LogicalType, capacity = BATCH_ROWS, memory: LinearMemory | null = null) {
    super(type, capacity, memory);
    this.values = memory === null ? new Float64Array(capacity) : memory.float64Array(capacity);
  }

  reset(): void {
    this.clearNulls();
  }
}

/** Epoch milliseconds (UTC for TIMESTAMP_LTZ, local for TIMESTAMP) and the nanoseconds below. */
export class TimestampColumn extends ColumnBase {
  readonly kind = 'timestamp';
  readonly millis: Float64Array;
  /** 0 to 999,999 for each row; null when all are 0. */
  nanos: Int32Array | null = null;

  constructor(type: LogicalType, capacity = BATCH_ROWS, memory: LinearMemory | null = null) {
    super(type, capacity, memory);
    this.millis = memory === null ? new Float64Array(capacity) : memory.float64Array(capacity);
  }

  reset(): void {
    this.clearNulls();
    this.nanos = null;
  }
}

/**
 * Byte ranges of one block. The block belongs to whoever filled the column: a source, another
 * column, or the column itself (`reserve`).
 */
export class BytesColumn extends ColumnBase {
  readonly kind = 'bytes';
  block: ByteBlock = EMPTY_BLOCK;
  readonly start: Int32Array;
  readonly length: Int32Array;
  /** Holds values that were written into this column; null as long as none was. */
  private arena: ByteArena | null = null;
  /** Where its arrays and the arena are made; null: on the heap. */
  readonly memory: LinearMemory | null;

  constructor(type: LogicalType, capacity = BATCH_ROWS, memory: LinearMemory | null = null) {
    super(type, capacity, memory);
    this.memory = memory;
    this.start = memory === null ? new Int32Array(capacity) : memory.int32Array(capacity);
    this.length = memory === null ? new Int32Array(capacity) : memory.int32Array(capacity);
  }

  reset(): void {
    this.clearNulls();
    this.block = EMPTY_BLOCK;
    this.arena?.reset();
  }

  /**
   * The column's own block with room for `byteCount` more bytes at `arena.end`; the caller moves
   * `end` behind what it writes. All values of the column are in it from now on, so a column that
   * points into another block must be reset first.
   */
  reserve(byteCount: number): ByteArena {
    const arena = (this.arena ??= new ByteArena(this.memory));
    arena.reserve(byteCount);
    this.block = arena.block;
    return arena;
  }
}

const EMPTY_BLOCK = new ByteBlock(0);

export class DecimalColumn extends ColumnBase {
  readonly kind = 'decimal';
  /** Unscaled values of the type's scale. */
  readonly values: bigint[];

  constructor(type: LogicalType, capacity = BATCH_ROWS, memory: LinearMemory | null = null) {
    super(type, capacity, memory);
    this.values = Array.from({ length: capacity }, () => 0n);
  }

  reset(): void {
    this.clearNulls();
  }
}

export class ObjectColumn extends ColumnBase {
  readonly kind = 'object';
  readonly values: Value[];

  constructor(type: LogicalType, capacity = BATCH_ROWS, memory: LinearMemory | null = null) {
    super(type, capacity, memory);
    this.values = Array.from({ length: capacity }, () => null);
  }

  reset(): void {
    this.clearNulls();
  }
}

/** The kind of column that holds values of `root`. NULL literals use an IntColumn of NULLs. */
export function columnKindOf(root: TypeRoot): ColumnKind {
  switch (root) {
    case 'BOOLEAN':
      return 'boolean';
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_YEAR_MONTH':
    case 'NULL':
      return 'int';
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return 'long';
    case 'FLOAT':
    case 'DOUBLE':
      return 'double';
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return 'timestamp';
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return 'bytes';
    case 'DECIMAL':
      return 'decimal';
    case 'ARRAY':
    case 'MAP':
    case 'ROW':
      return 'object';
  }
}

/** A new, empty column for `type`; its arrays are made in `memory`, or on the heap. */
export function createColumn(
  type: LogicalType,
  capacity = BATCH_ROWS,
  memory: LinearMemory | null = null,
): Column {
  switch (columnKindOf(type.root)) {
    case 'boolean':
      return new BooleanColumn(type, capacity, memory);
    case 'int':
      return new IntColumn(type, capacity, memory);
    case 'long':
      return new LongColumn(type, capacity, memory);
    case 'double':
      return new DoubleColumn(type, capacity, memory);
    case 'timestamp':
      return new TimestampColumn(type, capacity, memory);
    case 'bytes':
      return new BytesColumn(type, capacity, memory);
    case 'decimal':
      return new DecimalColumn(type, capacity, memory);
    case 'object':
      return new ObjectColumn(type, capacity, memory);
  }
}
