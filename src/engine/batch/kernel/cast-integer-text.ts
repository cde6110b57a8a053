/** CAST of TINYINT, SMALLINT, INT and BIGINT to STRING, digit by digit into the result's bytes. */
import { LENGTH_MAX } from '../../../expression/type.ts';
import { BytesColumn, type Column } from '../column.ts';
import { writeValue } from '../write-value.ts';
import type { CastRequest } from './cast-request.ts';
import type { Kernel } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';

/** Bytes of the longest safe integer: sign and 16 digits. */
const BYTES_MAX = 17;
const ZERO = 0x30;
const MINUS = 0x2d;
const BILLION = 1_000_000_000;
const BILLION_DIGITS = 9;

export function integerToTextKernel({ from, to }: CastRequest): Kernel | null {
  if (to.root !== 'VARCHAR' || to.length !== LENGTH_MAX) return null;
  switch (from.root) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return new IntegerToText(new BytesColumn(to));
    default:
      return null;
  }
}

class IntegerToText implements Kernel {
  readonly result: BytesColumn;

  constructor(result: BytesColumn) {
    this.result = result;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result } = this;
    const operand = operands[0]!;
    copyOperandNulls(operands, rowCount, result);
    if (operand.kind === 'int') {
      this.write(operand.values, rowCount);
    } else if (operand.kind === 'long' && operand.wide === null) {
      this.write(operand.values, rowCount);
    } else if (operand.kind === 'long' && operand.wide !== null) {
      for (let row = 0; row < rowCount; row++) {
        if (result.nulls[row] === 0) writeValue(result, row, String(operand.wide[row]!));
      }
    }
  }

  private write(values: Int32Array | Float64Array, rowCount: number): void {
    const { result } = this;
    const arena = result.reserve(rowCount * BYTES_MAX);
    const { bytes } = arena.block;
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      const from = arena.end;
      arena.end = writeInteger(bytes, from, values[row]!);
      result.start[row] = from;
      result.length[row] = arena.end - from;
    }
  }
}

/** Writes a safe integer at `at`; returns the position behind it. */
function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  let first = at;
  let rest = value;
  if (value < 0) {
    bytes[first++] = MINUS;
    rest = -value;
  }
  const end = first + digitCount(rest);
  let position = end;
  let small = rest;
  if (rest >= BILLION) {
    // Two halves of which each is a 32-bit integer.
    small = Math.floor(rest / BILLION);
    let low = (rest - small * BILLION) | 0;
    for (let digit = 0; digit < BILLION_DIGITS; digit++) {
      const tenth = (low / 10) | 0;
      bytes[--position] = ZERO + (low - tenth * 10);
      low = tenth;
    }
  }
  do {
    const tenth = (small / 10) | 0;
    bytes[--position] = ZERO + (small - tenth * 10);
    small = tenth;
  } while (small !== 0);
  return end;
}

function digitCount(value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  return count;
}
