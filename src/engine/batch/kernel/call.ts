/** A call: evaluates its operands, runs the kernel for it and hands failures on. */
import type { LogicalType } from '../../../expression/type.ts';
import type { Batch } from '../batch.ts';
import type { Column } from '../column.ts';
import { propagateFailures } from '../failure.ts';
import type { ColumnEvaluator } from './column-evaluator.ts';
import type { Kernel } from './kernel.ts';

export class CallEvaluator implements ColumnEvaluator {
  readonly type: LogicalType;
  private readonly operands: readonly ColumnEvaluator[];
  private readonly kernel: Kernel;
  private readonly columns: Column[] = [];

  constructor(type: LogicalType, operands: readonly ColumnEvaluator[], kernel: Kernel) {
    this.type = type;
    this.operands = operands;
    this.kernel = kernel;
  }

  evaluate(batch: Batch): Column {
    const { operands, columns, kernel } = this;
    for (let index = 0; index < operands.length; index++) {
      columns[index] = operands[index]!.evaluate(batch);
    }
    kernel.result.reset();
    kernel.run(columns, batch.rowCount);
    propagateFailures(columns, kernel.result);
    return kernel.result;
  }
}
