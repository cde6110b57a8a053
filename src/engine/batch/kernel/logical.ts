/**
 * AND and OR with SQL's three values. All operands are computed for all rows, but a row takes only
 * what it needs from the left: once it is decided, a failure further right does not count.
 */
import type { LogicalType } from '../../../expression/type.ts';
import type { Batch } from '../batch.ts';
import { BooleanColumn } from '../column.ts';
import { asBoolean } from './column-of-kind.ts';
import type { ColumnEvaluator } from './column-evaluator.ts';

export class LogicalEvaluator implements ColumnEvaluator {
  readonly type: LogicalType;
  private readonly operands: readonly ColumnEvaluator[];
  /** The value that decides a row: 0 (FALSE) for AND, 1 (TRUE) for OR. */
  private readonly decisive: 0 | 1;
  private readonly result: BooleanColumn;

  constructor(type: LogicalType, operator: 'AND' | 'OR', operands: readonly ColumnEvaluator[]) {
    this.type = type;
    this.operands = operands;
    this.decisive = operator === 'AND' ? 0 : 1;
    this.result = new BooleanColumn(type);
  }

  evaluate(batch: Batch): BooleanColumn {
    const { result, operands, decisive } = this;
    const { rowCount } = batch;
    result.reset();
    result.values.fill(1 - decisive, 0, rowCount);
    for (let index = 0; index < operands.length; index++) {
      combine(result, asBoolean(operands[index]!.evaluate(batch)), rowCount, decisive);
    }
    return result;
  }
}

function combine(
  result: BooleanColumn,
  operand: BooleanColumn,
  rowCount: number,
  decisive: 0 | 1,
): void {
  if (operand.failures !== null || result.failures !== null) {
    combineWithFailures(result, operand, rowCount, decisive);
  } else if (operand.hasNulls || result.hasNulls) {
    combineWithNulls(result, operand, rowCount, decisive);
  } else if (decisive === 0) {
    const { values } = result;
    for (let row = 0; row < rowCount; row++) values[row] = values[row]! & operand.values[row]!;
  } else {
    const { values } = result;
    for (let row = 0; row < rowCount; row++) values[row] = values[row]! | operand.values[row]!;
  }
}

function combineWithNulls(
  result: BooleanColumn,
  operand: BooleanColumn,
  rowCount: number,
  decisive: 0 | 1,
): void {
  const { values, nulls } = result;
  const open = 1 - decisive;
  for (let row = 0; row < rowCount; row++) {
    // Bits instead of branches, which a processor cannot guess on mixed data.
    const isNull = nulls[row]!;
    const isOperandNull = operand.nulls[row]!;
    const isDecided =
      ((isNull ^ 1) & (values[row]! ^ open)) |
      ((isOperandNull ^ 1) & (operand.values[row]! ^ open));
    values[row] = isDecided ^ open;
    nulls[row] = (isDecided ^ 1) & (isNull | isOperandNull);
  }
  result.hasNulls = true;
}

function combineWithFailures(
  result: BooleanColumn,
  operand: BooleanColumn,
  rowCount: number,
  decisive: 0 | 1,
): void {
  const { values, nulls } = result;
  for (let row = 0; row < rowCount; row++) {
    const isDecided = nulls[row] === 0 && values[row] === decisive;
    if (isDecided || result.failures?.has(row) === true) continue;
    const reason = operand.failures?.get(row);
    if (reason !== undefined) {
      result.setFailure(row, reason);
    } else if (operand.nulls[row] === 1) {
      result.setNull(row);
    } else if (operand.values[row] === decisive) {
      values[row] = decisive;
      nulls[row] = 0;
    }
  }
}
