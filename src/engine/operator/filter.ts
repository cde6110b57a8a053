/** Keeps the rows for which a condition is TRUE; FALSE and NULL are dropped. */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { Batch, RowSchema } from '../batch/batch.ts';
import { RowFilter } from '../batch/filter.ts';
import type { Operator, Output, Outputs } from './contract.ts';

export class FilterOperator implements Operator {
  private readonly filter: RowFilter;
  private output: Output | null = null;

  constructor(condition: TypedExpression, schema: RowSchema, context: EvaluationContext) {
    this.filter = new RowFilter(condition, schema, context);
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    const output = this.output!;
    if (output.isFull) return false;
    const kept = this.filter.apply(batch);
    if (kept.rowCount > 0) output.emit(kept);
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    this.output!.emitWatermark(watermarkMs);
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(): void {
    // Stateless.
  }

  restoreState(): void {
    // Stateless.
  }

  close(): void {
    // Holds nothing.
  }
}
