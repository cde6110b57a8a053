/** Computes the output columns of each row from its input columns. */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { Batch, RowSchema } from '../batch/batch.ts';
import { RowProjection } from '../batch/project.ts';
import type { Operator, Output, Outputs } from './contract.ts';

export interface ProjectSpec {
  readonly inputSchema: RowSchema;
  readonly outputSchema: RowSchema;
  /** One for each output column. */
  readonly expressions: readonly TypedExpression[];
}

export class ProjectOperator implements Operator {
  private readonly projection: RowProjection;
  private output: Output | null = null;

  constructor(spec: ProjectSpec, context: EvaluationContext) {
    this.projection = new RowProjection(spec, context);
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    const output = this.output!;
    if (output.isFull) return false;
    output.emit(this.projection.apply(batch));
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
