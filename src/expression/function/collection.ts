/**
 * Arrays, maps and rows: constructors, access and the functions on whole collections.
 * The array functions with a second array or element are in array.ts.
 */
import { EvaluationError } from '../evaluation-error.ts';
import {
  commonType,
  isInteger,
  isText,
  simple,
  stringType,
  withNullable,
} from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType, MapType } from '../type.ts';
import { equalValues } from '../value-order.ts';
import type { Value } from '../value.ts';
import type { ScalarFunction } from './contract.ts';
import { asEntry, listAt, textAt, valueAt } from './operand.ts';
import { parameters, signature } from './signature.ts';

const category = 'collection';

/** Keeps the last of equal keys, at the place of the first, as a Java map does. */
function mapOf(keyType: LogicalType, entries: readonly (readonly [Value, Value])[]): Value {
  const byKey = new Map<Value, [Value, Value]>();
  const result: [Value, Value][] = [];
  for (const [key, value] of entries) {
    const isHashed = typeof key !== 'object' || key === null;
    const known = isHashed
      ? byKey.get(key)
      : result.find(([other]) => equalValues(keyType, key, other));
    if (known !== undefined) {
      known[1] = value;
      continue;
    }
    const entry: [Value, Value] = [key, value];
    if (isHashed) byKey.set(key, entry);
    result.push(entry);
  }
  return result;
}

const arrayConstructor: ScalarFunction = {
  name: 'ARRAY',
  category,
  syntax: ['ARRAY[value1[, value2]*]'],
  summary: 'An array of values.',
  deterministic: true,
  strict: false,
  resolve: (operands) => {
    const element = commonType(operands, 'operator');
    if (operands.length === 0) return { mismatch: 'it needs at least 1 value' };
    if (element === undefined || element.root === 'NULL') {
      const names = operands.map((type) => bareTypeText(type)).join(', ');
      return { mismatch: `its values have no common type: ${names}` };
    }
    return {
      operands: operands.map((type) => withNullable(element, type.nullable)),
      result: { root: 'ARRAY', element, nullable: false },
    };
  },
  evaluate: (operands) => [...operands],
};

const mapConstructor: ScalarFunction = {
  name: 'MAP',
  category,
  syntax: ['MAP[key1, value1[, key2, value2]*]'],
  summary: 'A map of keys and values.',
  deterministic: true,
  strict: false,
  resolve: (operands) => {
    if (operands.length === 0 || operands.length % 2 !== 0) {
      return { mismatch: 'it needs keys and values in pairs' };
    }
    const key = commonType(
      operands.filter((_type, index) => index % 2 === 0),
      'operator',
    );
    const value = commonType(
      operands.filter((_type, index) => index % 2 === 1),
      'operator',
    );
    if (key === undefined || value === undefined || key.root === 'NULL' || value.root === 'NULL') {
      return { mismatch: 'its keys, or its values, have no common type' };
    }
    return {
      operands: operands.map((type, index) =>
        withNullable(index % 2 === 0 ? key : value, type.nullable),
      ),
      result: { root: 'MAP', key, value, nullable: false },
    };
  },
  evaluate: (operands, { result }) => {
    const entries: (readonly [Value, Value])[] = [];
    for (let index = 0; index < operands.length; index += 2) {
      entries.push([valueAt(operands, index), valueAt(operands, index + 1)]);
    }
    return result.root === 'MAP' ? mapOf(result.key, entries) : null;
  },
};

const rowConstructor: ScalarFunction = {
  name: 'ROW',
  category,
  syntax: ['ROW(value1[, value2]*)', '(value1, value2[, value3]*)'],
  summary: 'A row of values; its fields are named EXPR$0, EXPR$1 and so on.',
  deterministic: true,
  strict: false,
  resolve: (operands) => {
    if (operands.length === 0) return { mismatch: 'it needs at least 1 value' };
    if (operands.some((type) => type.root === 'NULL')) {
      return { mismatch: 'a value is a bare NULL; write CAST(NULL AS type)' };
    }
    const fields = operands.map((type, index) => ({ name: `EXPR$${index}`, type }));
    return { operands, result: { root: 'ROW', fields, nullable: false } };
  },
  evaluate: (operands) => [...operands],
};

/** Operands: the row, the field's name as a literal. */
const fieldAccess: ScalarFunction = {
  name: '.',
  category,
  syntax: ['row.field'],
  summary: 'A field of a row.',
  deterministic: true,
  strict: true,
  resolve: ([row, name], literals) => {
    if (row?.root !== 'ROW' || name === undefined) return { mismatch: 'it needs a ROW' };
    const field = row.fields.find((each) => each.name === literals[1]);
    if (field === undefined) return { mismatch: 'the row has no such field' };
    const result = withNullable(field.type, row.nullable || field.type.nullable);
    return { operands: [row, name], result };
  },
  evaluate: (operands, types) => {
    const row = types.operands[0];
    if (row?.root !== 'ROW') return null;
    const name = textAt(operands, 1);
    const index = row.fields.findIndex((field) => field.name === name);
    return listAt(operands, 0)[index] ?? null;
  },
};

/** NULL outside an array and for a missing key; an index below 1 fails, as in Flink. */
const elementAccess: ScalarFunction = {
  name: 'ITEM',
  category,
  syntax: ['array[index]', 'map[key]'],
  summary: 'The element at a one-based index, or the value of a key; NULL when there is none.',
  deterministic: true,
  strict: true,
  resolve: ([collection, index]) => {
    if (collection === undefined || index === undefined) return { mismatch: 'it needs an index' };
    if (collection.root === 'ARRAY') {
      if (!isInteger(index)) {
        return { mismatch: `the index of an array is an integer, not ${bareTypeText(index)}` };
      }
      return { operands: [collection, index], result: withNullable(collection.element, true) };
    }
    if (collection.root !== 'MAP') {
      return { mismatch: `[ ] needs an ARRAY or MAP before it, not ${bareTypeText(collection)}` };
    }
    const key = keyTarget(collection, index);
    if (key === undefined) {
      return {
        mismatch: `the keys are ${bareTypeText(collection.key)}, not ${bareTypeText(index)}`,
      };
    }
    return { operands: [collection, key], result: withNullable(collection.value, true) };
  },
  evaluate: (operands, types) => {
    const [collection] = types.operands;
    const items = listAt(operands, 0);
    const index = valueAt(operands, 1);
    if (collection?.root === 'MAP') {
      for (const entry of items) {
        const [key, value] = asEntry(entry);
        if (equalValues(collection.key, key, index)) return value;
      }
      return null;
    }
    const position = Number(index);
    if (position < 1) {
      throw new EvaluationError(`An array's index starts at 1, but was ${position}`);
    }
    return items[position - 1] ?? null;
  },
};

/** What a key is cast to; undefined when it cannot be one. */
function keyTarget(map: MapType, key: LogicalType): LogicalType | undefined {
  if (isText(map.key) && isText(key)) return key;
  const common = commonType([map.key, key], 'operator');
  if (common === undefined || common.root !== map.key.root) return undefined;
  return withNullable(map.key, key.nullable);
}

const cardinality: ScalarFunction = {
  name: 'CARDINALITY',
  category,
  syntax: ['CARDINALITY(array)', 'CARDINALITY(map)'],
  summary: 'The number of elements or entries.',
  deterministic: true,
  strict: true,
  resolve: ([collection, ...more]) => {
    if (collection === undefined || more.length > 0) return { mismatch: 'it takes 1 operand' };
    if (collection.root !== 'ARRAY' && collection.root !== 'MAP') {
      return { mismatch: `it needs an ARRAY or MAP, not ${bareTypeText(collection)}` };
    }
    return { operands: [collection], result: simple('INT', collection.nullable) };
  },
  evaluate: (operands) => listAt(operands, 0).length,
};

const element: ScalarFunction = {
  name: 'ELEMENT',
  category,
  syntax: ['ELEMENT(array)'],
  summary: 'The only element of an array; NULL when it is empty, an error when there are more.',
  deterministic: true,
  strict: true,
  resolve: signature([parameters.array], ([type]) =>
    type?.root === 'ARRAY' ? withNullable(type.element, true) : simple('INT', true),
  ),
  evaluate: (operands) => {
    const items = listAt(operands, 0);
    if (items.length > 1) throw new EvaluationError('ELEMENT needs an array of one element');
    return items[0] ?? null;
  },
};

interface MapFunction {
  readonly name: string;
  readonly summary: string;
  readonly result: (map: MapType, nullable: boolean) => LogicalType;
  readonly evaluate: (entries: readonly Value[]) => Value;
}

function ofMap({ name, summary, result, evaluate }: MapFunction): ScalarFunction {
  return {
    name,
    category,
    syntax: [`${name}(map)`],
    summary,
    deterministic: true,
    strict: true,
    resolve: signature([parameters.map], ([type], _literals, nullable) =>
      type?.root === 'MAP' ? result(type, nullable) : stringType(true),
    ),
    evaluate: (operands) => evaluate(listAt(operands, 0)),
  };
}

const mapFromArrays: ScalarFunction = {
  name: 'MAP_FROM_ARRAYS',
  category,
  syntax: ['MAP_FROM_ARRAYS(keys, values)'],
  summary: 'A map of an array of keys and one of values, which are equally long.',
  deterministic: true,
  strict: true,
  resolve: signature([parameters.array, parameters.array], ([keys, values], _literals, nullable) =>
    keys?.root === 'ARRAY' && values?.root === 'ARRAY'
      ? { root: 'MAP', key: keys.element, value: values.element, nullable }
      : stringType(true),
  ),
  evaluate: (operands, { result }) => {
    const keys = listAt(operands, 0);
    const values = listAt(operands, 1);
    if (keys.length !== values.length || result.root !== 'MAP') {
      throw new EvaluationError(
        `MAP_FROM_ARRAYS has ${keys.length} keys for ${values.length} values`,
      );
    }
    return mapOf(
      result.key,
      keys.map((key, index) => [key, values[index] ?? null]),
    );
  },
};

/** As Java's String.split: without the empty parts at the end. */
function splitPairs(value: string, delimiter: string): string[] {
  const pairs = value.split(delimiter);
  while (pairs.at(-1) === '') pairs.pop();
  return pairs;
}

/** Pairs that lack the delimiter have a NULL value. Unlike Flink, delimiters are plain texts. */
const stringToMap: ScalarFunction = {
  name: 'STR_TO_MAP',
  category: 'string',
  syntax: ['STR_TO_MAP(string[, pairDelimiter, keyValueDelimiter])'],
  summary: 'A map of the pairs in a text, by default split at , and =.',
  deterministic: true,
  strict: true,
  resolve: (operands, literals) => {
    if (operands.length !== 1 && operands.length !== 3) {
      return { mismatch: `it takes 1 or 3 operands, not ${operands.length}` };
    }
    const isPlain = literals
      .slice(1)
      .every((each) => typeof each === 'string' && /^[^\\^$.|?*+()[\]{}]+$/.test(each));
    if (!isPlain) return { mismatch: 'the delimiters are literals without the signs of patterns' };
    return signature([parameters.text, parameters.text, parameters.text], () => mapOfText, {
      optional: 2,
    })(operands, literals);
  },
  evaluate: (operands) => {
    const pairDelimiter = operands.length === 1 ? ',' : textAt(operands, 1);
    const keyDelimiter = operands.length === 1 ? '=' : textAt(operands, 2);
    const entries = splitPairs(textAt(operands, 0), pairDelimiter).map(
      (pair): readonly [Value, Value] => {
        const at = pair.indexOf(keyDelimiter);
        return at < 0 ? [pair, null] : [pair.slice(0, at), pair.slice(at + keyDelimiter.length)];
      },
    );
    return mapOf(stringType(true), entries);
  },
};

const mapOfText: LogicalType = {
  root: 'MAP',
  key: stringType(true),
  value: stringType(true),
  nullable: true,
};

export const collectionFunctions: readonly ScalarFunction[] = [
  arrayConstructor,
  mapConstructor,
  rowConstructor,
  fieldAccess,
  elementAccess,
  cardinality,
  element,
  ofMap({
    name: 'MAP_KEYS',
    summary: 'The keys of a map as an array.',
    result: (map, nullable) => ({ root: 'ARRAY', element: map.key, nullable }),
    evaluate: (entries) => entries.map((entry) => asEntry(entry)[0]),
  }),
  ofMap({
    name: 'MAP_VALUES',
    summary: 'The values of a map as an array.',
    result: (map, nullable) => ({ root: 'ARRAY', element: map.value, nullable }),
    evaluate: (entries) => entries.map((entry) => asEntry(entry)[1]),
  }),
  ofMap({
    name: 'MAP_ENTRIES',
    summary: 'The entries of a map as an array of rows.',
    result: (map, nullable) => ({
      root: 'ARRAY',
      element: {
        root: 'ROW',
        fields: [
          { name: 'key', type: map.key },
          { name: 'value', type: map.value },
        ],
        nullable: true,
      },
      nullable,
    }),
    evaluate: (entries) => entries.map((entry) => [...asEntry(entry)]),
  }),
  mapFromArrays,
  stringToMap,
];
