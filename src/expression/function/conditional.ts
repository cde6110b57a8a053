/**
 * COALESCE, NULLIF, IF, IFNULL, GREATEST and LEAST. The checker takes the types of the first four
 * from here and rewrites them to CASE, which is lazy; `evaluate` is the same on given values.
 */
import { commonType, isConstructed, isNumeric, isText, withNullable } from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import { compareTotally, equalValues } from '../value-order.ts';
import type { Value } from '../value.ts';
import { castValue } from './cast.ts';
import { equality } from './comparison.ts';
import type { Mismatch, Resolution, ScalarFunction } from './contract.ts';

function extreme(name: 'GREATEST' | 'LEAST', isBetter: (order: number) => boolean): ScalarFunction {
  return {
    name,
    category: 'conditional',
    syntax: [`${name}(value1[, value2]*)`],
    summary: `The ${name.toLowerCase()} of the values; NULL if one of them is.`,
    deterministic: true,
    strict: true,
    resolve: (operands) => {
      const common = commonType(operands, 'function');
      const names = operands.map((type) => bareTypeText(type)).join(', ');
      if (common === undefined || common.root === 'NULL' || isConstructed(common)) {
        return { mismatch: `its operands cannot be ordered among each other: ${names}` };
      }
      return {
        operands: operands.map((type) => ({ ...common, nullable: type.nullable })),
        result: common,
      };
    },
    evaluate: (operands, types) => {
      let best: Value = operands[0] ?? null;
      for (const value of operands.slice(1)) {
        if (isBetter(compareTotally(types.result, value, best))) best = value;
      }
      return best;
    },
  };
}

/** The type of the first value that is not NULL: NULL only when every operand can be. */
function resolveFirst(operands: readonly LogicalType[]): Resolution | Mismatch {
  const common = commonType(operands, 'function');
  if (common === undefined) return { mismatch: noCommonType(operands) };
  if (common.root === 'NULL') return { mismatch: 'all its operands are NULL' };
  const targets = operands.map((type) => withNullable(common, type.nullable));
  const nullable = operands.every((type) => type.nullable);
  return { operands: targets, result: withNullable(common, nullable) };
}

function noCommonType(types: readonly LogicalType[]): string {
  return `its operands have no common type: ${types.map((type) => bareTypeText(type)).join(', ')}`;
}

function firstValue(operands: readonly Value[]): Value {
  return operands.find((value) => value !== null) ?? null;
}

const coalesce: ScalarFunction = {
  name: 'COALESCE',
  category: 'conditional',
  syntax: ['COALESCE(value1[, value2]*)'],
  summary: 'The first value that is not NULL.',
  deterministic: true,
  strict: false,
  resolve: (operands) =>
    operands.length === 0 ? { mismatch: 'it needs an operand' } : resolveFirst(operands),
  evaluate: firstValue,
};

const ifNull: ScalarFunction = {
  ...coalesce,
  name: 'IFNULL',
  syntax: ['IFNULL(value, replacement)'],
  summary: 'The value, or the replacement if it is NULL.',
  resolve: (operands) =>
    operands.length === 2
      ? resolveFirst(operands)
      : { mismatch: `it takes 2 operands, not ${operands.length}` },
};

const nullIf: ScalarFunction = {
  name: 'NULLIF',
  category: 'conditional',
  syntax: ['NULLIF(value1, value2)'],
  summary: 'NULL if the values are equal, else value1.',
  deterministic: true,
  strict: false,
  resolve: (operands, literals) => {
    const [first, second] = operands;
    if (first === undefined || second === undefined || operands.length > 2) {
      return { mismatch: `it takes 2 operands, not ${operands.length}` };
    }
    if (first.root === 'NULL') return { mismatch: 'its first operand is NULL' };
    const comparison = equality.resolve(operands, literals);
    if ('mismatch' in comparison) return comparison;
    return { operands, result: withNullable(first, true) };
  },
  evaluate: (operands, types) => {
    const [first = null, second = null] = operands;
    if (first === null || second === null) return first;
    const [left, right] = types.operands;
    if (left === undefined || right === undefined) return first;
    const comparison = equality.resolve(types.operands, []);
    if ('mismatch' in comparison) return first;
    const [target] = comparison.operands;
    if (target === undefined) return first;
    const isEqual = equalValues(
      target,
      castValue(first, left, target, 'UTC'),
      castValue(second, right, target, 'UTC'),
    );
    return isEqual ? null : first;
  },
};

/** Flink's IF takes two numbers, two texts, or two values of one type. */
function isChoice(types: readonly LogicalType[]): boolean {
  const [first] = types;
  if (types.every(isNumeric) || types.every((type) => isText(type))) return true;
  return first !== undefined && types.every((type) => type.root === first.root);
}

const choice: ScalarFunction = {
  name: 'IF',
  category: 'conditional',
  syntax: ['IF(condition, value1, value2)'],
  summary: 'value1 if the condition is TRUE, else value2.',
  deterministic: true,
  strict: false,
  resolve: (operands) => {
    const [condition, ...values] = operands;
    if (condition === undefined || values.length !== 2) {
      return { mismatch: `it takes 3 operands, not ${operands.length}` };
    }
    if (condition.root !== 'BOOLEAN') return { mismatch: 'its first operand must be a BOOLEAN' };
    if (values.some((type) => type.root === 'NULL')) {
      return { mismatch: 'an operand is a bare NULL; write CAST(NULL AS type)' };
    }
    const common = commonType(values, 'operator');
    if (common === undefined || !isChoice(values)) return { mismatch: noCommonType(values) };
    const targets = values.map((type) => withNullable(common, type.nullable));
    const nullable = operands.some((type) => type.nullable);
    return { operands: [condition, ...targets], result: withNullable(common, nullable) };
  },
  evaluate: ([condition = null, first = null, second = null]) =>
    condition === true ? first : second,
};

export const conditionalFunctions: readonly ScalarFunction[] = [
  coalesce,
  ifNull,
  nullIf,
  choice,
  extreme('GREATEST', (order) => order > 0),
  extreme('LEAST', (order) => order < 0),
];
