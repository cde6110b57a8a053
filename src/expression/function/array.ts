/** Functions on arrays: search, change, join, set operations, order. NULL elements are values. */
import {
  commonType,
  isConstructed,
  isText,
  simple,
  stringType,
  withNullable,
} from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import { compareTotally, compareValues, equalValues } from '../value-order.ts';
import { ValueSet } from '../value-set.ts';
import type { Value } from '../value.ts';
import type { Resolution, ScalarFunction } from './contract.ts';
import { booleanAt, listAt, numberAt, textAt, valueAt } from './operand.ts';
import { parameters, signature } from './signature.ts';

type Items = readonly Value[];

const shared = { category: 'collection', deterministic: true } as const;

function elementType(types: Resolution): LogicalType {
  const [array] = types.operands;
  return array?.root === 'ARRAY' ? array.element : types.result;
}

function includes(type: LogicalType, items: Items, value: Value): boolean {
  return items.some((item) => equalValues(type, item, value));
}

function distinct(type: LogicalType, items: Items): Value[] {
  const seen = new ValueSet(type);
  return items.filter((item) => seen.add(item));
}

function intersect(type: LogicalType, left: Items, right: Items): Value[] {
  const wanted = new ValueSet(type, right);
  return distinct(type, left).filter((item) => wanted.has(item));
}

function except(left: Items, right: Items, type: LogicalType): Value[] {
  const excluded = new ValueSet(type, right);
  return distinct(type, left).filter((item) => !excluded.has(item));
}

interface NeedleFunction {
  readonly name: string;
  readonly operand: string;
  readonly summary: string;
  readonly result: (array: LogicalType, needle: LogicalType) => LogicalType;
  readonly evaluate: (items: Items, value: Value, type: LogicalType) => Value;
  /** The result when the element is NULL is NULL. */
  readonly isNullForNull?: boolean;
}

/** Functions of an array and an element, which must be of the array's element type. */
function withNeedle(definition: NeedleFunction): ScalarFunction {
  const { name, operand, summary, result, evaluate } = definition;
  return {
    ...shared,
    name,
    syntax: [`${name}(array, ${operand})`],
    summary,
    strict: false,
    resolve: ([array, needle, ...more]) => {
      if (array === undefined || needle === undefined || more.length > 0) {
        return { mismatch: 'it takes an array and an element' };
      }
      if (array.root !== 'ARRAY')
        return { mismatch: `it needs an ARRAY, not ${bareTypeText(array)}` };
      const common = commonType([array.element, needle], 'function');
      const isFit = common !== undefined && (common.root === array.element.root || isText(common));
      if (!isFit) {
        return {
          mismatch: `the elements are ${bareTypeText(array.element)}, not ${bareTypeText(needle)}`,
        };
      }
      const target = withNullable(array.element, needle.nullable);
      return { operands: [array, target], result: result(array, needle) };
    },
    evaluate: (operands, types) => {
      if (valueAt(operands, 0) === null) return null;
      const needle = valueAt(operands, 1);
      if (needle === null && definition.isNullForNull === true) return null;
      return evaluate(listAt(operands, 0), needle, elementType(types));
    },
  };
}

/** Its elements may also be NULL when the added one is; as Flink, it is then nullable itself. */
function grown(array: LogicalType, needle: LogicalType): LogicalType {
  if (array.root !== 'ARRAY') return array;
  const isItemNullable = array.element.nullable || needle.nullable;
  const nullable = array.nullable || needle.nullable;
  return { ...array, nullable, element: withNullable(array.element, isItemNullable) };
}

/** Functions of two arrays with a common element type. */
function ofTwoArrays(
  name: string,
  summary: string,
  combine: (left: Items, right: Items, type: LogicalType) => Value,
): ScalarFunction {
  return {
    ...shared,
    name,
    syntax: [`${name}(array1, array2)`],
    summary,
    strict: true,
    resolve: (operands) => {
      const common = commonType(operands, 'function');
      if (operands.length !== 2 || common?.root !== 'ARRAY') {
        const names = operands.map((type) => bareTypeText(type)).join(', ');
        return { mismatch: `it takes two arrays of one type, not ${names}` };
      }
      return {
        operands: operands.map((type) => withNullable(common, type.nullable)),
        result: common,
      };
    },
    evaluate: (operands, types) =>
      combine(listAt(operands, 0), listAt(operands, 1), elementType(types)),
  };
}

function ofArray(
  name: string,
  summary: string,
  change: (items: Items, type: LogicalType) => Value,
): ScalarFunction {
  return {
    ...shared,
    name,
    syntax: [`${name}(array)`],
    summary,
    strict: true,
    resolve: signature([parameters.array], ([array]) => array ?? stringType(true)),
    evaluate: (operands, types) => change(listAt(operands, 0), elementType(types)),
  };
}

function extreme(name: string, word: string, isBetter: (order: number) => boolean): ScalarFunction {
  return {
    ...shared,
    name,
    syntax: [`${name}(array)`],
    summary: `The ${word} element, NULLs aside; NULL when there is none.`,
    strict: true,
    resolve: signature([parameters.array], ([array]) => {
      if (array?.root !== 'ARRAY') return stringType(true);
      if (isConstructed(array.element)) {
        return { mismatch: `${bareTypeText(array.element)} has no order` };
      }
      return withNullable(array.element, true);
    }),
    evaluate: (operands, types) => {
      const type = elementType(types);
      let best: Value = null;
      for (const item of listAt(operands, 0)) {
        if (item === null) continue;
        if (best === null || isBetter(compareValues(type, item, best))) best = item;
      }
      return best;
    },
  };
}

/** One-based and inclusive; negative positions count from the end, and 0 is 1, as in Flink. */
function slice(items: Items, from: number, to: number): Value {
  const place = (position: number): number =>
    position < 0 ? items.length + position + 1 : Math.max(1, position);
  const start = Math.max(1, place(from));
  const end = Math.min(items.length, place(to));
  return start > end ? [] : items.slice(start - 1, end);
}

const arraySlice: ScalarFunction = {
  ...shared,
  name: 'ARRAY_SLICE',
  syntax: ['ARRAY_SLICE(array, start[, end])'],
  summary: 'The elements from start to end, both counted; negative positions count from the end.',
  strict: true,
  resolve: signature(
    [parameters.array, parameters.int, parameters.int],
    ([array], _literals, nullable) => withNullable(array ?? stringType(true), nullable),
    { optional: 1 },
  ),
  evaluate: (operands) => {
    const items = listAt(operands, 0);
    const end = operands.length === 2 ? items.length : numberAt(operands, 2);
    return slice(items, numberAt(operands, 1), end);
  },
};

const arrayJoin: ScalarFunction = {
  ...shared,
  name: 'ARRAY_JOIN',
  syntax: ['ARRAY_JOIN(array, delimiter[, nullReplacement])'],
  summary: 'The texts of an array joined; NULLs are left out or replaced.',
  strict: true,
  resolve: signature(
    [parameters.array, parameters.text, parameters.text],
    ([array], _literals, nullable) =>
      array?.root === 'ARRAY' && isText(array.element)
        ? stringType(nullable)
        : { mismatch: 'it needs an array of STRING' },
    { optional: 1 },
  ),
  evaluate: (operands) => {
    const items = listAt(operands, 0);
    const shown =
      operands.length === 3
        ? items.map((item) => item ?? textAt(operands, 2))
        : items.filter((item) => item !== null);
    return shown.join(textAt(operands, 1));
  },
};

const arraySort: ScalarFunction = {
  ...shared,
  name: 'ARRAY_SORT',
  syntax: ['ARRAY_SORT(array[, ascending[, nullFirst]])'],
  summary: 'The elements in order; NULLs come first when ascending, unless said otherwise.',
  strict: true,
  resolve: signature(
    [parameters.array, parameters.boolean, parameters.boolean],
    ([array], _literals, nullable) =>
      array?.root === 'ARRAY' && isConstructed(array.element)
        ? { mismatch: `${bareTypeText(array.element)} has no order` }
        : withNullable(array ?? stringType(true), nullable),
    { optional: 2 },
  ),
  evaluate: (operands, types) => {
    const isAscending = operands.length < 2 || booleanAt(operands, 1);
    const isNullFirst = operands.length < 3 ? isAscending : booleanAt(operands, 2);
    const items = listAt(operands, 0);
    const nulls = items.filter((item) => item === null);
    const type = elementType(types);
    const values = items
      .filter((item) => item !== null)
      .sort((left, right) => {
        const order = compareTotally(type, left, right);
        return isAscending ? order : -order;
      });
    return isNullFirst ? [...nulls, ...values] : [...values, ...nulls];
  },
};

export const arrayFunctions: readonly ScalarFunction[] = [
  withNeedle({
    name: 'ARRAY_CONTAINS',
    operand: 'element',
    summary: 'TRUE if the element is in the array; a NULL can be looked for.',
    result: (array) => simple('BOOLEAN', array.nullable),
    evaluate: (items, value, type) => includes(type, items, value),
  }),
  withNeedle({
    name: 'ARRAY_POSITION',
    operand: 'element',
    summary: 'The one-based position of the element; 0 when it is not there.',
    result: (array, needle) => simple('INT', array.nullable || needle.nullable),
    evaluate: (items, value, type) => items.findIndex((item) => equalValues(type, item, value)) + 1,
    isNullForNull: true,
  }),
  withNeedle({
    name: 'ARRAY_REMOVE',
    operand: 'element',
    summary: 'The array without the elements that are equal to one.',
    result: (array) => array,
    evaluate: (items, value, type) => items.filter((item) => !equalValues(type, item, value)),
  }),
  withNeedle({
    name: 'ARRAY_APPEND',
    operand: 'element',
    summary: 'The array with an element after its last.',
    result: grown,
    evaluate: (items, value) => [...items, value],
  }),
  withNeedle({
    name: 'ARRAY_PREPEND',
    operand: 'element',
    summary: 'The array with an element before its first.',
    result: grown,
    evaluate: (items, value) => [value, ...items],
  }),
  ofArray('ARRAY_DISTINCT', 'The array without repeated elements.', (items, type) =>
    distinct(type, items),
  ),
  ofArray('ARRAY_REVERSE', 'The elements in reverse order.', (items) => [...items].reverse()),
  ofTwoArrays('ARRAY_CONCAT', 'The elements of both arrays.', (left, right) => [...left, ...right]),
  ofTwoArrays('ARRAY_UNION', 'The elements of both arrays, each once.', (left, right, type) =>
    distinct(type, [...left, ...right]),
  ),
  ofTwoArrays(
    'ARRAY_INTERSECT',
    'The elements that are in both arrays, each once.',
    (left, right, type) => intersect(type, left, right),
  ),
  ofTwoArrays('ARRAY_EXCEPT', 'The elements of array1 that are not in array2, each once.', except),
  arraySlice,
  arrayJoin,
  arraySort,
  extreme('ARRAY_MAX', 'greatest', (order) => order > 0),
  extreme('ARRAY_MIN', 'least', (order) => order < 0),
];
