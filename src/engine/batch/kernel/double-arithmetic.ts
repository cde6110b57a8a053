/** `+ - * / %` and the sign on DOUBLE, and on FLOAT with each result rounded to 32 bits. */
import { DoubleColumn, type Column } from '../column.ts';
import { asDouble } from './column-of-kind.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';

export class DoubleArithmetic implements Kernel {
  readonly result: DoubleColumn;
  private readonly name: string;
  private readonly isFloat: boolean;

  constructor(request: KernelRequest) {
    this.result = new DoubleColumn(request.type);
    this.name = request.function.name;
    this.isFloat = request.type.root === 'FLOAT';
  }

  run(operands: readonly Column[], rowCount: number): void {
    copyOperandNulls(operands, rowCount, this.result);
    const target = this.result.values;
    const left = asDouble(operands[0]!).values;
    if (operands.length === 1) {
      for (let row = 0; row < rowCount; row++) target[row] = -left[row]!;
      return;
    }
    compute(this.name, left, asDouble(operands[1]!).values, target.subarray(0, rowCount));
    if (!this.isFloat) return;
    for (let row = 0; row < rowCount; row++) target[row] = Math.fround(target[row]!);
  }
}

function compute(
  name: string,
  left: Float64Array,
  right: Float64Array,
  target: Float64Array,
): void {
  const rowCount = target.length;
  switch (name) {
    case '+':
      for (let row = 0; row < rowCount; row++) target[row] = left[row]! + right[row]!;
      return;
    case '-':
      for (let row = 0; row < rowCount; row++) target[row] = left[row]! - right[row]!;
      return;
    case '*':
      for (let row = 0; row < rowCount; row++) target[row] = left[row]! * right[row]!;
      return;
    case '/':
      for (let row = 0; row < rowCount; row++) target[row] = left[row]! / right[row]!;
      return;
    default:
      for (let row = 0; row < rowCount; row++) target[row] = left[row]! % right[row]!;
  }
}
