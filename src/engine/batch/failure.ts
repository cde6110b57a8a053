/**
 * Rows that could not be computed. A failure stays with its row until something uses the value:
 * then the job fails, as it does in Flink.
 */
import { EngineError } from '../../errors/drey-error.ts';
import type { Column } from './column.ts';

export interface RowFailure {
  readonly row: number;
  readonly reason: string;
}

/** The failure of the lowest row below `rowCount`; null when all rows have a value or NULL. */
export function firstFailure(column: Column, rowCount: number): RowFailure | null {
  if (column.failures === null) return null;
  let first: RowFailure | null = null;
  for (const [row, reason] of column.failures) {
    if (row < rowCount && (first === null || row < first.row)) first = { row, reason };
  }
  return first;
}

/**
 * Throws EngineError when a row of the column could not be computed.
 * @param name what is computed, for the message: a column or `where`
 */
export function throwFirstFailure(column: Column, rowCount: number, name?: string): void {
  if (column.failures === null) return;
  const failure = firstFailure(column, rowCount);
  if (failure === null) return;
  throw new EngineError(
    'DREY_EXPRESSION_FAILED',
    name === undefined ? failure.reason : `${name}: ${failure.reason}`,
    {
      hint: 'Guard the expression with CASE, or use TRY_CAST, which gives NULL instead.',
      details: name === undefined ? {} : { name },
    },
  );
}

/** Hands the failures of operands on to a result; where several fail in a row the first wins. */
export function propagateFailures(operands: readonly Column[], result: Column): void {
  for (const operand of operands) {
    if (operand.failures === null) continue;
    for (const [row, reason] of operand.failures) {
      if (result.failures?.has(row) !== true) result.setFailure(row, reason);
    }
  }
}
