/** Rows of a batch as plain objects, one at a time. */
import type { Batch, RowSchema } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import { readValue } from '../batch/read-value.ts';
import { cellOfValue, MILLIS_PRECISION } from './cell-of-value.ts';
import type { Cell, Row } from './process-function.ts';

export class RowReader {
  private readonly names: readonly string[];

  constructor(schema: RowSchema) {
    this.names = schema.map(({ name }) => name);
  }

  /** A new object; its properties are in the order of the columns. */
  read(batch: Batch, row: number): Row {
    const object: Record<string, Cell> = {};
    const { names } = this;
    for (let index = 0; index < names.length; index++) {
      object[names[index]!] = readCell(batch.columns[index]!, row);
    }
    return object;
  }
}

function readCell(column: Column, row: number): Cell {
  if (column.nulls[row] === 1) return null;
  switch (column.kind) {
    case 'int':
    case 'double':
      return column.values[row]!;
    case 'long':
      if (column.wide === null) return column.values[row]!;
      break;
    case 'timestamp':
      if (precisionOf(column) <= MILLIS_PRECISION) return column.millis[row]!;
      break;
    case 'boolean':
    case 'bytes':
    case 'decimal':
    case 'object':
  }
  return cellOfValue(readValue(column, row), column.type);
}

function precisionOf({ type }: Column): number {
  return 'precision' in type ? type.precision : 0;
}
