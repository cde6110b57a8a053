import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AggregateSpec } from '../../../src/engine/window/window-spec.ts';
import { modesOf, rowText, type HarnessResult } from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { naiveTable, sortedMap, type StaleKeys } from './naive-running-aggregate.ts';
import { harnessOf, run, type Case, type Input, type Step } from './running-runs.ts';
import { aggregate, text } from './window-runs.ts';

const count = aggregate('COUNT');
const aggregates: readonly AggregateSpec[] = [
  count,
  aggregate('COUNT', 'device'),
  aggregate('COUNT', 'device', { distinct: true }),
  aggregate('COUNT', undefined, { filter: 'isClick' }),
  aggregate('SUM', 'amount'),
  aggregate('SUM', 'amount', { distinct: true, filter: 'isClick' }),
  aggregate('AVG', 'amount'),
  aggregate('AVG', 'amount', { distinct: true }),
  aggregate('MIN', 'amount'),
  aggregate('MAX', 'device', { type: text }),
];
const onlyAppended: readonly AggregateSpec[] = [
  aggregate('FIRST_VALUE', 'device', { type: text }),
  aggregate('LAST_VALUE', 'amount'),
  aggregate('APPROX_COUNT_DISTINCT', 'device'),
];

const input = fc.record({
  province: fc.constantFrom(null, 'a', 'b'),
  city: fc.constantFrom('x', 'y'),
  device: fc.constantFrom(null, 'd', 'e', 'f'),
  amount: fc.constantFrom(null, 1n, 2n, -3n, 2n ** 62n),
  isClick: fc.constantFrom(null, true, false),
});

const batches = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ rows: fc.array(input, { maxLength: 12 }) }) },
    { weight: 2, arbitrary: fc.record({ advance: fc.integer({ min: 1, max: 1500 }) }) },
  ),
  { maxLength: 15 },
);

function timed(
  drawn: readonly ({ readonly rows: readonly Input[] } | { readonly advance: number })[],
): Step[] {
  let clock = 0;
  return [
    { now: 0 },
    ...drawn.map((each): Step => ('advance' in each ? { now: (clock += each.advance) } : each)),
  ];
}

describe('what the changes add up to is what a naive program gives, whatever the modes', () => {
  const sets = [[0, 1], [0], []];
  const cases = fc.record({
    ttlMs: fc.constantFrom(0, 1000),
    groupingSets: fc.constantFrom([[0, 1]], sets),
  });

  test('where rows are only added', () => {
    fc.assert(
      fc.property(batches, cases, (drawn, chosen) => {
        const given: Case = {
          ...chosen,
          groupBy: ['province', 'city'],
          aggregates: [...aggregates, ...onlyAppended],
        };
        checkAllModes(given, timed(drawn));
      }),
      { numRuns: runs(10) },
    );
  });

  test('where rows are taken back', () => {
    fc.assert(
      fc.property(batches, fc.array(fc.nat(), { maxLength: 60 }), cases, (drawn, picks, chosen) => {
        const given: Case = {
          ...chosen,
          // With a time to live, what is taken back may have been forgotten; see below.
          ttlMs: 0,
          takesUpdates: true,
          groupBy: ['province', 'city'],
          aggregates,
        };
        checkAllModes(given, withUpdates(timed(drawn), picks));
      }),
      { numRuns: runs(10) },
    );
  });

  test('and a time to live where rows are taken back', () => {
    // The sums of the naive program forget a group as a whole, as those of the operator.
    fc.assert(
      fc.property(batches, fc.array(fc.nat(), { maxLength: 60 }), (drawn, picks) => {
        const given: Case = {
          ttlMs: 1000,
          takesUpdates: true,
          aggregates: [count, aggregate('COUNT', 'device'), aggregate('SUM', 'amount')],
        };
        checkAllModes(given, withUpdates(timed(drawn), picks));
      }),
      { numRuns: runs(10) },
    );
  });
});

/** Takes back, here and there, a row that came before. */
function withUpdates(steps: readonly Step[], picks: readonly number[]): Step[] {
  const alive: Input[] = [];
  let at = 0;
  return steps.map((step) => {
    if (!('rows' in step)) return step;
    const all: Input[] = [];
    for (const row of step.rows) {
      all.push({ ...row, kind: '+I' });
      alive.push(row);
      const pick = picks[at++];
      if (pick === undefined || alive.length < 2) continue;
      const [gone] = alive.splice(pick % alive.length, 1);
      all.push({ ...gone, kind: pick % 2 === 0 ? '-U' : '-D' });
    }
    return { rows: all };
  });
}

function checkAllModes(given: Case, steps: readonly Step[]): void {
  const stale: StaleKeys = new Set();
  const expected = naiveTable(given, steps, stale);
  for (const mode of modesOf(harnessOf(given))) {
    const table = new Map(tableOf(given, run(given, steps, mode)));
    for (const key of stale) if (!expected.has(key)) table.delete(key);
    expect(table, JSON.stringify(mode)).toEqual(expected);
  }
}

/**
 * The rows that a changelog leaves. A group that has expired begins with +I again; otherwise an
 * update takes back exactly what is there.
 */
function tableOf(given: Case, { main, kinds }: HarnessResult): ReadonlyMap<string, string> {
  const { groupBy = ['province'], groupingSets = [[]] } = given;
  const table = new Map<string, string>();
  // Behind the aggregates nothing tells grouping sets apart: their rows are counted as they are.
  const isMany = groupingSets.length > 1;
  for (const [index, values] of main.entries()) {
    const key = rowText(isMany ? values : values.slice(0, groupBy.length));
    const rest = isMany ? 'row' : rowText(values.slice(groupBy.length));
    const kind = kinds[index]!;
    if (isMany) {
      const count = Number(table.get(key) ?? '0') + (kind === '+I' || kind === '+U' ? 1 : -1);
      if (count === 0) table.delete(key);
      else table.set(key, String(count));
      continue;
    }
    if (kind === '+I' && (given.ttlMs ?? 0) > 0) table.delete(key);
    expect(table.get(key), `${kind} ${key}`).toBe(
      kind === '+I' || kind === '+U' ? undefined : rest,
    );
    if (kind === '+I' || kind === '+U') table.set(key, rest);
    else table.delete(key);
  }
  return sortedMap(table);
}
