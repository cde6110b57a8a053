/**
 * All scalar functions and operators by name. Names are not case-sensitive. COALESCE, NULLIF, IF
 * and IFNULL are listed here too, although the checker rewrites them to CASE.
 */
import { arithmeticFunctions } from './arithmetic.ts';
import { arithmeticOperators } from './arithmetic-operators.ts';
import { arrayFunctions } from './array.ts';
import { collectionFunctions } from './collection.ts';
import { comparisonFunctions } from './comparison.ts';
import { conditionalFunctions } from './conditional.ts';
import type { ScalarFunction } from './contract.ts';
import { expressionForms, type FunctionForm } from './forms.ts';
import { hashFunctions } from './hash.ts';
import { likeFunctions } from './like.ts';
import { jsonFunctions } from './json.ts';
import { logicalFunctions } from './logical.ts';
import { regexpFunctions } from './regexp.ts';
import { roundingFunctions } from './rounding.ts';
import { stringEncodingFunctions } from './string-encoding.ts';
import { stringSearchFunctions } from './string-search.ts';
import { stringFunctions } from './string.ts';
import { temporalConversionFunctions } from './temporal-conversion.ts';
import { temporalFunctions } from './temporal.ts';
import { typeOf } from './type-of.ts';

const all: readonly ScalarFunction[] = [
  ...comparisonFunctions,
  ...likeFunctions,
  ...regexpFunctions,
  ...logicalFunctions,
  ...arithmeticOperators,
  ...arithmeticFunctions,
  ...roundingFunctions,
  ...stringFunctions,
  ...stringSearchFunctions,
  ...stringEncodingFunctions,
  ...temporalFunctions,
  ...temporalConversionFunctions,
  ...conditionalFunctions,
  ...hashFunctions,
  ...jsonFunctions,
  ...collectionFunctions,
  ...arrayFunctions,
  typeOf,
];

/** Every function and operator, in the order of the categories. */
export function listFunctions(): readonly ScalarFunction[] {
  return all;
}

/** The same, with CASE, CAST, AND, OR and the aggregates: what users may write. */
export function listForms(): readonly FunctionForm[] {
  return [...all, ...expressionForms];
}

const scalarFunctions: ReadonlyMap<string, ScalarFunction> = new Map(
  all.map((definition) => [definition.name, definition]),
);

export function findFunction(name: string): ScalarFunction | undefined {
  return scalarFunctions.get(name.toUpperCase());
}

/** For hints: the names that are called with brackets. */
export function functionNames(): readonly string[] {
  return [...scalarFunctions.keys()].filter((name) => /^[A-Z_0-9]+$/.test(name));
}
