/** CAST among TINYINT, SMALLINT, INT, BIGINT, FLOAT and DOUBLE as far as it is one instruction. */
import { DoubleColumn, IntColumn, LongColumn, type Column } from '../column.ts';
import { readValue } from '../read-value.ts';
import { writeValue } from '../write-value.ts';
import { asDouble, asInt, asLong } from './column-of-kind.ts';
import type { CastRequest } from './cast-request.ts';
import { wrapShift } from './int-arithmetic.ts';
import type { Kernel } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';

const INTEGERS: ReadonlySet<string> = new Set(['TINYINT', 'SMALLINT', 'INT', 'BIGINT']);

/** Null where the types are no numbers, and where rounding or saturation needs thought. */
export function numberCastKernel(request: CastRequest): Kernel | null {
  const { from, to } = request;
  if (INTEGERS.has(from.root) && to.root === 'BIGINT') return new IntToLong(new LongColumn(to));
  if (INTEGERS.has(from.root) && INTEGERS.has(to.root)) return new IntegerToInt(request);
  const isExact = INTEGERS.has(from.root) || from.root === 'FLOAT';
  return isExact && to.root === 'DOUBLE' ? new NumberToDouble(new DoubleColumn(to)) : null;
}

class IntToLong implements Kernel {
  readonly result: LongColumn;

  constructor(result: LongColumn) {
    this.result = result;
  }

  run(operands: readonly Column[], rowCount: number): void {
    copyOperandNulls(operands, rowCount, this.result);
    const { values } = asInt(operands[0]!);
    const target = this.result.values;
    for (let row = 0; row < rowCount; row++) target[row] = values[row]!;
  }
}

/** To a narrower integer: the low bits stay. */
class IntegerToInt implements Kernel {
  readonly result: IntColumn;
  private readonly request: CastRequest;
  private readonly shift: number;

  constructor(request: CastRequest) {
    this.request = request;
    this.result = new IntColumn(request.to);
    this.shift = wrapShift(request.to);
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, shift, request } = this;
    const operand = operands[0]!;
    copyOperandNulls(operands, rowCount, result);
    const target = result.values;
    if (operand.kind === 'int') {
      const { values } = operand;
      for (let row = 0; row < rowCount; row++) target[row] = (values[row]! << shift) >> shift;
      return;
    }
    const { values, wide } = asLong(operand);
    if (wide === null) {
      for (let row = 0; row < rowCount; row++) target[row] = (values[row]! << shift) >> shift;
      return;
    }
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      writeValue(result, row, request.evaluate([readValue(operand, row)]));
    }
  }
}

class NumberToDouble implements Kernel {
  readonly result: DoubleColumn;

  constructor(result: DoubleColumn) {
    this.result = result;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const operand = operands[0]!;
    copyOperandNulls(operands, rowCount, this.result);
    const target = this.result.values;
    if (operand.kind === 'int') {
      const { values } = operand;
      for (let row = 0; row < rowCount; row++) target[row] = values[row]!;
    } else if (operand.kind === 'long' && operand.wide !== null) {
      const { wide } = operand;
      for (let row = 0; row < rowCount; row++) target[row] = Number(wide[row]!);
    } else {
      const { values } = operand.kind === 'long' ? operand : asDouble(operand);
      // Adding 0 makes the -0 of a BIGINT 0; adding -0 changes nothing.
      const positive = operand.kind === 'long' ? 0 : -0;
      for (let row = 0; row < rowCount; row++) target[row] = values[row]! + positive;
    }
  }
}
