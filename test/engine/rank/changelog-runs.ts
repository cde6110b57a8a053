/** Runs of operators whose output is a changelog: the rows that are there in the end, in every mode. */
import { expect } from 'vitest';
import type { Value } from '../../../src/expression/value.ts';
import {
  modesOf,
  rowText,
  runOperator,
  type HarnessEvent,
  type HarnessResult,
  type HarnessRow,
  type HarnessSpec,
} from '../../support/operator-harness.ts';

/** The operator's clock, which `time` events move. */
const clock = { nowMs: 0 };
export const evaluation = { timeZone: 'UTC', nowMs: () => clock.nowMs, random: () => 0 };
export function moveClock(nowMs: number): void {
  clock.nowMs = nowMs;
}

/**
 * The current rows, sorted as text. A change that takes back what is not there fails, so the changes
 * are right at any point.
 */
export function currentRows({ main, kinds }: Pick<HarnessResult, 'main' | 'kinds'>): string[] {
  const rows = new Map<string, number>();
  for (const [index, row] of main.entries()) {
    const text = rowText(row);
    const count = rows.get(text) ?? 0;
    const kind = kinds[index]!;
    const isAdded = kind === '+I' || kind === '+U';
    if (!isAdded) expect(count, `${kind} ${text}`).toBeGreaterThan(0);
    rows.set(text, count + (isAdded ? 1 : -1));
  }
  return [...rows].flatMap(([text, count]) => Array<string>(count).fill(text)).sort();
}

/** As `currentRows`, after a run in each mode; all must have the same. */
export function currentInAllModes(spec: HarnessSpec, events: readonly HarnessEvent[]): string[] {
  const modes = modesOf(spec);
  const [first, ...others] = modes.map((mode) => {
    moveClock(0);
    return currentRows(runOperator(spec, events, mode));
  });
  for (const [index, other] of others.entries()) {
    expect(other, JSON.stringify(modes[index + 1])).toEqual(first);
  }
  return first!;
}

export function rowsEvent(rows: readonly HarnessRow[]): HarnessEvent {
  return { kind: 'rows', input: 0, rows };
}

export function sortedTexts(rows: readonly (readonly Value[])[]): string[] {
  return rows.map(rowText).sort();
}
