/** NULLs of a strict function: the result is NULL where any operand is. */
import type { Column } from '../column.ts';

/** Sets the result's NULLs from those of the operands; the result was reset. */
export function copyOperandNulls(
  operands: readonly Column[],
  rowCount: number,
  result: Column,
): void {
  for (const operand of operands) {
    if (!operand.hasNulls) continue;
    if (result.hasNulls) mergeNulls(operand.nulls, result.nulls, rowCount);
    else
      result.nulls.set(
        rowCount === operand.nulls.length ? operand.nulls : operand.nulls.subarray(0, rowCount),
      );
    result.hasNulls = true;
  }
}

function mergeNulls(source: Uint8Array, target: Uint8Array, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) target[row] = target[row]! | source[row]!;
}
