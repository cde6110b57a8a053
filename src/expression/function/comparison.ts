/**
 * `=`, `<` and the other comparisons, IS NULL, IN and BETWEEN. How operands of different types
 * meet follows what Flink 2.3 was seen to do: text meets a number in < and BETWEEN as a number,
 * but `text = number` is refused.
 */
import {
  commonType,
  decimalType,
  isConstructed,
  isDatetime,
  isNumeric,
  isText,
  isTimestamp,
  simple,
  withNullable,
} from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import { compareValues, equalValues } from '../value-order.ts';
import type { Value } from '../value.ts';
import type { Mismatch, Resolution, ScalarFunction } from './contract.ts';
import { valueAt } from './operand.ts';

type Kind = 'equality' | 'order';

/** What two operands are compared as. */
function comparedType(left: LogicalType, right: LogicalType, kind: Kind): LogicalType | Mismatch {
  const both = `${bareTypeText(left)} with ${bareTypeText(right)}`;
  const common = commonType([left, right], 'operator');
  if (common !== undefined) {
    if (kind === 'order' && isConstructed(common)) {
      return { mismatch: `${bareTypeText(common)} has no order` };
    }
    if (common.root === 'MAP' && kind === 'order') return { mismatch: `it cannot compare ${both}` };
    return common;
  }
  const [text, other] = isText(left) ? [left, right] : [right, left];
  if (isText(text)) {
    if (isDatetime(other)) return withNullable(other, true);
    // As Calcite: a text that meets a DECIMAL becomes a DECIMAL with half of the digits each side.
    if (other.root === 'DECIMAL' && kind === 'order') return decimalType(38, 19, true);
    if (isNumeric(other) && kind === 'order') return withNullable(other, true);
    if (isNumeric(other) || other.root === 'BOOLEAN') {
      return { mismatch: `Flink does not compare ${both}; write a CAST on one side` };
    }
  }
  if (isTimestamp(left) !== isTimestamp(right) && (left.root === 'DATE' || right.root === 'DATE')) {
    return {
      mismatch: `Flink does not compare ${both}; write CAST(... AS DATE) or AS TIMESTAMP(3)`,
    };
  }
  return { mismatch: `it cannot compare ${both}` };
}

function resolveComparison(kind: Kind, isNullable: boolean): ScalarFunction['resolve'] {
  return ([left, right]) => {
    if (left === undefined || right === undefined) return { mismatch: 'it takes 2 operands' };
    const compared = comparedType(left, right, kind);
    if ('mismatch' in compared) return compared;
    const nullable = isNullable && (left.nullable || right.nullable);
    return {
      operands: [castTarget(compared, left), castTarget(compared, right)],
      result: simple('BOOLEAN', nullable),
    };
  };
}

/** Texts of different lengths need no cast to be compared. */
function castTarget(compared: LogicalType, operand: LogicalType): LogicalType {
  if (isText(compared) && isText(operand)) return operand;
  if (compared.root === 'VARBINARY' && operand.root === 'BINARY') return operand;
  if (compared.root === operand.root && isTimestamp(compared)) return operand;
  return withNullable(compared, operand.nullable);
}

type Test = (type: LogicalType, left: Value, right: Value) => boolean;

function comparison(name: string, kind: Kind, words: string, test: Test): ScalarFunction {
  return {
    name,
    category: 'comparison',
    syntax: [`value1 ${name} value2`],
    summary: `TRUE if value1 is ${words} value2; UNKNOWN if one of them is NULL.`,
    deterministic: true,
    strict: true,
    resolve: resolveComparison(kind, true),
    evaluate: (operands, types) =>
      test(types.operands[0] ?? types.result, valueAt(operands, 0), valueAt(operands, 1)),
  };
}

function distinctness(name: string, summary: string, wanted: boolean): ScalarFunction {
  return {
    name,
    category: 'comparison',
    syntax: [`value1 ${name} value2`],
    summary,
    deterministic: true,
    strict: false,
    resolve: resolveComparison('equality', false),
    evaluate: (operands, types) =>
      equalValues(types.operands[0] ?? types.result, valueAt(operands, 0), valueAt(operands, 1)) ===
      wanted,
  };
}

function nullTest(name: string, isNullWanted: boolean): ScalarFunction {
  return {
    name,
    category: 'comparison',
    syntax: [`value ${name}`],
    summary: `TRUE if value is ${isNullWanted ? '' : 'not '}NULL; never UNKNOWN.`,
    deterministic: true,
    strict: false,
    resolve: (operands) => ({ operands, result: simple('BOOLEAN', false) }),
    evaluate: (operands) => (valueAt(operands, 0) === null) === isNullWanted,
  };
}

/** Every item is cast to a type that the first operand can be compared with. */
function resolveIn(operands: readonly LogicalType[]): Resolution | Mismatch {
  const [tested, ...items] = operands;
  if (tested === undefined) return { mismatch: 'it needs a list' };
  const list = commonType(items, 'operator');
  if (list === undefined) {
    const names = items.map((item) => bareTypeText(item)).join(', ');
    return { mismatch: `the values of its list have no common type: ${names}` };
  }
  const nullable = operands.some((operand) => operand.nullable);
  const compared = commonType([tested, list], 'operator') ?? inTarget(tested, list);
  if (compared === undefined) {
    return {
      mismatch: `it cannot compare ${bareTypeText(tested)} with a list of ${bareTypeText(list)}`,
    };
  }
  return {
    operands: operands.map((operand) => castTarget(compared, operand)),
    result: simple('BOOLEAN', nullable),
  };
}

/** Text against numbers or dates: the list becomes what the tested value is. */
function inTarget(tested: LogicalType, list: LogicalType): LogicalType | undefined {
  if (isText(list) && (isNumeric(tested) || isDatetime(tested))) return tested;
  if (isText(tested) && isNumeric(list)) return tested;
  if (isText(tested) && isDatetime(list)) return list;
  return undefined;
}

/** TRUE when found, else UNKNOWN when a NULL is involved, else FALSE. */
function contains(operands: readonly Value[], types: Resolution): boolean | null {
  const [tested = null, ...items] = operands;
  if (tested === null) return null;
  const type = types.operands[0] ?? types.result;
  let hasNull = false;
  for (const item of items) {
    if (item === null) hasNull = true;
    else if (equalValues(type, tested, item)) return true;
  }
  return hasNull ? null : false;
}

function membership(name: 'IN' | 'NOT IN', isWanted: boolean): ScalarFunction {
  return {
    name,
    category: 'comparison',
    syntax: [`value1 ${name} (value2 [, value3]*)`],
    summary: `TRUE if value1 is ${isWanted ? '' : 'not '}in the list; UNKNOWN if that depends on a NULL.`,
    deterministic: true,
    strict: false,
    resolve: resolveIn,
    evaluate: (operands, types) => {
      const found = contains(operands, types);
      return found === null ? null : found === isWanted;
    },
  };
}

function resolveBetween(operands: readonly LogicalType[]): Resolution | Mismatch {
  const [tested, low, high] = operands;
  if (tested === undefined || low === undefined || high === undefined) {
    return { mismatch: 'it takes a value and two bounds' };
  }
  const bounds = comparedType(tested, low, 'order');
  if ('mismatch' in bounds) return bounds;
  const compared = comparedType(bounds.root === 'NULL' ? tested : bounds, high, 'order');
  if ('mismatch' in compared) return compared;
  return {
    operands: operands.map((operand) => castTarget(compared, operand)),
    result: simple(
      'BOOLEAN',
      operands.some((operand) => operand.nullable),
    ),
  };
}

/** Three-valued: NULL, or whether the left is at most the right. */
function atMost(type: LogicalType, left: Value, right: Value): boolean | null {
  return left === null || right === null ? null : compareValues(type, left, right) <= 0;
}

function both(left: boolean | null, right: boolean | null): boolean | null {
  if (left === false || right === false) return false;
  return left === null || right === null ? null : true;
}

function isBetween(operands: readonly Value[], types: Resolution): boolean | null {
  const type = types.operands[0] ?? types.result;
  const [tested = null, low = null, high = null] = operands;
  return both(atMost(type, low, tested), atMost(type, tested, high));
}

/** TRUE when it lies between the bounds in either order. */
function isBetweenSymmetric(operands: readonly Value[], types: Resolution): boolean | null {
  const [tested = null, low = null, high = null] = operands;
  const forward = isBetween([tested, low, high], types);
  const backward = isBetween([tested, high, low], types);
  if (forward === true || backward === true) return true;
  return forward === null || backward === null ? null : false;
}

function range(isSymmetric: boolean, isNegated: boolean): ScalarFunction {
  const name = `${isNegated ? 'NOT ' : ''}BETWEEN${isSymmetric ? ' SYMMETRIC' : ''}`;
  const test = isSymmetric ? isBetweenSymmetric : isBetween;
  return {
    name,
    category: 'comparison',
    syntax: [`value1 ${name} value2 AND value3`],
    summary: `TRUE if value1 is ${isNegated ? 'not ' : ''}between the bounds, which count${
      isSymmetric ? ', in either order' : ''
    }.`,
    deterministic: true,
    strict: false,
    resolve: resolveBetween,
    evaluate: (operands, types) => {
      const found = test(operands, types);
      return found === null ? null : found !== isNegated;
    },
  };
}

/** `=`, which NULLIF and the simple CASE compare with. */
export const equality: ScalarFunction = comparison('=', 'equality', 'equal to', equalValues);

export const notNull: ScalarFunction = nullTest('IS NOT NULL', false);

export const comparisonFunctions: readonly ScalarFunction[] = [
  comparison('=', 'equality', 'equal to', equalValues),
  comparison(
    '<>',
    'equality',
    'different from',
    (type, left, right) => !equalValues(type, left, right),
  ),
  comparison(
    '<',
    'order',
    'less than',
    (type, left, right) => compareValues(type, left, right) < 0,
  ),
  comparison(
    '<=',
    'order',
    'at most',
    (type, left, right) => compareValues(type, left, right) <= 0,
  ),
  comparison(
    '>',
    'order',
    'greater than',
    (type, left, right) => compareValues(type, left, right) > 0,
  ),
  comparison(
    '>=',
    'order',
    'at least',
    (type, left, right) => compareValues(type, left, right) >= 0,
  ),
  nullTest('IS NULL', true),
  notNull,
  distinctness('IS DISTINCT FROM', 'TRUE if the values differ; two NULLs do not differ.', false),
  distinctness('IS NOT DISTINCT FROM', 'TRUE if the values are the same; two NULLs are.', true),
  membership('IN', true),
  membership('NOT IN', false),
  range(false, false),
  range(false, true),
  range(true, false),
  range(true, true),
];
