/** Keeps the rows of a batch for which a condition is TRUE; FALSE and NULL rows are left out. */
import { assert } from '../../errors/assert.ts';
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { Batch, RowSchema } from './batch.ts';
import { BATCH_ROWS, type BooleanColumn } from './column.ts';
import { compileExpression, type ColumnEvaluator } from './evaluator.ts';
import { throwFirstFailure } from './failure.ts';
import { GatheredBatch } from './gather.ts';

export class RowFilter {
  private readonly condition: ColumnEvaluator;
  private readonly kept: GatheredBatch;
  private readonly rows = new Int32Array(BATCH_ROWS);

  constructor(condition: TypedExpression, schema: RowSchema, context: EvaluationContext) {
    this.condition = compileExpression(condition, schema, context);
    this.kept = new GatheredBatch(schema);
  }

  /**
   * The rows that pass: the batch itself when all do, else a batch that is valid until the next
   * call. Throws EngineError when the condition cannot be computed for a row.
   */
  apply(batch: Batch): Batch {
    const column = this.condition.evaluate(batch);
    throwFirstFailure(column, batch.rowCount, 'where');
    assert(column.kind === 'boolean', 'a condition is BOOLEAN');
    const count = selectTrue(column, batch.rowCount, this.rows);
    if (count === batch.rowCount) return batch;
    return this.kept.take(batch, { rows: this.rows, count });
  }
}

/** Writes the numbers of the rows that are TRUE into `rows`, ascending, and returns how many. */
export function selectTrue(column: BooleanColumn, rowCount: number, rows: Int32Array): number {
  const { values, nulls } = column;
  let count = 0;
  if (column.hasNulls) {
    for (let row = 0; row < rowCount; row++) {
      rows[count] = row;
      count += values[row]! & (nulls[row]! ^ 1);
    }
    return count;
  }
  for (let row = 0; row < rowCount; row++) {
    rows[count] = row;
    count += values[row]!;
  }
  return count;
}
