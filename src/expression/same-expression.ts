/** Whether two typed expressions always give the same value, so that one evaluation serves both. */
import type { TypedExpression } from './tree.ts';
import type { Value } from './value.ts';

/** Structural equality; calls of functions that are not deterministic are never the same. */
export function isSameExpression(left: TypedExpression, right: TypedExpression): boolean {
  if (left.kind !== right.kind || left.type.root !== right.type.root) return false;
  switch (left.kind) {
    case 'literal':
      return right.kind === 'literal' && isSameValue(left.value, right.value);
    case 'column':
      return right.kind === 'column' && left.index === right.index;
    case 'call':
      return (
        right.kind === 'call' &&
        left.function === right.function &&
        left.function.deterministic &&
        areSame(left.operands, right.operands)
      );
    case 'logical':
      return (
        right.kind === 'logical' &&
        left.operator === right.operator &&
        areSame(left.operands, right.operands)
      );
    case 'cast':
      return (
        right.kind === 'cast' &&
        left.safe === right.safe &&
        JSON.stringify(left.type) === JSON.stringify(right.type) &&
        isSameExpression(left.operand, right.operand)
      );
    case 'case':
      return (
        right.kind === 'case' &&
        isSameExpression(left.otherwise, right.otherwise) &&
        areSame(left.branches.map(whenOf), right.branches.map(whenOf)) &&
        areSame(left.branches.map(resultOf), right.branches.map(resultOf))
      );
  }
}

function areSame(left: readonly TypedExpression[], right: readonly TypedExpression[]): boolean {
  return (
    left.length === right.length &&
    left.every((expression, index) => isSameExpression(expression, right[index]!))
  );
}

function isSameValue(left: Value, right: Value): boolean {
  if (left instanceof Uint8Array || right instanceof Uint8Array) return false;
  if (Array.isArray(left) || Array.isArray(right)) return false;
  return Object.is(left, right);
}

function whenOf(branch: { readonly when: TypedExpression }): TypedExpression {
  return branch.when;
}

function resultOf(branch: { readonly result: TypedExpression }): TypedExpression {
  return branch.result;
}
