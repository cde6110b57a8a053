/** Where kernels find the pairs of group and value of a batch: rows, slots, ids, NULLs. */
import { assert } from '../../errors/assert.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Operand, SlottedRows } from './accumulator.ts';

/** Addresses; what is not in linear memory is copied there, to be used before the next call. */
export interface PairRows {
  readonly rows: number;
  readonly slots: number;
  readonly ids: number;
  readonly nulls: number;
}

/** Scratch areas of the linear memory, by what is copied there. */
const ROWS = 0;
const SLOTS = 1;
const IDS = 2;
const NULLS = 3;

export function pairRowsOf(
  memory: LinearMemory,
  { rows, count, slots }: SlottedRows,
  { column, ids }: Operand,
): PairRows {
  assert(column !== null && ids !== null, 'a distinct aggregate has an operand with ids');
  return {
    rows: memory.addressOf(rows, count, ROWS),
    slots: memory.addressOf(slots, slots.length, SLOTS),
    ids: memory.addressOf(ids, ids.length, IDS),
    nulls: memory.addressOf(column.nulls, column.nulls.length, NULLS),
  };
}
