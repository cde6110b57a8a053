/**
 * Relations between types: families, equality, and the common type of several. Two rules for the
 * common type exist in Flink, Calcite's for operators and CASE and Flink's own for functions; they
 * differ for FLOAT with DOUBLE and for DATE with TIMESTAMP.
 * Source: LogicalTypeMerging of Flink, and measurements on Flink 2.3.0.
 */
import {
  DECIMAL_PRECISION_MAX,
  LENGTH_MAX,
  type DecimalType,
  type LengthType,
  type LogicalType,
  type SimpleRoot,
} from './type.ts';

export type IntegerRoot = 'TINYINT' | 'SMALLINT' | 'INT' | 'BIGINT';

/** Bits of the integer types. */
export const integerBits = { TINYINT: 8, SMALLINT: 16, INT: 32, BIGINT: 64 } as const;

/** Decimal digits that the integer types need. Source: Flink, TinyIntType.PRECISION and others. */
const integerDigits = { TINYINT: 3, SMALLINT: 5, INT: 10, BIGINT: 19 } as const;

export function isInteger(type: LogicalType): type is LogicalType & { root: IntegerRoot } {
  return type.root in integerBits;
}

export function isExactNumeric(type: LogicalType): boolean {
  return isInteger(type) || type.root === 'DECIMAL';
}

export function isApproximate(type: LogicalType): boolean {
  return type.root === 'FLOAT' || type.root === 'DOUBLE';
}

export function isNumeric(type: LogicalType): boolean {
  return isExactNumeric(type) || isApproximate(type);
}

export function isText(type: LogicalType): type is LengthType & { root: 'CHAR' | 'VARCHAR' } {
  return type.root === 'CHAR' || type.root === 'VARCHAR';
}

export function isBytes(type: LogicalType): type is LengthType & { root: 'BINARY' | 'VARBINARY' } {
  return type.root === 'BINARY' || type.root === 'VARBINARY';
}

export function isTimestamp(type: LogicalType): boolean {
  return type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ';
}

/** DATE, TIME and both kinds of timestamp. */
export function isDatetime(type: LogicalType): boolean {
  return type.root === 'DATE' || type.root === 'TIME' || isTimestamp(type);
}

export function isInterval(type: LogicalType): boolean {
  return type.root === 'INTERVAL_YEAR_MONTH' || type.root === 'INTERVAL_DAY_TIME';
}

export function isConstructed(type: LogicalType): boolean {
  return type.root === 'ARRAY' || type.root === 'MAP' || type.root === 'ROW';
}

export function simple(root: SimpleRoot, nullable: boolean): LogicalType {
  return { root, nullable };
}

export function stringType(nullable: boolean): LogicalType {
  return { root: 'VARCHAR', length: LENGTH_MAX, nullable };
}

export function bytesType(nullable: boolean): LogicalType {
  return { root: 'VARBINARY', length: LENGTH_MAX, nullable };
}

export function decimalType(precision: number, scale: number, nullable: boolean): DecimalType {
  return { root: 'DECIMAL', precision, scale, nullable };
}

export function withNullable<T extends LogicalType>(type: T, nullable: boolean): T {
  return type.nullable === nullable ? type : { ...type, nullable };
}

/** Are values of the two types the same set, NULL aside? Names of row fields do not matter. */
export function isSameType(left: LogicalType, right: LogicalType): boolean {
  switch (left.root) {
    case 'DECIMAL':
      return (
        right.root === 'DECIMAL' && left.precision === right.precision && left.scale === right.scale
      );
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return right.root === left.root && left.length === right.length;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return right.root === left.root && left.precision === right.precision;
    case 'ARRAY':
      return right.root === 'ARRAY' && isSameType(left.element, right.element);
    case 'MAP':
      return (
        right.root === 'MAP' &&
        isSameType(left.key, right.key) &&
        isSameType(left.value, right.value)
      );
    case 'ROW':
      return (
        right.root === 'ROW' &&
        left.fields.length === right.fields.length &&
        left.fields.every((field, index) => {
          const other = right.fields[index];
          return other !== undefined && isSameType(field.type, other.type);
        })
      );
    default:
      return left.root === right.root;
  }
}

/** An integer as the DECIMAL that holds it; DECIMAL as it is. */
export function asDecimal(type: LogicalType): DecimalType | undefined {
  if (type.root === 'DECIMAL') return type;
  if (!isInteger(type)) return undefined;
  return decimalType(integerDigits[type.root], 0, type.nullable);
}

/** Whose rule: `operator` for CASE, IN, arithmetic and comparison, `function` for COALESCE and others. */
export type MergeRule = 'operator' | 'function';

/**
 * The type that all of `types` are cast to; undefined when there is none. NULL operands do not
 * count; the result is nullable when any operand is. All NULL gives NULL.
 */
export function commonType(
  types: readonly LogicalType[],
  rule: MergeRule,
): LogicalType | undefined {
  const nullable = types.some((type) => type.nullable);
  let result: LogicalType | undefined;
  for (const type of types) {
    if (type.root === 'NULL') continue;
    result = result === undefined ? type : merge(result, type, rule);
    if (result === undefined) return undefined;
  }
  return withNullable(result ?? { root: 'NULL', nullable: true }, nullable);
}

function merge(left: LogicalType, right: LogicalType, rule: MergeRule): LogicalType | undefined {
  if (isNumeric(left) && isNumeric(right)) return mergeNumeric(left, right, rule);
  if (isText(left) && isText(right)) return mergeLength(left, right, 'CHAR', 'VARCHAR');
  if (isBytes(left) && isBytes(right)) return mergeLength(left, right, 'BINARY', 'VARBINARY');
  if (isTimestamp(left) && isTimestamp(right)) return mergeTimestamp(left, right);
  if (rule === 'function' && isInFamilyOfTimestamp(left) && isInFamilyOfTimestamp(right)) {
    return left.root === 'DATE' ? right : left;
  }
  if (left.root === 'TIME' && right.root === 'TIME') {
    return left.precision >= right.precision ? left : right;
  }
  if (isConstructed(left) || isConstructed(right)) return mergeConstructed(left, right, rule);
  return left.root === right.root ? left : undefined;
}

function isInFamilyOfTimestamp(type: LogicalType): boolean {
  return type.root === 'DATE' || isTimestamp(type);
}

function mergeNumeric(left: LogicalType, right: LogicalType, rule: MergeRule): LogicalType {
  if (isApproximate(left) || isApproximate(right)) {
    if (left.root === 'DECIMAL' || right.root === 'DECIMAL') return simple('DOUBLE', true);
    if (!isApproximate(left)) return right;
    if (!isApproximate(right)) return left;
    // Calcite takes the first of two approximate types, Flink the wider one.
    if (rule === 'operator') return left;
    return left.root === 'DOUBLE' ? left : right;
  }
  if (isInteger(left) && isInteger(right)) {
    return integerBits[left.root] >= integerBits[right.root] ? left : right;
  }
  const first = asDecimal(left);
  const second = asDecimal(right);
  if (first === undefined || second === undefined) return left;
  const whole = Math.min(
    Math.max(first.precision - first.scale, second.precision - second.scale),
    DECIMAL_PRECISION_MAX,
  );
  const scale = Math.min(Math.max(first.scale, second.scale), DECIMAL_PRECISION_MAX - whole);
  return decimalType(whole + scale, scale, true);
}

function mergeLength(
  left: LengthType,
  right: LengthType,
  fixed: 'CHAR' | 'BINARY',
  variable: 'VARCHAR' | 'VARBINARY',
): LogicalType {
  const length = Math.max(left.length, right.length);
  const isFixed = left.root === fixed && right.root === fixed && left.length === right.length;
  return { root: isFixed ? fixed : variable, length, nullable: true };
}

function mergeTimestamp(left: LogicalType, right: LogicalType): LogicalType | undefined {
  if (!('precision' in left) || !('precision' in right)) return undefined;
  const precision = Math.max(left.precision, right.precision);
  const isLocal = left.root === 'TIMESTAMP_LTZ' || right.root === 'TIMESTAMP_LTZ';
  return { root: isLocal ? 'TIMESTAMP_LTZ' : 'TIMESTAMP', precision, nullable: true };
}

function mergeConstructed(
  left: LogicalType,
  right: LogicalType,
  rule: MergeRule,
): LogicalType | undefined {
  if (left.root === 'ARRAY' && right.root === 'ARRAY') {
    const element = commonType([left.element, right.element], rule);
    return element && { root: 'ARRAY', element, nullable: true };
  }
  if (left.root === 'MAP' && right.root === 'MAP') {
    const key = commonType([left.key, right.key], rule);
    const value = commonType([left.value, right.value], rule);
    return key && value && { root: 'MAP', key, value, nullable: true };
  }
  if (left.root !== 'ROW' || right.root !== 'ROW') return undefined;
  if (left.fields.length !== right.fields.length) return undefined;
  const fields = [];
  for (const [index, field] of left.fields.entries()) {
    const other = right.fields[index];
    const type = other && commonType([field.type, other.type], rule);
    if (type === undefined) return undefined;
    fields.push({ name: field.name, type });
  }
  return { root: 'ROW', fields, nullable: true };
}
