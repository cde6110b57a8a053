/** What a compiled expression is. */
import type { LogicalType } from '../../../expression/type.ts';
import type { Batch } from '../batch.ts';
import type { Column } from '../column.ts';

export interface ColumnEvaluator {
  readonly type: LogicalType;
  /**
   * The values of rows 0 to batch.rowCount. A column reference answers with the batch's own
   * column, any other expression with a column of its own that the next call fills again. Text may
   * point into blocks of the batch. Rows that cannot be computed are `failures` of the column.
   */
  evaluate(batch: Batch): Column;
}
