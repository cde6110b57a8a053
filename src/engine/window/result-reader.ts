/** The results of single groups, as values: where only some groups of a window are wanted. */
import type { LogicalType } from '../../expression/type.ts';
import { createColumn, type Column } from '../batch/column.ts';
import { readValue } from '../batch/read-value.ts';
import type { Results } from './emitted-results.ts';
import type { FiredGroups } from './fired-groups.ts';

export class ResultReader {
  /** One row each. */
  private readonly columns: readonly Column[];

  /** `types`: of the aggregates, in their order. */
  constructor(types: readonly LogicalType[]) {
    this.columns = types.map((type) => createColumn(type, 1));
  }

  read(groups: Pick<FiredGroups, 'writeResult'>, slot: number): Results {
    return this.columns.map((column, index) => {
      column.reset();
      groups.writeResult(index, slot, slot + 1, column);
      return readValue(column, 0);
    });
  }
}
