/** A constant as a column in which every row is the same, filled once. */
import type { LogicalType } from '../../../expression/type.ts';
import type { Value } from '../../../expression/value.ts';
import { appendRange, ByteArena } from '../byte-arena.ts';
import { createColumn, type Column } from '../column.ts';
import { writeValue } from '../write-value.ts';
import type { ColumnEvaluator } from './column-evaluator.ts';

export class LiteralEvaluator implements ColumnEvaluator {
  readonly type: LogicalType;
  private readonly column: Column;

  constructor(type: LogicalType, value: Value) {
    this.type = type;
    this.column = createColumn(type);
    writeValue(this.column, 0, value);
    repeatFirstRow(this.column);
  }

  evaluate(): Column {
    return this.column;
  }
}

/** Puts texts of several literals into one block, so that a CASE over them copies nothing. */
export function shareBlock(literals: readonly LiteralEvaluator[]): void {
  const columns = literals
    .map((literal) => literal.evaluate())
    .filter((column) => column.kind === 'bytes');
  const arena = new ByteArena();
  for (const column of columns) {
    const length = column.nulls[0] === 1 ? 0 : column.length[0]!;
    arena.reserve(length);
    const start = arena.end;
    appendRange(arena, column.block, column.start[0]!, length);
    column.start.fill(start);
  }
  for (const column of columns) column.block = arena.block;
}

function repeatFirstRow(column: Column): void {
  column.nulls.fill(column.nulls[0]!);
  switch (column.kind) {
    case 'boolean':
    case 'int':
    case 'double':
      column.values.fill(column.values[0]!);
      return;
    case 'long':
      column.values.fill(column.values[0]!);
      column.wide?.fill(column.wide[0]!);
      return;
    case 'timestamp':
      column.millis.fill(column.millis[0]!);
      column.nanos?.fill(column.nanos[0]!);
      return;
    case 'bytes':
      column.start.fill(column.start[0]!);
      column.length.fill(column.length[0]!);
      return;
    case 'decimal':
      column.values.fill(column.values[0]!);
      return;
    case 'object':
      column.values.fill(column.values[0]!);
      return;
  }
}
