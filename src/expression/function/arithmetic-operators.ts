/**
 * `+ - * / %` and MOD on numbers. Integers wrap at their width, DECIMAL is exact and NULL on
 * overflow, FLOAT and DOUBLE follow IEEE 754. Sums with dates and intervals are in
 * datetime-arithmetic.ts; the operators ask it first.
 */
import {
  divideRounded,
  powerOfTen,
  productType,
  quotientType,
  remainderType,
  sumType,
  toDecimal,
} from '../decimal.ts';
import { EvaluationError } from '../evaluation-error.ts';
import {
  asDecimal,
  commonType,
  isApproximate,
  isExactNumeric,
  isInteger,
  isNumeric,
  withNullable,
  type IntegerRoot,
} from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { DecimalType, LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import type { Mismatch, Resolution, ScalarFunction } from './contract.ts';
import {
  differenceOfDatetimes,
  resolveIntervalProduct,
  resolveIntervalSum,
  scaleInterval,
  sumOfDatetimes,
} from './datetime-arithmetic.ts';
import { asBigint, asNumber, valueAt } from './operand.ts';

type Operator = '+' | '-' | '*' | '/' | '%';

const decimalRule = {
  '+': sumType,
  '-': sumType,
  '*': productType,
  '/': quotientType,
  '%': remainderType,
} as const;

function resolveNumbers(
  operator: Operator,
  left: LogicalType,
  right: LogicalType,
): Resolution | Mismatch {
  const nullable = left.nullable || right.nullable;
  if (left.root === 'NULL' || right.root === 'NULL') {
    return { mismatch: 'an operand is a bare NULL; write CAST(NULL AS type)' };
  }
  const isRefused =
    operator === '%'
      ? !isExactNumeric(left) || !isExactNumeric(right)
      : !isNumeric(left) || !isNumeric(right);
  if (isRefused) {
    const wanted = operator === '%' ? 'integers or DECIMAL' : 'numbers';
    return { mismatch: `it takes ${wanted}, not ${bareTypeText(left)} and ${bareTypeText(right)}` };
  }
  const first = asDecimal(left);
  const second = asDecimal(right);
  if (first !== undefined && second !== undefined && !(isInteger(left) && isInteger(right))) {
    const result = withNullable(decimalRule[operator](first, second), nullable);
    return {
      operands: [withNullable(first, left.nullable), withNullable(second, right.nullable)],
      result,
    };
  }
  return resolvePlain(operator, left, right, nullable);
}

/** Integers and approximate numbers meet in one type. */
function resolvePlain(
  operator: Operator,
  left: LogicalType,
  right: LogicalType,
  nullable: boolean,
): Resolution | Mismatch {
  const common = commonType([left, right], 'operator');
  if (common === undefined) return { mismatch: 'its operands have no common type' };
  const operands = [withNullable(common, left.nullable), withNullable(common, right.nullable)];
  // As Flink: the remainder has the type of the divisor.
  const result = operator === '%' ? withNullable(right, nullable) : withNullable(common, nullable);
  return { operands, result };
}

/** Keeps the low bits of an integer, as Java's integer types do. */
export function wrapInteger(root: IntegerRoot, value: number | bigint): number | bigint {
  if (root === 'BIGINT') return BigInt.asIntN(64, BigInt(value));
  // A number would lose the low bits of a bigint.
  const low = typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : value | 0;
  switch (root) {
    case 'TINYINT':
      return (low << 24) >> 24;
    case 'SMALLINT':
      return (low << 16) >> 16;
    case 'INT':
      return low;
  }
}

function evaluateNumbers(operator: Operator, left: Value, right: Value, types: Resolution): Value {
  const type = types.operands[0] ?? types.result;
  if (type.root === 'DECIMAL') {
    const other = types.operands[1];
    if (other?.root !== 'DECIMAL' || types.result.root !== 'DECIMAL') return null;
    return decimalOperation(
      operator,
      [asBigint(left), type],
      [asBigint(right), other],
      types.result,
    );
  }
  if (isApproximate(type)) {
    const value = doubleOperation(operator, asNumber(left), asNumber(right));
    return type.root === 'FLOAT' ? Math.fround(value) : value;
  }
  const result = isInteger(types.result) ? types.result.root : 'BIGINT';
  if (type.root === 'BIGINT') {
    return wrapInteger(result, bigintOperation(operator, asBigint(left), asBigint(right)));
  }
  return wrapInteger(result, intOperation(operator, asNumber(left), asNumber(right)));
}

function doubleOperation(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

/** Exact for 32-bit operands: the product goes through Math.imul. */
function intOperation(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return Math.imul(left, right);
    case '/':
      if (right === 0) throw divisionByZero();
      return Math.trunc(left / right);
    case '%':
      if (right === 0) throw divisionByZero();
      return left % right;
  }
}

function bigintOperation(operator: Operator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0n) throw divisionByZero();
      return left / right;
    case '%':
      if (right === 0n) throw divisionByZero();
      return left % right;
  }
}

type DecimalOperand = readonly [unscaled: bigint, type: DecimalType];

function decimalOperation(
  operator: Operator,
  [left, leftType]: DecimalOperand,
  [right, rightType]: DecimalOperand,
  result: DecimalType,
): bigint | null {
  const scale = Math.max(leftType.scale, rightType.scale);
  const first = left * powerOfTen(scale - leftType.scale);
  const second = right * powerOfTen(scale - rightType.scale);
  switch (operator) {
    case '+':
      return toDecimal(first + second, scale, result);
    case '-':
      return toDecimal(first - second, scale, result);
    case '*':
      return toDecimal(left * right, leftType.scale + rightType.scale, result);
    case '%':
      if (right === 0n) throw divisionByZero();
      return toDecimal(first % second, scale, result);
    case '/': {
      if (right === 0n) throw divisionByZero();
      const quotient = divideRounded(first * powerOfTen(result.scale), second);
      return toDecimal(quotient, result.scale, result);
    }
  }
}

function divisionByZero(): EvaluationError {
  return new EvaluationError('Division by zero');
}

function resolveSign(operator: Operator, operand: LogicalType): Resolution | Mismatch {
  const isInterval = operand.root.startsWith('INTERVAL');
  if (operand.root === 'NULL') {
    return { mismatch: 'the operand is a bare NULL; write CAST(NULL AS type)' };
  }
  if (!isNumeric(operand) && !isInterval) {
    return { mismatch: `${operator} needs a number, not ${bareTypeText(operand)}` };
  }
  return { operands: [operand], result: operand };
}

function negate(value: Value, type: LogicalType): Value {
  if (isInteger(type))
    return wrapInteger(type.root, typeof value === 'bigint' ? -value : 0 - asNumber(value));
  return typeof value === 'bigint' ? -value : -asNumber(value);
}

function operator(name: Operator, syntax: readonly string[], summary: string): ScalarFunction {
  return {
    name,
    category: 'arithmetic',
    syntax,
    summary,
    deterministic: true,
    strict: true,
    resolve: ([left, right, ...more]) => {
      if (left === undefined || more.length > 0) return { mismatch: 'it takes 1 or 2 operands' };
      if (right === undefined) return resolveSign(name, left);
      const withInterval =
        name === '+' || name === '-'
          ? resolveIntervalSum(name, left, right)
          : resolveIntervalProduct(name, left, right);
      return withInterval ?? resolveNumbers(name, left, right);
    },
    evaluate: (operands, types) => {
      const [leftType, rightType] = types.operands;
      const left = valueAt(operands, 0);
      if (leftType === undefined) return null;
      if (rightType === undefined) return name === '-' ? negate(left, leftType) : left;
      const right = valueAt(operands, 1);
      if (isNumeric(leftType) && isNumeric(rightType)) {
        return evaluateNumbers(name, left, right, types);
      }
      if (name === '+') return sumOfDatetimes(left, right, types);
      if (name === '-') return differenceOfDatetimes(left, right, types);
      return scaleInterval(name, left, right, types);
    },
  };
}

const remainder = operator(
  '%',
  ['numeric1 % numeric2'],
  'The remainder of numeric1 divided by numeric2; it has the sign of numeric1.',
);

export const arithmeticOperators: readonly ScalarFunction[] = [
  operator('+', ['numeric1 + numeric2', 'datetime + interval', '+ numeric'], 'The sum.'),
  operator(
    '-',
    ['numeric1 - numeric2', 'datetime - interval', '- numeric'],
    'The difference, or the negative.',
  ),
  operator('*', ['numeric1 * numeric2', 'interval * numeric'], 'The product.'),
  operator(
    '/',
    ['numeric1 / numeric2', 'interval / numeric'],
    'The quotient; of two integers without its fraction.',
  ),
  remainder,
  {
    ...remainder,
    name: 'MOD',
    syntax: ['MOD(numeric1, numeric2)'],
    resolve: (operands, literals) =>
      operands.length === 2
        ? remainder.resolve(operands, literals)
        : { mismatch: `it takes 2 operands, not ${operands.length}` },
  },
];
