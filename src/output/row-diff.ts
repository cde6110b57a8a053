/** The difference of two multisets of rows, as lines that start with `-`, `+` or a space. */
import { visibleText } from './visible-text.ts';

/** Rows as text, one line each. Missing rows get `-`, unexpected ones `+`, in their own order. */
export function rowDiff(expected: readonly string[], actual: readonly string[]): readonly string[] {
  const left = countOf(actual);
  const matched: string[] = [];
  const missing: string[] = [];
  for (const row of expected) (take(left, row) ? matched : missing).push(row);
  const wanted = countOf(matched);
  const unexpected = actual.filter((row) => !take(wanted, row));
  return [
    ...matched.map((row) => `  ${visibleText(row)}`),
    ...missing.map((row) => `- ${visibleText(row)}`),
    ...unexpected.map((row) => `+ ${visibleText(row)}`),
  ];
}

function countOf(rows: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}

/** Takes one of `row` out; false when there is none left. */
function take(counts: Map<string, number>, row: string): boolean {
  const count = counts.get(row) ?? 0;
  if (count === 0) return false;
  counts.set(row, count - 1);
  return true;
}
