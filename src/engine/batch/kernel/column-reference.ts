/** A column of the input: the batch's own, not copied. */
import { assert } from '../../../errors/assert.ts';
import type { LogicalType } from '../../../expression/type.ts';
import type { Batch } from '../batch.ts';
import type { Column } from '../column.ts';
import type { ColumnEvaluator } from './column-evaluator.ts';

export class ColumnReferenceEvaluator implements ColumnEvaluator {
  readonly type: LogicalType;
  private readonly index: number;

  constructor(type: LogicalType, index: number) {
    this.type = type;
    this.index = index;
  }

  evaluate(batch: Batch): Column {
    const column = batch.columns[this.index];
    assert(column !== undefined, 'a column reference lies within the input');
    return column;
  }
}
