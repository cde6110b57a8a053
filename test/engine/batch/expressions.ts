/** Short ways to write typed expressions in tests. */
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import type { ScalarFunction } from '../../../src/expression/function/contract.ts';
import { findFunction } from '../../../src/expression/function/registry.ts';
import type { TypedExpression } from '../../../src/expression/tree.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';

export function literal(type: LogicalType, value: Value): TypedExpression {
  return { kind: 'literal', type, value };
}

export function column(schema: RowSchema, name: string): TypedExpression {
  const index = schema.findIndex((field) => field.name === name);
  const type = schema[index]?.type;
  if (type === undefined) throw new Error(`no column ${name}`);
  return { kind: 'column', type, name, index };
}

/** A call of a function of the library, whose operands have the types it wants. */
export function call(name: string, ...operands: TypedExpression[]): TypedExpression {
  const definition = findFunction(name);
  if (definition === undefined) throw new Error(`no function ${name}`);
  return callOf(definition, operands);
}

export function callOf(
  definition: ScalarFunction,
  operands: readonly TypedExpression[],
): TypedExpression {
  const resolution = definition.resolve(
    operands.map(({ type }) => type),
    operands.map((operand) => (operand.kind === 'literal' ? operand.value : undefined)),
  );
  if ('mismatch' in resolution) throw new Error(`${definition.name}: ${resolution.mismatch}`);
  return { kind: 'call', type: resolution.result, function: definition, operands };
}

export function and(...operands: TypedExpression[]): TypedExpression {
  return { kind: 'logical', type: { root: 'BOOLEAN', nullable: true }, operator: 'AND', operands };
}

export function or(...operands: TypedExpression[]): TypedExpression {
  return { kind: 'logical', type: { root: 'BOOLEAN', nullable: true }, operator: 'OR', operands };
}

export function cast(operand: TypedExpression, type: LogicalType, safe = false): TypedExpression {
  return { kind: 'cast', type, operand, safe };
}
