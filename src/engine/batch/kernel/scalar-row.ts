/** One row of a call by the function's scalar definition: for the rows that a kernel leaves out. */
import type { Resolution } from '../../../expression/function/contract.ts';
import { EvaluationError } from '../../../expression/evaluation-error.ts';
import type { Column } from '../column.ts';
import { readValue } from '../read-value.ts';
import { writeValue } from '../write-value.ts';
import type { KernelRequest } from './kernel.ts';

export function resolutionOf(request: KernelRequest): Resolution {
  return { operands: request.operands.map((operand) => operand.type), result: request.type };
}

/** Writes the value or failure of one row whose operands are not NULL. */
export function computeRow(
  request: KernelRequest,
  operands: readonly Column[],
  row: number,
  result: Column,
): void {
  const values = operands.map((operand) => readValue(operand, row));
  try {
    writeValue(
      result,
      row,
      request.function.evaluate(values, resolutionOf(request), request.context),
    );
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    result.setFailure(row, error.message);
  }
}
