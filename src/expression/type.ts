/**
 * Flink SQL's logical types, as far as drey knows them.
 * STRING is VARCHAR(2147483647), BYTES is VARBINARY(2147483647), as in Flink.
 * `nullable` is part of a type; a type in a pipeline file is nullable unless NOT NULL is written.
 */

/** Greatest length of VARCHAR and VARBINARY, in characters and bytes. Source: Flink, VarCharType.MAX_LENGTH. */
export const LENGTH_MAX = 2_147_483_647;
/** Greatest precision of DECIMAL. Source: Flink, DecimalType.MAX_PRECISION. */
export const DECIMAL_PRECISION_MAX = 38;

interface Nullability {
  readonly nullable: boolean;
}

export type SimpleRoot =
  | 'BOOLEAN'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DATE'
  | 'NULL'
  | 'INTERVAL_YEAR_MONTH'
  | 'INTERVAL_DAY_TIME';

export interface SimpleType extends Nullability {
  readonly root: SimpleRoot;
}
export interface DecimalType extends Nullability {
  readonly root: 'DECIMAL';
  readonly precision: number;
  readonly scale: number;
}
/** CHAR, VARCHAR: `length` in characters. BINARY, VARBINARY: `length` in bytes. */
export interface LengthType extends Nullability {
  readonly root: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY';
  readonly length: number;
}
/** `precision`: digits of the second's fraction, 0 to 9 (TIME: 0 to 3 are kept). */
export interface TimeType extends Nullability {
  readonly root: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ';
  readonly precision: number;
}
export interface ArrayType extends Nullability {
  readonly root: 'ARRAY';
  readonly element: LogicalType;
}
export interface MapType extends Nullability {
  readonly root: 'MAP';
  readonly key: LogicalType;
  readonly value: LogicalType;
}
export interface RowField {
  readonly name: string;
  readonly type: LogicalType;
}
export interface RowType extends Nullability {
  readonly root: 'ROW';
  readonly fields: readonly RowField[];
}

export type LogicalType =
  SimpleType | DecimalType | LengthType | TimeType | ArrayType | MapType | RowType;

export type TypeRoot = LogicalType['root'];
