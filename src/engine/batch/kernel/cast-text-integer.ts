/**
 * CAST of text to TINYINT, SMALLINT, INT and BIGINT: plain digits with an optional sign here, and
 * everything else (spaces, fractions, very long, no number at all) by the scalar definition.
 */
import { EvaluationError } from '../../../expression/evaluation-error.ts';
import { BATCH_ROWS, IntColumn, LongColumn, type BytesColumn, type Column } from '../column.ts';
import { readValue } from '../read-value.ts';
import { writeValue } from '../write-value.ts';
import type { CastRequest } from './cast-request.ts';
import { asBytes } from './column-of-kind.ts';
import type { Kernel } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { isTextType } from './text-type.ts';

const MINUS = 0x2d;
const ZERO = 0x30;
/** So many digits always make a safe integer. */
const DIGITS_MAX = 15;
/** Greatest magnitude of both signs; -(MAX + 1) is left to the scalar definition. */
const MAX: ReadonlyMap<string, number> = new Map([
  ['TINYINT', 127],
  ['SMALLINT', 32_767],
  ['INT', 2_147_483_647],
  ['BIGINT', Number.MAX_SAFE_INTEGER],
]);

export function textToIntegerKernel(request: CastRequest): Kernel | null {
  const max = MAX.get(request.to.root);
  return max === undefined || !isTextType(request.from) ? null : new TextToInteger(request, max);
}

class TextToInteger implements Kernel {
  readonly result: IntColumn | LongColumn;
  private readonly request: CastRequest;
  private readonly max: number;
  /** Rows that are no plain digits. */
  private readonly oddRows = new Int32Array(BATCH_ROWS);

  constructor(request: CastRequest, max: number) {
    const { to } = request;
    this.result = to.root === 'BIGINT' ? new LongColumn(to) : new IntColumn(to);
    this.request = request;
    this.max = max;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, max } = this;
    copyOperandNulls(operands, rowCount, result);
    const text = asBytes(operands[0]!);
    let oddCount = 0;
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      const value = digitsOf(text, row);
      if (value <= max && value >= -max) {
        result.values[row] = value;
      } else {
        result.values[row] = 0;
        this.oddRows[oddCount++] = row;
      }
    }
    // After the others: once a row is wide, `values` is not read any more.
    for (let index = 0; index < oddCount; index++) {
      this.castRow(text, this.oddRows[index]!, rowCount);
    }
  }

  private castRow(text: BytesColumn, row: number, rowCount: number): void {
    const { result, request } = this;
    try {
      const value = request.evaluate([readValue(text, row)]);
      if (result.kind === 'long' && typeof value === 'bigint') {
        if (!Number.isSafeInteger(Number(value))) result.widen(rowCount);
      }
      writeValue(result, row, value);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      result.setFailure(row, error.message);
    }
  }
}

/** The number, or NaN where it is not up to DIGITS_MAX digits with an optional minus. */
function digitsOf(text: BytesColumn, row: number): number {
  const { bytes } = text.block;
  let at = text.start[row]!;
  const end = at + text.length[row]!;
  const isNegative = at < end && bytes[at] === MINUS;
  if (isNegative) at++;
  if (at === end || end - at > DIGITS_MAX) return NaN;
  let value = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return isNegative ? 0 - value : value;
}
