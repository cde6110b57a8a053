/** `+ - * / %` and the sign on TINYINT, SMALLINT and INT, which wrap at the width of the result. */
import { IntColumn, type Column } from '../column.ts';
import { asInt } from './column-of-kind.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { computeRow } from './scalar-row.ts';

/** Bits above an integer of this type in 32 bits: shifting left and right by them wraps it. */
export function wrapShift(type: { readonly root: string }): number {
  if (type.root === 'TINYINT') return 24;
  return type.root === 'SMALLINT' ? 16 : 0;
}

export class IntArithmetic implements Kernel {
  readonly result: IntColumn;
  private readonly request: KernelRequest;
  private readonly shift: number;

  constructor(request: KernelRequest) {
    this.request = request;
    this.result = new IntColumn(request.type);
    this.shift = wrapShift(request.type);
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, shift } = this;
    copyOperandNulls(operands, rowCount, result);
    const left = asInt(operands[0]!).values;
    const target = result.values;
    if (operands.length === 1) {
      for (let row = 0; row < rowCount; row++) target[row] = (-left[row]! << shift) >> shift;
      return;
    }
    const right = asInt(operands[1]!).values;
    switch (this.request.function.name) {
      case '+':
        for (let row = 0; row < rowCount; row++) {
          target[row] = ((left[row]! + right[row]!) << shift) >> shift;
        }
        return;
      case '-':
        for (let row = 0; row < rowCount; row++) {
          target[row] = ((left[row]! - right[row]!) << shift) >> shift;
        }
        return;
      case '*':
        for (let row = 0; row < rowCount; row++) {
          target[row] = (Math.imul(left[row]!, right[row]!) << shift) >> shift;
        }
        return;
      case '/':
        for (let row = 0; row < rowCount; row++) {
          target[row] = ((left[row]! / right[row]!) << shift) >> shift;
        }
        break;
      default:
        for (let row = 0; row < rowCount; row++) {
          target[row] = ((left[row]! % right[row]!) << shift) >> shift;
        }
    }
    for (let row = 0; row < rowCount; row++) {
      if (right[row] === 0 && result.nulls[row] === 0) {
        computeRow(this.request, operands, row, result);
      }
    }
  }
}
