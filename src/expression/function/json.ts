/**
 * JSON functions. A wrong JSON text is an error that the ON ERROR clause answers; a path that
 * leads nowhere is empty in lax mode and an error in strict mode, which is the default.
 */
import { EvaluationError } from '../evaluation-error.ts';
import { stringType } from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import { castValue } from './cast.ts';
import type { Resolution, ScalarFunction } from './contract.ts';
import { parseJsonPath, type JsonPath } from './json-path.ts';
import { jsonOf } from './json-string.ts';
import {
  isJsonArray,
  isJsonObject,
  JsonNumber,
  jsonText,
  parseJson,
  type Json,
} from './json-value.ts';
import { textAt, valueAt } from './operand.ts';
import { parameters, results, signature } from './signature.ts';

const { text } = parameters;
const shared = { category: 'json', deterministic: true } as const;

/** What a path finds: values, nothing, or an error. */
type Found =
  | { readonly kind: 'values'; readonly values: readonly Json[] }
  | { readonly kind: 'error'; readonly reason: string };

function find(document: string, path: JsonPath): Found {
  const root = parseJson(document);
  if (root === undefined) return { kind: 'error', reason: 'the text is no JSON' };
  let values: readonly Json[] = [root];
  for (const step of path.steps) {
    const next: Json[] = [];
    for (const value of values) {
      if (step.kind === 'member') {
        const member = isJsonObject(value) ? value.get(step.name) : undefined;
        if (member !== undefined) next.push(member);
      } else if (step.kind === 'index') {
        const at = isJsonArray(value) && step.index < 0 ? value.length + step.index : step.index;
        const item = isJsonArray(value) ? value[at] : undefined;
        if (item !== undefined) next.push(item);
      } else if (isJsonArray(value)) {
        next.push(...value);
      } else if (isJsonObject(value)) {
        next.push(...value.values());
      }
    }
    if (next.length === 0 && path.isStrict) {
      return { kind: 'error', reason: 'the path leads nowhere' };
    }
    values = next;
  }
  // As Flink: what a path with * finds is one array.
  const isMany = path.steps.some((step) => step.kind === 'all');
  return { kind: 'values', values: isMany && values.length > 0 ? [values] : values };
}

/** The scalar that a path leads to, as text; `empty` when it leads to nothing or null. */
type Scalar =
  | { readonly kind: 'scalar'; readonly value: string | boolean | JsonNumber }
  | { readonly kind: 'empty' | 'error' };

function scalarAt(found: Found): Scalar {
  if (found.kind === 'error') return { kind: 'error' };
  const [value = null] = found.values;
  if (value === null) return { kind: 'empty' };
  if (isJsonArray(value) || isJsonObject(value)) return { kind: 'error' };
  return { kind: 'scalar', value };
}

/** Operands: text, path, on empty, its default, on error, its default, and CAST(NULL AS type). */
const jsonValue: ScalarFunction = {
  ...shared,
  name: 'JSON_VALUE',
  syntax: [
    'JSON_VALUE(json, path [RETURNING type] [{ NULL | ERROR | DEFAULT value } ON EMPTY] [{ NULL | ERROR | DEFAULT value } ON ERROR])',
  ],
  summary: 'The scalar at a path, as STRING or as the type after RETURNING.',
  strict: false,
  resolve: (operands, literals) => {
    const [json, path, , onEmpty, , onError, returning] = operands;
    const result = { ...(returning ?? stringType(true)), nullable: true };
    if (!['VARCHAR', 'CHAR', 'BOOLEAN', 'INT', 'BIGINT', 'DOUBLE'].includes(result.root)) {
      return { mismatch: `RETURNING cannot give ${bareTypeText(result)}` };
    }
    const checked = signature([text, text], results.nullableString)(
      operands.slice(0, 2),
      literals.slice(0, 2),
    );
    if ('mismatch' in checked || json === undefined || path === undefined) return checked;
    const problem = pathProblem(literals[1]);
    if (problem !== null) return { mismatch: problem };
    const targets = operands.map((type, index) =>
      (type === onEmpty && index === 3) || (type === onError && index === 5) ? result : type,
    );
    return { operands: targets, result };
  },
  evaluate: (operands, types) => {
    if (valueAt(operands, 0) === null || valueAt(operands, 1) === null) return null;
    const found = find(textAt(operands, 0), parseJsonPath(textAt(operands, 1)));
    const scalar = scalarAt(found);
    if (scalar.kind === 'scalar') return returned(scalar.value, types.result);
    return answer(operands, scalar.kind === 'empty' ? 2 : 4);
  },
};

/** NULL, the default at the next operand, or a failure. */
function answer(operands: readonly Value[], behaviour: number): Value {
  switch (valueAt(operands, behaviour)) {
    case 'DEFAULT':
      return valueAt(operands, behaviour + 1);
    case 'ERROR':
      throw new EvaluationError('JSON_VALUE found no scalar at the path');
    default:
      return null;
  }
}

/** Throws when a scalar is not of the wanted type, where Flink fails the job. */
function returned(scalar: string | boolean | JsonNumber, type: LogicalType): Value {
  const shown = scalar instanceof JsonNumber ? scalar.text : String(scalar);
  if (type.root === 'VARCHAR' || type.root === 'CHAR') return shown;
  const isNumber = scalar instanceof JsonNumber;
  const isWhole = isNumber && /^-?\d+$/.test(scalar.text);
  const isFit =
    type.root === 'BOOLEAN'
      ? typeof scalar === 'boolean'
      : type.root === 'DOUBLE'
        ? isNumber
        : isWhole;
  if (!isFit) {
    throw new EvaluationError(`JSON_VALUE found '${shown.slice(0, 60)}', no ${bareTypeText(type)}`);
  }
  return castValue(shown, stringType(false), type, 'UTC');
}

/** A literal path is read when the call is checked. */
function pathProblem(path: Value | undefined): string | null {
  if (typeof path !== 'string') return null;
  try {
    parseJsonPath(path);
    return null;
  } catch (error) {
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
}

/** Operands: text, path, wrapper, on empty, on error. */
const jsonQuery: ScalarFunction = {
  ...shared,
  name: 'JSON_QUERY',
  syntax: [
    'JSON_QUERY(json, path [{ WITHOUT | WITH CONDITIONAL | WITH UNCONDITIONAL } [ARRAY] WRAPPER] [{ NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR } ON EMPTY] [... ON ERROR])',
  ],
  summary: 'The object or array at a path, as JSON text.',
  strict: true,
  resolve: (operands, literals) => {
    const problem = pathProblem(literals[1]);
    if (problem !== null) return { mismatch: problem };
    return signature([text, text, text, text, text], results.nullableString)(operands, literals);
  },
  evaluate: (operands) => {
    const found = find(textAt(operands, 0), parseJsonPath(textAt(operands, 1)));
    if (found.kind === 'error') return queryAnswer(textAt(operands, 4));
    const [value] = found.values;
    if (value === undefined) return queryAnswer(textAt(operands, 3));
    const wrapper = textAt(operands, 2);
    const isStructure = isJsonArray(value) || isJsonObject(value);
    if (wrapper === 'UNCONDITIONAL' || (wrapper === 'CONDITIONAL' && !isStructure)) {
      return jsonText([...found.values]);
    }
    if (found.values.length > 1) return queryAnswer(textAt(operands, 4));
    if (value === null) return queryAnswer(textAt(operands, 3));
    return isStructure ? jsonText(value) : queryAnswer(textAt(operands, 4));
  },
};

function queryAnswer(behaviour: string): Value {
  switch (behaviour) {
    case 'EMPTY ARRAY':
      return '[]';
    case 'EMPTY OBJECT':
      return '{}';
    case 'ERROR':
      throw new EvaluationError('JSON_QUERY found no object or array at the path');
    default:
      return null;
  }
}

/** Operands: text, path, on error. */
const jsonExists: ScalarFunction = {
  ...shared,
  name: 'JSON_EXISTS',
  syntax: ['JSON_EXISTS(json, path [{ TRUE | FALSE | UNKNOWN | ERROR } ON ERROR])'],
  summary: 'TRUE if a path leads to a value that is not null.',
  strict: true,
  resolve: (operands, literals) => {
    const problem = pathProblem(literals[1]);
    if (problem !== null) return { mismatch: problem };
    return signature([text, text, text], () => ({ root: 'BOOLEAN', nullable: true }))(
      operands,
      literals,
    );
  },
  evaluate: (operands) => {
    const found = find(textAt(operands, 0), parseJsonPath(textAt(operands, 1)));
    if (found.kind === 'values') return found.values.some((value) => value !== null);
    switch (textAt(operands, 2)) {
      case 'TRUE':
        return true;
      case 'UNKNOWN':
        return null;
      case 'ERROR':
        throw new EvaluationError(`JSON_EXISTS failed: ${found.reason}`);
      default:
        return false;
    }
  },
};

type JsonKind = 'VALUE' | 'OBJECT' | 'ARRAY' | 'SCALAR';

function isOfKind(value: Json | undefined, kind: JsonKind): boolean {
  if (value === undefined) return false;
  const isObject = isJsonObject(value);
  const isArray = isJsonArray(value);
  switch (kind) {
    case 'VALUE':
      return true;
    case 'OBJECT':
      return isObject;
    case 'ARRAY':
      return isArray;
    case 'SCALAR':
      return !isObject && !isArray;
  }
}

function jsonTest(kind: JsonKind, isWanted: boolean): ScalarFunction {
  const name = `${isWanted ? 'IS' : 'IS NOT'} JSON ${kind}`;
  const what = kind === 'VALUE' ? 'JSON' : `a JSON ${kind.toLowerCase()}`;
  return {
    ...shared,
    name,
    syntax: [kind === 'VALUE' ? `string ${name.replace(' VALUE', ' [VALUE]')}` : `string ${name}`],
    summary: `TRUE if the text is ${isWanted ? '' : 'not '}${what}.`,
    strict: false,
    resolve: signature([text], () => ({ root: 'BOOLEAN', nullable: false })),
    evaluate: (operands) => {
      const isJson =
        valueAt(operands, 0) !== null && isOfKind(parseJson(textAt(operands, 0)), kind);
      return isJson === isWanted;
    },
  };
}

const jsonString: ScalarFunction = {
  ...shared,
  name: 'JSON_STRING',
  syntax: ['JSON_STRING(value)'],
  summary: 'A value as JSON text.',
  strict: true,
  resolve: ([value, ...more]): Resolution | { readonly mismatch: string } => {
    if (value === undefined || more.length > 0) return { mismatch: 'it takes 1 operand' };
    const isRefused = ['DATE', 'TIME', 'NULL', 'INTERVAL_DAY_TIME', 'INTERVAL_YEAR_MONTH'];
    if (isRefused.includes(value.root)) {
      return { mismatch: `${bareTypeText(value)} has no JSON form; write CAST(... AS STRING)` };
    }
    return { operands: [value], result: stringType(value.nullable) };
  },
  evaluate: (operands, types, context) =>
    jsonText(jsonOf(valueAt(operands, 0), types.operands[0] ?? types.result, context.timeZone)),
};

const jsonQuote: ScalarFunction = {
  ...shared,
  name: 'JSON_QUOTE',
  syntax: ['JSON_QUOTE(string)'],
  summary: 'A text as a JSON string of ASCII characters.',
  strict: true,
  resolve: signature([text], results.string),
  evaluate: (operands) => quoted(textAt(operands, 0)),
};

/** As Flink: / and what is not ASCII is escaped too. */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll(/[/\u0080-\uffff]/g, (unit) =>
    unit === '/' ? '\\/' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const jsonUnquote: ScalarFunction = {
  ...shared,
  name: 'JSON_UNQUOTE',
  syntax: ['JSON_UNQUOTE(string)'],
  summary: 'The text of a JSON string; what is none stays as it is.',
  strict: true,
  resolve: signature([text], results.string),
  evaluate: (operands) => {
    const value = textAt(operands, 0);
    if (!/^".*"$/s.test(value)) return value;
    const parsed = parseJson(value);
    return typeof parsed === 'string' ? parsed : value;
  },
};

export const jsonFunctions: readonly ScalarFunction[] = [
  jsonValue,
  jsonQuery,
  jsonExists,
  jsonString,
  jsonQuote,
  jsonUnquote,
  ...(['VALUE', 'OBJECT', 'ARRAY', 'SCALAR'] as const).flatMap((kind) => [
    jsonTest(kind, true),
    jsonTest(kind, false),
  ]),
];
