/**
 * The table that a changelog adds up to. Rows are the same when their values are: a result has no
 * key, but each change that takes a row away brings the row as a whole.
 */
import { ExactNumber } from '../model/exact-json.ts';
import type { SqlRow, SqlValue } from '../model/sql-result.ts';

export type RowValues = readonly SqlValue[];

/** An updated row keeps its place; the order is that of the first appearance. */
export function materialiseRows(changes: readonly SqlRow[]): readonly RowValues[] {
  const slots: (RowValues | null)[] = [];
  const slotsByRow = new Map<string, number[]>();
  const freed: number[] = [];
  for (const { op, values } of changes) {
    if (op === '+I' || op === '+U') {
      // An update is two changes, one after the other.
      const reused = op === '+U' ? freed.pop() : undefined;
      const slot = reused ?? slots.length;
      slots[slot] = values;
      const key = keyOf(values);
      const same = slotsByRow.get(key);
      if (same === undefined) slotsByRow.set(key, [slot]);
      else same.push(slot);
    } else {
      // Nothing to take away: its insertion came before the first change that was read.
      const slot = slotsByRow.get(keyOf(values))?.pop();
      if (slot === undefined) continue;
      slots[slot] = null;
      if (op === '-U') freed.push(slot);
    }
  }
  return slots.filter((values) => values !== null);
}

/** Equal texts for equal rows, and only for those. */
function keyOf(values: RowValues): string {
  return JSON.stringify(values, (_key, value: unknown) => {
    if (typeof value === 'bigint') return { bigint: String(value) };
    return value instanceof ExactNumber ? { number: value.text } : value;
  });
}
