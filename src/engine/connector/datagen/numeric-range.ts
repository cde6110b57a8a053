/** The numbers that a numeric type holds, and bounds within them given as decimal text. */
import type { LogicalType } from '../../../expression/type.ts';

/** Both ends inclusive. */
export type NumericRange =
  /** `unit`: what 1 is in these integers (the scale of DECIMAL). */
  | { readonly kind: 'integer'; readonly min: bigint; readonly max: bigint; readonly unit: bigint }
  | { readonly kind: 'double'; readonly min: number; readonly max: number };

/** Java's Float.MIN_VALUE and MAX_VALUE: the lowest default of Flink is the least above 0. */
const FLOAT_MIN = 2 ** -149;
const FLOAT_MAX = (2 - 2 ** -23) * 2 ** 127;
/** Months of Flink's longest interval by default. */
const MONTHS_MAX = 120_000n;

/** What Flink draws from when no bounds are given; null: not numeric. */
function defaultRange(type: LogicalType): NumericRange | null {
  const range = typeRange(type);
  if (type.root === 'FLOAT') return { kind: 'double', min: FLOAT_MIN, max: FLOAT_MAX };
  if (range?.kind === 'double') return { ...range, min: Number.MIN_VALUE };
  if (type.root === 'DECIMAL' && range !== null) return { ...range, min: 0n };
  if (type.root === 'INTERVAL_YEAR_MONTH' && range !== null) {
    return { ...range, min: 0n, max: MONTHS_MAX };
  }
  return range;
}

/** All that the type holds; null: not numeric. */
export function typeRange(type: LogicalType): NumericRange | null {
  switch (type.root) {
    case 'TINYINT':
      return integers(8);
    case 'SMALLINT':
      return integers(16);
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
      return integers(32);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return integers(64);
    case 'FLOAT':
      return { kind: 'double', min: -FLOAT_MAX, max: FLOAT_MAX };
    case 'DOUBLE':
      return { kind: 'double', min: -Number.MAX_VALUE, max: Number.MAX_VALUE };
    case 'DECIMAL': {
      const max = 10n ** BigInt(type.precision) - 1n;
      return { kind: 'integer', min: -max, max, unit: 10n ** BigInt(type.scale) };
    }
    case 'BOOLEAN':
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
    case 'ARRAY':
    case 'MAP':
    case 'ROW':
    case 'NULL':
      return null;
  }
}

/**
 * The default range of the type with these bounds (decimal text) in place of its own; null when
 * they are no numbers of the type or leave nothing. The type is numeric.
 */
export function boundedRange(
  type: LogicalType,
  min: string | null,
  max: string | null,
): NumericRange | null {
  const defaults = defaultRange(type);
  const limits = typeRange(type);
  if (defaults?.kind === 'double' && limits?.kind === 'double') {
    const low = min === null ? defaults.min : parseDouble(min);
    const high = max === null ? defaults.max : parseDouble(max);
    if (low === null || high === null || low > high) return null;
    return low < limits.min || high > limits.max ? null : { kind: 'double', min: low, max: high };
  }
  if (defaults?.kind === 'integer' && limits?.kind === 'integer') {
    const scale = type.root === 'DECIMAL' ? type.scale : 0;
    const low = min === null ? defaults.min : parseBound(min, scale);
    const high = max === null ? defaults.max : parseBound(max, scale);
    if (low === null || high === null || low > high) return null;
    return low < limits.min || high > limits.max ? null : { ...limits, min: low, max: high };
  }
  return null;
}

/** Decimal text as an integer of this scale; null when it is none or has more digits. */
export function parseBound(text: string, scale: number): bigint | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole, fraction = ''] = match;
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > scale) return null;
  const unscaled = BigInt(`${whole}${digits.padEnd(scale, '0')}`);
  return sign === '-' ? -unscaled : unscaled;
}

function parseDouble(text: string): number | null {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function integers(bits: number): NumericRange {
  const half = 2n ** BigInt(bits - 1);
  return { kind: 'integer', min: -half, max: half - 1n, unit: 1n };
}
