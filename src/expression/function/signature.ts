/**
 * How a function says which operands it takes: a list of parameters, each with a test, a name for
 * messages and the type that an operand is cast to.
 */
import {
  bytesType,
  isApproximate,
  isBytes,
  isDatetime,
  isExactNumeric,
  isInteger,
  isNumeric,
  isText,
  isTimestamp,
  simple,
  stringType,
} from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import type { Mismatch, Resolution, ScalarFunction } from './contract.ts';

export interface Parameter {
  /** For messages: `STRING`, `an integer`. */
  readonly label: string;
  readonly accepts: (type: LogicalType) => boolean;
  readonly target: (type: LogicalType) => LogicalType;
}

type Literals = readonly (Value | undefined)[];
export type ResultOf = (
  operands: readonly LogicalType[],
  literals: Literals,
  nullable: boolean,
) => LogicalType | Mismatch;

export interface SignatureOptions {
  /** How many of the last parameters may be left out. */
  readonly optional?: number;
  /** What any further operands must be. */
  readonly rest?: Parameter;
}

const same = (type: LogicalType): LogicalType => type;

export const parameters = {
  any: { label: 'any type', accepts: () => true, target: same },
  text: { label: 'STRING', accepts: isText, target: same },
  bytes: { label: 'BYTES', accepts: isBytes, target: same },
  textOrBytes: {
    label: 'STRING or BYTES',
    accepts: (type) => isText(type) || isBytes(type),
    target: same,
  },
  boolean: { label: 'BOOLEAN', accepts: (type) => type.root === 'BOOLEAN', target: same },
  numeric: { label: 'a number', accepts: isNumeric, target: same },
  exact: { label: 'an integer or DECIMAL', accepts: isExactNumeric, target: same },
  integer: { label: 'an integer', accepts: isInteger, target: same },
  /** TINYINT, SMALLINT or INT, cast to INT. */
  int: {
    label: 'INT',
    accepts: (type) => isInteger(type) && type.root !== 'BIGINT',
    target: (type) => simple('INT', type.nullable),
  },
  /** Any integer, cast to BIGINT. */
  bigint: {
    label: 'an integer',
    accepts: isInteger,
    target: (type) => simple('BIGINT', type.nullable),
  },
  /** Any number, cast to DOUBLE. */
  double: {
    label: 'a number',
    accepts: isNumeric,
    target: (type) => (type.root === 'DOUBLE' ? type : simple('DOUBLE', type.nullable)),
  },
  approximate: { label: 'FLOAT or DOUBLE', accepts: isApproximate, target: same },
  datetime: { label: 'a date or time', accepts: isDatetime, target: same },
  timestamp: { label: 'TIMESTAMP or TIMESTAMP_LTZ', accepts: isTimestamp, target: same },
  array: { label: 'ARRAY', accepts: (type) => type.root === 'ARRAY', target: same },
  map: { label: 'MAP', accepts: (type) => type.root === 'MAP', target: same },
} as const satisfies Readonly<Record<string, Parameter>>;

/** A `resolve` for a fixed list of parameters. */
export function signature(
  expected: readonly Parameter[],
  resultOf: ResultOf,
  options: SignatureOptions = {},
): ScalarFunction['resolve'] {
  return (operands, literals) => {
    const least = expected.length - (options.optional ?? 0);
    if (
      operands.length < least ||
      (options.rest === undefined && operands.length > expected.length)
    ) {
      return { mismatch: countMismatch(least, expected.length, options, operands.length) };
    }
    const targets: LogicalType[] = [];
    for (const [index, type] of operands.entries()) {
      const parameter = expected[index] ?? options.rest;
      if (parameter === undefined) break;
      const mismatch = operandMismatch(parameter, type, index);
      if (mismatch !== undefined) return { mismatch };
      targets.push(parameter.target(type));
    }
    const nullable = operands.some((type) => type.nullable);
    const result = resultOf(targets, literals, nullable);
    return 'mismatch' in result ? result : { operands: targets, result };
  };
}

function operandMismatch(
  parameter: Parameter,
  type: LogicalType,
  index: number,
): string | undefined {
  if (type.root === 'NULL' && parameter !== parameters.any) {
    return `operand ${index + 1} is a bare NULL; write CAST(NULL AS type)`;
  }
  if (parameter.accepts(type)) return undefined;
  return `operand ${index + 1} must be ${parameter.label}, not ${bareTypeText(type)}`;
}

function countMismatch(
  least: number,
  most: number,
  options: SignatureOptions,
  found: number,
): string {
  const range = options.rest !== undefined ? `at least ${least}` : countText(least, most);
  return `it takes ${range} ${most === 1 && least === 1 ? 'operand' : 'operands'}, not ${found}`;
}

function countText(least: number, most: number): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Result types that many functions share; nullable when an operand is. */
export const results = {
  boolean: (_operands: unknown, _literals: unknown, nullable: boolean) =>
    simple('BOOLEAN', nullable),
  int: (_operands: unknown, _literals: unknown, nullable: boolean) => simple('INT', nullable),
  bigint: (_operands: unknown, _literals: unknown, nullable: boolean) => simple('BIGINT', nullable),
  double: (_operands: unknown, _literals: unknown, nullable: boolean) => simple('DOUBLE', nullable),
  string: (_operands: unknown, _literals: unknown, nullable: boolean) => stringType(nullable),
  bytes: (_operands: unknown, _literals: unknown, nullable: boolean) => bytesType(nullable),
  /** NULL is possible for operands that are not NULL. */
  nullableString: () => stringType(true),
  nullableInt: () => simple('INT', true),
} as const satisfies Readonly<Record<string, ResultOf>>;

/** A resolution without change to the operands. */
export function unchanged(operands: readonly LogicalType[], result: LogicalType): Resolution {
  return { operands, result };
}
