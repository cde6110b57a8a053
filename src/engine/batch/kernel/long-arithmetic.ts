/**
 * `+ - * / %` and the sign on BIGINT. Sums, differences and products of floats are exact when they
 * come out as safe integers: an inexact one is rounded to 2^53 or beyond. A batch with any other
 * result is computed again in 64-bit integers, which wrap as Java's long does.
 */
import { IntColumn, LongColumn, type Column } from '../column.ts';
import { asInt, asLong } from './column-of-kind.ts';
import { wrapShift } from './int-arithmetic.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { computeRow } from './scalar-row.ts';

const SAFE_MAX = Number.MAX_SAFE_INTEGER;

export class LongArithmetic implements Kernel {
  readonly result: LongColumn;
  private readonly request: KernelRequest;

  constructor(request: KernelRequest) {
    this.request = request;
    this.result = new LongColumn(request.type);
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, request } = this;
    copyOperandNulls(operands, rowCount, result);
    const left = asLong(operands[0]!);
    const { name } = request.function;
    if (operands.length === 1) {
      if (left.wide === null) negateFloats(left.values, result.values, rowCount);
      else negateWide(left.wide, result, rowCount);
      return;
    }
    const right = asLong(operands[1]!);
    const isExact =
      left.wide === null &&
      right.wide === null &&
      computeFloats(name, left.values, right.values, result.values.subarray(0, rowCount));
    if (!isExact) computeWide(name, left, right, result.widen(0).subarray(0, rowCount));
    if (name === '/' || name === '%' || name === 'MOD')
      this.failDivisions(operands, right, rowCount);
    if (!isExact) narrow(result, rowCount);
  }

  private failDivisions(operands: readonly Column[], right: LongColumn, rowCount: number): void {
    for (let row = 0; row < rowCount; row++) {
      if (this.result.nulls[row] === 0 && isZero(right, row)) {
        computeRow(this.request, operands, row, this.result);
      }
    }
  }
}

/** `%` of BIGINTs by a narrower divisor: the result has the divisor's type, as in Flink. */
export class LongRemainder implements Kernel {
  readonly result: IntColumn;
  private readonly request: KernelRequest;
  private readonly longs: LongArithmetic;

  constructor(request: KernelRequest) {
    this.request = request;
    this.result = new IntColumn(request.type);
    this.longs = new LongArithmetic({
      ...request,
      type: { root: 'BIGINT', nullable: request.type.nullable },
    });
  }

  run(operands: readonly Column[], rowCount: number): void {
    this.longs.result.reset();
    this.longs.run(operands, rowCount);
    const { result } = this;
    const { wide, values, nulls, failures } = this.longs.result;
    const shift = wrapShift(this.request.type);
    const target = asInt(result).values;
    for (let row = 0; row < rowCount; row++) {
      if (nulls[row] === 1) result.setNull(row);
      else if (wide === null) target[row] = (values[row]! << shift) >> shift;
      else target[row] = (Number(BigInt.asIntN(32, wide[row]!)) << shift) >> shift;
    }
    if (failures === null) return;
    for (const [row, reason] of failures) result.setFailure(row, reason);
  }
}

function isZero(column: LongColumn, row: number): boolean {
  return column.wide === null ? column.values[row] === 0 : column.wide[row] === 0n;
}

/** Fills `target`; false when a result is not exact. Adding 0 makes -0 a 0. */
function computeFloats(
  name: string,
  left: Float64Array,
  right: Float64Array,
  target: Float64Array,
): boolean {
  const rowCount = target.length;
  let isExact = true;
  switch (name) {
    case '+':
      for (let row = 0; row < rowCount; row++) {
        const sum = left[row]! + right[row]!;
        if (!(sum <= SAFE_MAX && sum >= -SAFE_MAX)) isExact = false;
        target[row] = sum;
      }
      return isExact;
    case '-':
      for (let row = 0; row < rowCount; row++) {
        const difference = left[row]! - right[row]!;
        if (!(difference <= SAFE_MAX && difference >= -SAFE_MAX)) isExact = false;
        target[row] = difference;
      }
      return isExact;
    case '*':
      for (let row = 0; row < rowCount; row++) {
        const product = left[row]! * right[row]! + 0;
        if (!(product <= SAFE_MAX && product >= -SAFE_MAX)) isExact = false;
        target[row] = product;
      }
      return isExact;
    case '/':
      // The float quotient of safe integers never rounds up to the next integer.
      for (let row = 0; row < rowCount; row++) {
        target[row] = Math.trunc(left[row]! / right[row]!) + 0;
      }
      return true;
    default:
      // Quotient and product are exact too, and together three times as fast as `%`.
      for (let row = 0; row < rowCount; row++) {
        const dividend = left[row]!;
        const divisor = right[row]!;
        target[row] = dividend - Math.trunc(dividend / divisor) * divisor;
      }
      return true;
  }
}

/** Storing into 64 bits wraps. Divisions by zero are left alone. */
function computeWide(
  name: string,
  left: LongColumn,
  right: LongColumn,
  target: BigInt64Array,
): void {
  for (let row = 0; row < target.length; row++) {
    if (left.nulls[row] === 1 || right.nulls[row] === 1) continue;
    const a = left.wide === null ? BigInt(left.values[row]!) : left.wide[row]!;
    const b = right.wide === null ? BigInt(right.values[row]!) : right.wide[row]!;
    if (name === '+') target[row] = a + b;
    else if (name === '-') target[row] = a - b;
    else if (name === '*') target[row] = a * b;
    else if (b === 0n) continue;
    else if (name === '/') target[row] = a / b;
    else target[row] = a % b;
  }
}

function negateFloats(values: Float64Array, target: Float64Array, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) target[row] = 0 - values[row]!;
}

function negateWide(wide: BigInt64Array, result: LongColumn, rowCount: number): void {
  const target = result.widen(0);
  for (let row = 0; row < rowCount; row++) target[row] = -wide[row]!;
  narrow(result, rowCount);
}

/** Goes back to floats when all values of the batch are safe integers. */
export function narrow(column: LongColumn, rowCount: number): void {
  const { wide, values, nulls } = column;
  if (wide === null) return;
  for (let row = 0; row < rowCount; row++) {
    if (nulls[row] === 1) continue;
    const value = Number(wide[row]!);
    if (!Number.isSafeInteger(value)) return;
    values[row] = value;
  }
  column.wide = null;
}
