/**
 * Searched CASE. All conditions and results are computed for all rows; each row then takes the
 * result of its first TRUE condition, and failures of what it does not take are dropped.
 */
import type { LogicalType } from '../../../expression/type.ts';
import type { Batch } from '../batch.ts';
import { BATCH_ROWS, createColumn, type BooleanColumn, type Column } from '../column.ts';
import { asBoolean } from './column-of-kind.ts';
import type { ColumnEvaluator } from './column-evaluator.ts';
import { takeChosen } from './take-chosen.ts';

export interface CaseBranch {
  readonly when: ColumnEvaluator;
  readonly result: ColumnEvaluator;
}

/** `choices` entry of a row that has met no TRUE condition yet, and of one that failed. */
const OPEN = 255;
const FAILED = 254;
/** More branches than fit into a byte are cut into nested CASEs by the compiler. */
export const CASE_BRANCHES_MAX = 250;

export class CaseEvaluator implements ColumnEvaluator {
  readonly type: LogicalType;
  private readonly branches: readonly CaseBranch[];
  private readonly otherwise: ColumnEvaluator;
  private readonly result: Column;
  /** Which branch each row takes; the number of branches stands for ELSE. */
  private readonly choices = new Uint8Array(BATCH_ROWS);
  private readonly chosen: Column[] = [];

  constructor(type: LogicalType, branches: readonly CaseBranch[], otherwise: ColumnEvaluator) {
    this.type = type;
    this.branches = branches;
    this.otherwise = otherwise;
    this.result = createColumn(type);
  }

  evaluate(batch: Batch): Column {
    const { branches, choices, result, chosen } = this;
    const { rowCount } = batch;
    result.reset();
    choices.fill(OPEN, 0, rowCount);
    for (let index = 0; index < branches.length; index++) {
      this.choose(asBoolean(branches[index]!.when.evaluate(batch)), index, rowCount);
      chosen[index] = branches[index]!.result.evaluate(batch);
    }
    const last = branches.length;
    for (let row = 0; row < rowCount; row++) if (choices[row] === OPEN) choices[row] = last;
    chosen[last] = this.otherwise.evaluate(batch);
    takeChosen(chosen, choices, rowCount, result);
    return result;
  }

  private choose(when: BooleanColumn, branch: number, rowCount: number): void {
    const { choices } = this;
    const { values, nulls } = when;
    for (let row = 0; row < rowCount; row++) {
      const isTaken = values[row]! & (nulls[row]! ^ 1) & Number(choices[row] === OPEN);
      choices[row] = choices[row]! + isTaken * (branch - OPEN);
    }
    if (when.failures === null) return;
    for (const [row, reason] of when.failures) {
      if (row >= rowCount || choices[row] !== OPEN) continue;
      choices[row] = FAILED;
      this.result.setFailure(row, reason);
    }
  }
}
