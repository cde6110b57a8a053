/** Running aggregates as whole jobs: what a pipeline of several nodes makes of changes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { around } from '../pipeline/load-text.ts';
import { runs } from '../support/property-runs.ts';
import { runSimulated } from '../support/simulated-job.ts';

interface Row {
  readonly id: number | null;
  readonly name: string | null;
  readonly amount: number | null;
  /** Seconds. */
  readonly at: number;
}

type Changed = Readonly<Record<string, string | number | null>>;

async function changesOf(transforms: string, rows: readonly Row[]): Promise<readonly Changed[]> {
  const lines = rows.map(({ at, ...row }) =>
    JSON.stringify({ ...row, ts: new Date(at * 1000).toISOString().replace('T', ' ') }),
  );
  const { output } = await runSimulated(
    { pipeline: around(transforms), files: { 'in.json': `${lines.join('\n')}\n` } },
    { seed: 1 },
  );
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Changed);
}

/** The rows that changes leave, as a multiset: -U and -D take back what was said. */
function left(changes: readonly Changed[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { op, ...row } of changes) {
    const line = JSON.stringify(row);
    const count = (counts.get(line) ?? 0) + (op === '+I' || op === '+U' ? 1 : -1);
    if (count === 0) counts.delete(line);
    else counts.set(line, count);
  }
  expect([...counts.values()].every((count) => count === 1)).toBe(true);
  return [...counts.keys()].toSorted();
}

const textsOf = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

const rowsOf = fc.array(
  fc.record({
    id: fc.constantFrom(null, 1, 2, 3),
    name: fc.constantFrom(null, 'a', 'b', 'c', 'd'),
    amount: fc.constantFrom(null, 1, 2, 5),
    at: fc.nat({ max: 300 }),
  }),
  { minLength: 1, maxLength: 60 },
);

function check(
  transforms: string,
  expected: (rows: readonly Row[]) => readonly object[],
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(rowsOf, async (rows) => {
      expect(left(await changesOf(transforms, rows))).toEqual(textsOf(expected(rows)));
    }),
    { numRuns: runs(8) },
  );
}

function groups<K extends string | number | null>(
  rows: readonly Row[],
  keyOf: (row: Row) => K,
): readonly (readonly [K, readonly Row[]])[] {
  const found = new Map<K, Row[]>();
  for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row]);
  return [...found];
}

const byName = (rows: readonly Row[]): readonly { name: string | null; n: number }[] =>
  groups(rows, ({ name }) => name).map(([name, all]) => ({ name, n: all.length }));

const names = 'names: { from: s, group-by: [name], aggregate: { n: COUNT(*) } }';

describe('what the changes leave is what the rows give', () => {
  test('behind a condition that lets one half of an update pass', () =>
    check(`${names}\nt: { where: n > 2 AND n < 6 }`, (rows) =>
      byName(rows).filter(({ n }) => n > 2 && n < 6),
    ));

  test('behind a select that leaves out the key', () =>
    check(
      `${names}\nu: { select: { n: n } }\nt: { group-by: [n], aggregate: { times: COUNT(*) } }`,
      (rows) =>
        [...new Set(byName(rows).map(({ n }) => n))].map((n) => ({
          n,
          times: byName(rows).filter((each) => each.n === n).length,
        })),
    ));

  test('of aggregates of aggregates', () =>
    check(
      `${names}\nt: { aggregate: { all: SUM(n), least: MIN(n), most: MAX(n), kinds: COUNT(DISTINCT n), mean: AVG(n) } }`,
      (rows) => {
        const counts = byName(rows).map(({ n }) => n);
        return [
          {
            all: rows.length,
            least: Math.min(...counts),
            most: Math.max(...counts),
            kinds: new Set(counts).size,
            mean: Math.floor(rows.length / counts.length),
          },
        ];
      },
    ));

  test('behind a union of changes and rows', () =>
    check(
      `${names}\nids: { from: s, select: { name: name, n: CAST(1 AS BIGINT) } }\nboth: { union: [names, ids] }\nt: { group-by: [name], aggregate: { sum: SUM(n) } }`,
      (rows) => byName(rows).map(({ name, n }) => ({ name, sum: 2 * n })),
    ));

  test('of windows that are corrected', () =>
    check(
      `w: { from: s, group-by: [name], window: { type: tumble, size: 1min }, emit: { allowed-lateness: 1d }, aggregate: { n: COUNT(*) } }
t: { group-by: [window_start], aggregate: { n: SUM(n), most: MAX(n) }, select: { at: window_start, n: n, most: most } }`,
      (rows) =>
        groups(rows, ({ at }) => Math.floor(at / 60)).map(([minute, all]) => ({
          at: new Date(minute * 60_000).toISOString().slice(0, 19).replace('T', ' '),
          n: all.length,
          most: Math.max(...byName(all).map(({ n }) => n)),
        })),
    ));
});

test('a changelog begins with +I, and updates take back what was said', async () => {
  const rows = ['a', 'b', 'a'].map((name) => ({ id: 1, name, amount: 1, at: 0 }));
  expect(await changesOf(names.replace('names:', 't:'), rows)).toEqual([
    { op: '+I', name: 'a', n: 2 },
    { op: '+I', name: 'b', n: 1 },
  ]);
});
