/** Numeric functions with brackets: ABS, POWER, logarithms, trigonometry, RAND and others. */
import { EvaluationError } from '../evaluation-error.ts';
import { isInteger, simple, stringType } from '../type-relations.ts';
import type { Value } from '../value.ts';
import { wrapInteger } from './arithmetic-operators.ts';
import type { ScalarFunction } from './contract.ts';
import { asNumber, bigintAt, numberAt, valueAt } from './operand.ts';
import { parameters, results, signature } from './signature.ts';

const category = 'arithmetic';

/** A function of one number on DOUBLE. */
function ofDouble(
  name: string,
  summary: string,
  compute: (value: number) => number,
): ScalarFunction {
  return {
    name,
    category,
    syntax: [`${name}(numeric)`],
    summary,
    deterministic: true,
    strict: true,
    resolve: signature([parameters.double], results.double),
    evaluate: (operands) => compute(numberAt(operands, 0)),
  };
}

function ofTwoDoubles(
  name: string,
  summary: string,
  compute: (first: number, second: number) => number,
): ScalarFunction {
  return {
    name,
    category,
    syntax: [`${name}(numeric1, numeric2)`],
    summary,
    deterministic: true,
    strict: true,
    resolve: signature([parameters.double, parameters.double], results.double),
    evaluate: (operands) => compute(numberAt(operands, 0), numberAt(operands, 1)),
  };
}

function constant(name: string, value: number, summary: string): ScalarFunction {
  return {
    name,
    category,
    syntax: [`${name}()`],
    summary,
    deterministic: true,
    strict: true,
    resolve: signature([], () => simple('DOUBLE', false)),
    evaluate: () => value,
  };
}

const absolute: ScalarFunction = {
  name: 'ABS',
  category,
  syntax: ['ABS(numeric)'],
  summary: 'The absolute value; the smallest integer of a type stays as it is, as in Java.',
  deterministic: true,
  strict: true,
  resolve: signature([parameters.numeric], ([type]) => type ?? simple('DOUBLE', true)),
  evaluate: (operands, { result }) => {
    const value = valueAt(operands, 0);
    const size =
      typeof value === 'bigint' ? (value < 0n ? -value : value) : Math.abs(asNumber(value));
    return isInteger(result) ? wrapInteger(result.root, size) : size;
  },
};

const sign: ScalarFunction = {
  name: 'SIGN',
  category,
  syntax: ['SIGN(numeric)'],
  summary: '-1, 0 or 1 in the type of the operand.',
  deterministic: true,
  strict: true,
  resolve: signature([parameters.numeric], ([type]) => type ?? simple('DOUBLE', true)),
  evaluate: (operands, { result }): Value => {
    const value = valueAt(operands, 0);
    if (typeof value !== 'bigint') return Math.sign(asNumber(value));
    const one = result.root === 'DECIMAL' ? 10n ** BigInt(result.scale) : 1n;
    if (value === 0n) return 0n;
    return value < 0n ? -one : one;
  },
};

function logarithm(base: number, value: number): number {
  return Math.log(value) / Math.log(base);
}

const log: ScalarFunction = {
  name: 'LOG',
  category,
  syntax: ['LOG(numeric)', 'LOG(base, numeric)'],
  summary: 'The natural logarithm, or the logarithm to a base; NaN below 0.',
  deterministic: true,
  strict: true,
  resolve: signature([parameters.double, parameters.double], results.double, { optional: 1 }),
  evaluate: (operands) =>
    operands.length === 1
      ? logarithm(Math.E, numberAt(operands, 0))
      : logarithm(numberAt(operands, 0), numberAt(operands, 1)),
};

const random: ScalarFunction = {
  name: 'RAND',
  category,
  syntax: ['RAND()'],
  summary: 'A pseudorandom DOUBLE from 0 to below 1.',
  deterministic: false,
  strict: true,
  resolve: signature([], () => simple('DOUBLE', false)),
  evaluate: (_operands, _types, context) => context.random(),
};

const randomInteger: ScalarFunction = {
  name: 'RAND_INTEGER',
  category,
  syntax: ['RAND_INTEGER(bound)'],
  summary: 'A pseudorandom INT from 0 to below bound.',
  deterministic: false,
  strict: true,
  resolve: signature([parameters.int], results.int),
  evaluate: (operands, _types, context) => {
    const bound = numberAt(operands, 0);
    if (bound <= 0) throw new EvaluationError(`RAND_INTEGER needs a bound above 0, not ${bound}`);
    return Math.floor(context.random() * bound);
  },
};

const uuid: ScalarFunction = {
  name: 'UUID',
  category,
  syntax: ['UUID()'],
  summary: 'A random UUID (RFC 4122 version 4) as text.',
  deterministic: false,
  strict: true,
  resolve: signature([], () => ({ root: 'CHAR', length: 36, nullable: false })),
  evaluate: (_operands, _types, context) => {
    const digit = (bound: number): string => Math.floor(context.random() * bound).toString(16);
    const digits = (count: number): string =>
      Array.from({ length: count }, () => digit(16)).join('');
    const variant = '89ab'.charAt(Math.floor(context.random() * 4));
    return `${digits(8)}-${digits(4)}-4${digits(3)}-${variant}${digits(3)}-${digits(12)}`;
  },
};

const binary: ScalarFunction = {
  name: 'BIN',
  category,
  syntax: ['BIN(integer)'],
  summary: 'The binary digits of an integer, of a negative one in 64 bits.',
  deterministic: true,
  strict: true,
  resolve: signature([parameters.bigint], (_operands, _literals, nullable) => stringType(nullable)),
  evaluate: (operands) => BigInt.asUintN(64, bigintAt(operands, 0)).toString(2),
};

function degrees(radians: number): number {
  return radians * (180 / Math.PI);
}

export const arithmeticFunctions: readonly ScalarFunction[] = [
  absolute,
  sign,
  ofTwoDoubles('POWER', 'numeric1 to the power of numeric2.', Math.pow),
  ofDouble('SQRT', 'The square root.', Math.sqrt),
  ofDouble('EXP', 'e to the power of numeric.', Math.exp),
  ofDouble('LN', 'The natural logarithm.', Math.log),
  ofDouble('LOG10', 'The logarithm to base 10.', Math.log10),
  ofDouble('LOG2', 'The logarithm to base 2.', Math.log2),
  log,
  ofDouble('SIN', 'The sine.', Math.sin),
  ofDouble('COS', 'The cosine.', Math.cos),
  ofDouble('TAN', 'The tangent.', Math.tan),
  ofDouble('COT', 'The cotangent.', (value) => 1 / Math.tan(value)),
  ofDouble('ASIN', 'The arc sine.', Math.asin),
  ofDouble('ACOS', 'The arc cosine.', Math.acos),
  ofDouble('ATAN', 'The arc tangent.', Math.atan),
  ofTwoDoubles('ATAN2', 'The angle of the point (numeric2, numeric1).', Math.atan2),
  ofDouble('SINH', 'The hyperbolic sine.', Math.sinh),
  ofDouble('COSH', 'The hyperbolic cosine.', Math.cosh),
  ofDouble('TANH', 'The hyperbolic tangent.', Math.tanh),
  ofDouble('DEGREES', 'Radians as degrees.', degrees),
  ofDouble('RADIANS', 'Degrees as radians.', (value) => value * (Math.PI / 180)),
  constant('PI', Math.PI, 'The number pi.'),
  constant('E', Math.E, "Euler's number."),
  random,
  randomInteger,
  uuid,
  binary,
];
