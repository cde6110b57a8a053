/** What the changes of a running aggregate must add up to: row by row, results from scratch. */
import type { Value } from '../../../src/expression/value.ts';
import { rowText, type RowKindName } from '../../support/operator-harness.ts';
import type { Case, Input, Step } from './running-runs.ts';

interface NaiveGroup {
  readonly key: readonly Value[];
  members: Input[];
  rowCount: number;
  touchedMs: number;
  /** The step in which it took the place of one that had expired; null: it took none's. */
  readonly replacedIn: Step | null;
}

/**
 * Keys whose group expired and then began and ended within one step: whether the row of the old
 * group is taken back depends on where batches are cut, as with Flink's mini batches.
 */
export type StaleKeys = Set<string>;

/** Row by row, with all rows of a group kept; results are computed from scratch. */
export function naiveTable(
  given: Case,
  steps: readonly Step[],
  stale: StaleKeys = new Set(),
): ReadonlyMap<string, string> {
  const { groupBy = ['province'], groupingSets = [groupBy.map((_, index) => index)] } = given;
  const { ttlMs = 0 } = given;
  const groups = new Map<string, NaiveGroup>();
  /** With several sets: all rows ever, since a group that expired is not taken back. */
  const left = new Map<string, number>();
  let now = 0;
  for (const step of steps) {
    if ('now' in step) {
      now = step.now;
      continue;
    }
    for (const { kind = '+I', ...row } of step.rows) {
      for (const [setIndex, set] of groupingSets.entries()) {
        const key = groupBy.map((name, index) =>
          set.includes(index) ? (row[name as keyof typeof row] ?? null) : null,
        );
        const id = `${setIndex} ${rowText(key)}`;
        const known = groups.get(id);
        const isGone = ttlMs > 0 && known !== undefined && known.touchedMs + ttlMs <= now;
        if (isGone) {
          const old = rowText([...key, ...naiveResults(given, known)]);
          left.set(old, (left.get(old) ?? 0) + 1);
          groups.delete(id);
        }
        applyRow(groups, { id, key, row, kind, now, step, isReplacing: isGone, stale });
      }
    }
  }
  const isMany = groupingSets.length > 1;
  if (isMany) {
    for (const group of groups.values()) {
      const line = rowText([...group.key, ...naiveResults(given, group)]);
      left.set(line, (left.get(line) ?? 0) + 1);
    }
    return sortedMap([...left].map(([line, times]) => [line, String(times)]));
  }
  // One that expired and has not come back is still what was said last.
  return sortedMap(
    [...groups.values()].map((group) => [rowText(group.key), rowText(naiveResults(given, group))]),
  );
}

function applyRow(
  groups: Map<string, NaiveGroup>,
  at: {
    readonly id: string;
    readonly key: readonly Value[];
    readonly row: Input;
    readonly kind: RowKindName;
    readonly now: number;
    readonly step: Step;
    readonly isReplacing: boolean;
    readonly stale: StaleKeys;
  },
): void {
  const { id, key, row, kind, now, step } = at;
  const isBack = kind === '-U' || kind === '-D';
  let group = groups.get(id);
  if (group === undefined) {
    if (isBack) return;
    const replacedIn = at.isReplacing ? step : null;
    group = { key, members: [], rowCount: 0, touchedMs: now, replacedIn };
    groups.set(id, group);
  }
  group.touchedMs = now;
  group.rowCount += isBack ? -1 : 1;
  if (group.rowCount === 0) {
    if (group.replacedIn === step) at.stale.add(rowText(key));
    groups.delete(id);
    return;
  }
  group.members.push({ ...row, kind });
}

function naiveResults({ aggregates: specs }: Case, { members }: NaiveGroup): readonly Value[] {
  return specs.map((spec): Value => {
    if (spec.kind === 'grouping') return null;
    const { function: name, operand, filter, distinct } = spec.aggregate;
    const of = operand?.kind === 'column' ? (operand.name as keyof Input) : null;
    const counts = new Map<Value, number>();
    const sequence: Value[] = [];
    for (const row of members) {
      if (filter !== undefined && row.isClick !== true) continue;
      const value = of === null ? true : (row[of] ?? null);
      if (value === null) continue;
      const sign = row.kind === '-U' || row.kind === '-D' ? -1 : 1;
      counts.set(value, (counts.get(value) ?? 0) + sign);
      sequence.push(value);
    }
    return naiveResult(name, { counts, sequence, distinct });
  });
}

function naiveResult(
  name: string,
  seen: {
    readonly counts: ReadonlyMap<Value, number>;
    readonly sequence: readonly Value[];
    readonly distinct: boolean;
  },
): Value {
  const values = [...seen.counts].flatMap(([value, times]): { value: Value; times: number }[] =>
    times === 0 ? [] : [{ value, times: seen.distinct ? 1 : times }],
  );
  const total = values.reduce((sum, { times }) => sum + BigInt(times), 0n);
  const sum = values.reduce(
    (all, { value, times }) => all + (typeof value === 'bigint' ? value : 0n) * BigInt(times),
    0n,
  );
  const sorted = values
    .map(({ value }) => value)
    .toSorted((a, b) => ((a ?? 0) < (b ?? 0) ? -1 : 1));
  switch (name) {
    case 'COUNT':
      return total;
    case 'SUM':
      return total === 0n ? null : BigInt.asIntN(64, sum);
    case 'AVG':
      return total === 0n ? null : BigInt.asIntN(64, sum) / total;
    case 'MIN':
      return sorted[0] ?? null;
    case 'MAX':
      return sorted.at(-1) ?? null;
    case 'FIRST_VALUE':
      return seen.sequence[0] ?? null;
    case 'LAST_VALUE':
      return seen.sequence.at(-1) ?? null;
    default:
      return BigInt(values.length);
  }
}

export function sortedMap(
  entries: Iterable<readonly [string, string]>,
): ReadonlyMap<string, string> {
  return new Map([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
