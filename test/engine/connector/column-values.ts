/** The canonical values of a batch's rows, for comparing what sources bring. */
import type { Batch } from '../../../src/engine/batch/batch.ts';
import type { Column } from '../../../src/engine/batch/column.ts';
import type { Value } from '../../../src/expression/value.ts';

export function rowsOf(batch: Batch): Value[][] {
  return Array.from({ length: batch.rowCount }, (_, row) =>
    batch.columns.map((column) => valueOf(column, row)),
  );
}

function valueOf(column: Column, row: number): Value {
  if (column.nulls[row] === 1) return null;
  switch (column.kind) {
    case 'boolean':
      return column.values[row] === 1;
    case 'int':
    case 'double':
      return column.values[row]!;
    case 'long':
      return column.wide === null ? BigInt(column.values[row]!) : column.wide[row]!;
    case 'timestamp':
      return BigInt(column.millis[row]!) * 1_000_000n + BigInt(column.nanos?.[row] ?? 0);
    case 'decimal':
    case 'object':
      return column.values[row]!;
    case 'bytes': {
      const start = column.start[row]!;
      const bytes = column.block.bytes.slice(start, start + column.length[row]!);
      const isText = column.type.root === 'VARCHAR' || column.type.root === 'CHAR';
      return isText ? new TextDecoder().decode(bytes) : bytes;
    }
  }
}
