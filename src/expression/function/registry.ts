/**
 * All scalar functions and operators by name. Names are not case-sensitive. COALESCE, NULLIF, IF
 * and IFNULL are listed here too, although the checker rewrites them to CASE.
 */
import { arithmeticOperators } from './arithmetic-operators.ts';
import { comparisonFunctions } from './comparison.ts';
import type { ScalarFunction } from './contract.ts';
import { logicalFunctions } from './logical.ts';

const all: readonly ScalarFunction[] = [
  ...comparisonFunctions,
  ...logicalFunctions,
  ...arithmeticOperators,
];

/** Every function and operator, in the order of the categories. */
export function listFunctions(): readonly ScalarFunction[] {
  return all;
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
