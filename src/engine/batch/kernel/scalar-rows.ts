/**
 * Runs a scalar definition row by row on boxed values: the path of every function without a kernel.
 * A row that throws EvaluationError becomes a failure, and the rows after it go on.
 */
import { EvaluationError } from '../../../expression/evaluation-error.ts';
import type { Value } from '../../../expression/value.ts';
import { createColumn, type Column } from '../column.ts';
import type { LogicalType } from '../../../expression/type.ts';
import { readValue } from '../read-value.ts';
import { writeValue } from '../write-value.ts';
import type { Kernel } from './kernel.ts';

/** The value for boxed operands. Throws EvaluationError where there is none. */
export type ScalarEvaluation = (operands: readonly Value[]) => Value;

export interface ScalarRowsOptions {
  readonly evaluate: ScalarEvaluation;
  /** True when a NULL operand makes the result NULL without a call. */
  readonly strict: boolean;
  readonly type: LogicalType;
}

export class ScalarRows implements Kernel {
  readonly result: Column;
  private readonly evaluate: ScalarEvaluation;
  private readonly strict: boolean;
  /** The row being computed. */
  private row = 0;

  constructor(options: ScalarRowsOptions) {
    this.evaluate = options.evaluate;
    this.strict = options.strict;
    this.result = createColumn(options.type);
  }

  run(operands: readonly Column[], rowCount: number): void {
    this.row = 0;
    while (this.row < rowCount) {
      // One try for all rows up to the next failure, not one a row.
      try {
        this.runFrom(operands, rowCount);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        this.result.setFailure(this.row++, error.message);
      }
    }
  }

  private runFrom(operands: readonly Column[], rowCount: number): void {
    for (; this.row < rowCount; this.row++) {
      const { row } = this;
      if (hasFailure(operands, row) || (this.strict && hasNull(operands, row))) {
        this.result.setNull(row);
        continue;
      }
      // A new array each time: a function such as ARRAY may keep it as its value.
      const values: Value[] = [];
      for (let index = 0; index < operands.length; index++) {
        values.push(readValue(operands[index]!, row));
      }
      writeValue(this.result, row, this.evaluate(values));
    }
  }
}

function hasNull(operands: readonly Column[], row: number): boolean {
  for (const operand of operands) if (operand.nulls[row] === 1) return true;
  return false;
}

function hasFailure(operands: readonly Column[], row: number): boolean {
  for (const operand of operands) if (operand.failures?.has(row) === true) return true;
  return false;
}
