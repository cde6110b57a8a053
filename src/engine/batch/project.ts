/** Computes the columns of an output batch from an input batch; columns that pass are shared. */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import { Batch, type RowSchema } from './batch.ts';
import { createColumn, type Column } from './column.ts';
import { compileExpression, type ColumnEvaluator } from './evaluator.ts';
import { throwFirstFailure } from './failure.ts';

export interface ProjectionSpec {
  readonly inputSchema: RowSchema;
  readonly outputSchema: RowSchema;
  /** One for each output column. */
  readonly expressions: readonly TypedExpression[];
}

export class RowProjection {
  private readonly schema: RowSchema;
  private readonly evaluators: readonly ColumnEvaluator[];
  /** The columns of `batch`, replaced for each input batch. */
  private readonly columns: Column[];
  private readonly batch: Batch;

  constructor(spec: ProjectionSpec, context: EvaluationContext) {
    this.schema = spec.outputSchema;
    this.evaluators = spec.expressions.map((expression) =>
      compileExpression(expression, spec.inputSchema, context),
    );
    this.columns = spec.outputSchema.map((field) => createColumn(field.type, 0));
    this.batch = new Batch(spec.outputSchema, this.columns);
  }

  /**
   * The output rows; valid until the next call or until the input batch is filled again. Throws
   * EngineError when a value cannot be computed.
   */
  apply(input: Batch): Batch {
    const { batch, columns, evaluators } = this;
    for (let index = 0; index < evaluators.length; index++) {
      const column = evaluators[index]!.evaluate(input);
      throwFirstFailure(column, input.rowCount, this.schema[index]!.name);
      columns[index] = column;
    }
    batch.rowCount = input.rowCount;
    batch.kinds = input.kinds;
    batch.watermarksBefore = input.watermarksBefore;
    batch.watermarkAfter = input.watermarkAfter;
    return batch;
  }
}
