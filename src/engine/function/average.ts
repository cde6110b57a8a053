/**
 * AVG: the sum by the number of operands. As Flink: integers divide as integers (towards zero) and
 * stay of the operand's type, DECIMAL(p, s) gives DECIMAL(38, max(s, 6)) rounded half up.
 */
import { assert } from '../../errors/assert.ts';
import type { DecimalType } from '../../expression/type.ts';
import type { Column } from '../batch/column.ts';
import { DecimalSum, writeDecimal } from './decimal-sum.ts';
import { DoubleSum, IntegerSum, writeDouble } from './sum.ts';
import { writeInteger } from './write-result.ts';

export class IntegerAverage extends IntegerSum {
  protected override emitValue(slot: number, column: Column, row: number): void {
    writeInteger(column, row, this.sumOf(slot) / BigInt(this.counts[slot]!));
  }
}

export class DoubleAverage extends DoubleSum {
  protected override emitValue(slot: number, column: Column, row: number): void {
    writeDouble(column, row, this.sums[slot]! / this.counts[slot]!);
  }
}

export class DecimalAverage extends DecimalSum {
  private readonly operandScale: number;

  constructor(operandType: DecimalType) {
    super();
    this.operandScale = operandType.scale;
  }

  protected override emitValue(slot: number, column: Column, row: number): void {
    assert(column.type.root === 'DECIMAL', 'the average of DECIMAL is DECIMAL');
    const shift = 10n ** BigInt(column.type.scale - this.operandScale);
    const scaled = this.sums[slot]! * shift;
    writeDecimal(column, row, divideHalfUp(scaled, BigInt(this.counts[slot]!)));
  }
}

/** `divisor` is positive; halves are rounded away from zero, as Java's HALF_UP. */
function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const half = dividend < 0n ? -divisor : divisor;
  return (2n * dividend + half) / (2n * divisor);
}
