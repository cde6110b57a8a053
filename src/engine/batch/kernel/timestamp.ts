/**
 * Times as epoch milliseconds: TO_TIMESTAMP_LTZ of numbers, a time plus or minus a duration, FLOOR
 * to a unit of the clock and EXTRACT. The last two only where the clock is UTC or needs no zone.
 */
import { civilDate } from '../../../expression/civil-date.ts';
import type { LogicalType } from '../../../expression/type.ts';
import { LongColumn, TimestampColumn, type Column } from '../column.ts';
import { asLong, asTimestamp } from './column-of-kind.ts';
import { integerOfLiteral, textOfLiteral } from './constant.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { computeRow } from './scalar-row.ts';

const MILLIS_PER_DAY = 86_400_000;
const CLOCK_UNITS: ReadonlyMap<string, number> = new Map([
  ['DAY', MILLIS_PER_DAY],
  ['HOUR', 3_600_000],
  ['MINUTE', 60_000],
  ['SECOND', 1000],
  ['MILLISECOND', 1],
]);
/** Years 0 to 9999, which every function takes; the scalar definition sees to the rest. */
const MILLIS_MIN = -62_167_219_200_000;
const MILLIS_MAX = 253_402_300_799_999;

export function toTimestampKernel(request: KernelRequest): Kernel | null {
  const [value, precision] = request.operands;
  if (value?.type.root !== 'BIGINT' || request.type.root !== 'TIMESTAMP_LTZ') return null;
  const digits = precision === undefined ? 3 : integerOfLiteral(precision);
  return digits === 0 || digits === 3 ? new ToTimestamp(request, digits === 0 ? 1000 : 1) : null;
}

/** `time + INTERVAL`, `INTERVAL + time` and `time - INTERVAL` of days to seconds. */
export function shiftKernel(request: KernelRequest): Kernel | null {
  const [left, right] = request.operands.map(({ type }) => type);
  if (left === undefined || right === undefined || !isTimestamp(request.type)) return null;
  const sign = request.function.name === '-' ? -1 : 1;
  if (isTimestamp(left) && right.root === 'INTERVAL_DAY_TIME') {
    return new ShiftTimestamp(request, 0, sign);
  }
  const isBackward = left.root === 'INTERVAL_DAY_TIME' && isTimestamp(right) && sign === 1;
  return isBackward ? new ShiftTimestamp(request, 1, sign) : null;
}

export function floorKernel(request: KernelRequest): Kernel | null {
  const [value, unit] = request.operands;
  const millis = CLOCK_UNITS.get(textOfLiteral(unit) ?? '');
  if (value === undefined || millis === undefined || !isUtc(value.type, request)) return null;
  return new FloorTimestamp(request, millis);
}

export function extractKernel(request: KernelRequest): Kernel | null {
  const [unit, value] = request.operands;
  if (value === undefined || request.type.root !== 'BIGINT' || !isUtc(value.type, request)) {
    return null;
  }
  const field = FIELDS.get(textOfLiteral(unit) ?? '');
  return field === undefined ? null : new ExtractField(request, field);
}

function isTimestamp(type: LogicalType): boolean {
  return type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ';
}

/** Whether the milliseconds of the column are those of the clock that the function reads. */
function isUtc(type: LogicalType, request: KernelRequest): boolean {
  if (type.root === 'TIMESTAMP') return true;
  return type.root === 'TIMESTAMP_LTZ' && request.context.timeZone === 'UTC';
}

class ToTimestamp implements Kernel {
  readonly result: TimestampColumn;
  private readonly request: KernelRequest;
  private readonly factor: number;

  constructor(request: KernelRequest, factor: number) {
    this.request = request;
    this.result = new TimestampColumn(request.type);
    this.factor = factor;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, factor, request } = this;
    const { values, wide } = asLong(operands[0]!);
    const target = result.millis;
    copyOperandNulls(operands, rowCount, result);
    let isInRange = wide === null;
    for (let row = 0; row < rowCount; row++) {
      const millis = values[row]! * factor;
      target[row] = millis;
      if (!(millis >= MILLIS_MIN && millis <= MILLIS_MAX)) isInRange = false;
    }
    if (isInRange) return;
    for (let row = 0; row < rowCount; row++) {
      const millis = target[row]!;
      const isOdd = wide !== null || !(millis >= MILLIS_MIN && millis <= MILLIS_MAX);
      if (isOdd && result.nulls[row] === 0) computeRow(request, operands, row, result);
    }
  }
}

class ShiftTimestamp implements Kernel {
  readonly result: TimestampColumn;
  private readonly request: KernelRequest;
  /** Which operand is the time. */
  private readonly timeIndex: 0 | 1;
  private readonly sign: 1 | -1;

  constructor(request: KernelRequest, timeIndex: 0 | 1, sign: 1 | -1) {
    this.request = request;
    this.result = new TimestampColumn(request.type);
    this.timeIndex = timeIndex;
    this.sign = sign;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, sign } = this;
    const time = asTimestamp(operands[this.timeIndex]!);
    const duration = asLong(operands[1 - this.timeIndex]!);
    copyOperandNulls(operands, rowCount, result);
    if (duration.wide !== null) {
      for (let row = 0; row < rowCount; row++) {
        if (result.nulls[row] === 0) computeRow(this.request, operands, row, result);
      }
      return;
    }
    const { millis } = time;
    const { values } = duration;
    const target = result.millis;
    for (let row = 0; row < rowCount; row++) target[row] = millis[row]! + sign * values[row]!;
    if (time.nanos === null) return;
    result.nanos = new Int32Array(target.length);
    result.nanos.set(time.nanos);
  }
}

class FloorTimestamp implements Kernel {
  readonly result: TimestampColumn;
  private readonly unitMs: number;

  constructor(request: KernelRequest, unitMs: number) {
    this.result = new TimestampColumn(request.type);
    this.unitMs = unitMs;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, unitMs } = this;
    copyOperandNulls(operands, rowCount, result);
    const { millis } = asTimestamp(operands[0]!);
    const target = result.millis;
    for (let row = 0; row < rowCount; row++) {
      target[row] = Math.floor(millis[row]! / unitMs) * unitMs + 0;
    }
  }
}

type Field = (millis: number) => number;

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['YEAR', (millis: number) => civilDate(Math.floor(millis / MILLIS_PER_DAY)).year],
  ['MONTH', (millis: number) => civilDate(Math.floor(millis / MILLIS_PER_DAY)).month],
  ['DAY', (millis: number) => civilDate(Math.floor(millis / MILLIS_PER_DAY)).day],
  ['HOUR', (millis: number) => clockField(millis, 3_600_000, 24)],
  ['MINUTE', (millis: number) => clockField(millis, 60_000, 60)],
  ['SECOND', (millis: number) => clockField(millis, 1000, 60)],
]);

function clockField(millis: number, unitMs: number, count: number): number {
  const units = Math.floor(millis / unitMs);
  return units - Math.floor(units / count) * count;
}

class ExtractField implements Kernel {
  readonly result: LongColumn;
  private readonly field: Field;

  constructor(request: KernelRequest, field: Field) {
    this.result = new LongColumn(request.type);
    this.field = field;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, field } = this;
    copyOperandNulls(operands, rowCount, result);
    const { millis } = asTimestamp(operands[1]!);
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 0) result.values[row] = field(millis[row]!);
    }
  }
}
