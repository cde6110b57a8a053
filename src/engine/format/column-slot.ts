/** A column of the batch that is being filled, with what a decoder needs to find out fast. */
import type { TypeRoot } from '../../expression/type.ts';
import { BytesColumn, IntColumn, LongColumn, type Column } from '../batch/column.ts';
import { PATH_INT, PATH_LONG, PATH_OTHER, PATH_TEXT } from './value-path.ts';

const ANY_TYPE = { root: 'NULL', nullable: true } as const;
// Placeholders keep each property of one class; only that of the column's kind is used.
const NO_BYTES = new BytesColumn(ANY_TYPE, 0);
const NO_LONG = new LongColumn(ANY_TYPE, 0);
const NO_INT = new IntColumn(ANY_TYPE, 0);

export class ColumnSlot {
  readonly name: string;
  readonly index: number;
  /** How common values are read: a constant of value-path.ts. */
  readonly path: number;
  /** The last row of this batch that has a value; -1 for none. */
  lastRow = -1;
  bytes = NO_BYTES;
  long = NO_LONG;
  int = NO_INT;

  constructor(name: string, index: number, path: number) {
    this.name = name;
    this.index = index;
    this.path = path;
  }

  /** Takes the column of another batch. */
  begin(column: Column): void {
    this.lastRow = -1;
    if (column.kind === 'bytes') this.bytes = column;
    else if (column.kind === 'long') this.long = column;
    else if (column.kind === 'int') this.int = column;
  }
}

export function pathOf(root: TypeRoot): number {
  switch (root) {
    case 'CHAR':
    case 'VARCHAR':
      return PATH_TEXT;
    case 'BIGINT':
      return PATH_LONG;
    case 'INT':
      return PATH_INT;
    default:
      return PATH_OTHER;
  }
}
