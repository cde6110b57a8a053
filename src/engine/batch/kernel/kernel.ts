/**
 * What a kernel is: a loop over whole columns that stands for one function on one combination of
 * column kinds. `Function.evaluate` on canonical values is the reference for it; where there is no
 * kernel, evaluate runs row by row (scalar-call.ts).
 */
import type { EvaluationContext, ScalarFunction } from '../../../expression/function/contract.ts';
import type { TypedExpression } from '../../../expression/tree.ts';
import type { LogicalType } from '../../../expression/type.ts';
import { columnKindOf, type Column, type ColumnKind } from '../column.ts';

/** A call to find a kernel for. */
export interface KernelRequest {
  readonly function: ScalarFunction;
  readonly operands: readonly TypedExpression[];
  readonly type: LogicalType;
  readonly context: EvaluationContext;
}

/** Computes one call over batches. Holds its result column, which each run fills anew. */
export interface Kernel {
  readonly result: Column;
  /**
   * Fills rows 0 to `rowCount` of the result, which was reset, with NULLs and failures of its own;
   * failures of the operands are added by the caller.
   */
  run(operands: readonly Column[], rowCount: number): void;
}

/** Makes the kernel for a call, or null where it has none for these types. */
export type KernelFactory = (request: KernelRequest) => Kernel | null;

/** The column kind of all operands, or null when they differ. */
export function commonKind(operands: readonly TypedExpression[]): ColumnKind | null {
  let common: ColumnKind | null = null;
  for (const operand of operands) {
    if (operand.type.root === 'NULL') return null;
    const kind = columnKindOf(operand.type.root);
    if (common !== null && kind !== common) return null;
    common = kind;
  }
  return common;
}
