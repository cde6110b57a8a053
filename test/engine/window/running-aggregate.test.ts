import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RunningAggregateOperator } from '../../../src/engine/window/running-aggregate.ts';
import type {
  AggregateSpec,
  RunningAggregateSpec,
} from '../../../src/engine/window/window-spec.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  harnessModes,
  rowText,
  runOperator,
  type HarnessEvent,
  type HarnessMode,
  type HarnessResult,
  type RowKindName,
} from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { aggregate, inputSchema, specOf, text } from './window-runs.ts';

interface Input {
  readonly kind?: RowKindName;
  readonly province?: string | null;
  readonly city?: string | null;
  readonly device?: string | null;
  readonly amount?: bigint | null;
  readonly isClick?: boolean | null;
}

type Step = { readonly rows: readonly Input[] } | { readonly now: number };

interface Case {
  readonly groupBy?: readonly string[];
  readonly groupingSets?: readonly (readonly number[])[];
  readonly aggregates: readonly AggregateSpec[];
  readonly ttlMs?: number;
  readonly takesUpdates?: boolean;
}

/** The operator's clock. */
let nowMs = 0;
const evaluation = { timeZone: 'UTC', nowMs: () => nowMs, random: () => 0 };

function specFor({ groupBy = ['province'], aggregates, ...more }: Case): RunningAggregateSpec {
  const { outputSchema, ...spec } = specOf(groupBy, aggregates, {
    ...(more.groupingSets !== undefined && { groupingSets: more.groupingSets }),
  });
  return {
    ...spec,
    outputSchema: outputSchema.slice(2, -1),
    ttlMs: more.ttlMs ?? 0,
    takesUpdates: more.takesUpdates ?? false,
  };
}

function harnessOf(given: Case): Parameters<typeof runOperator>[0] {
  const spec = specFor(given);
  const context = { evaluation, memory: roomyTestMemory() };
  return { create: () => new RunningAggregateOperator(spec, context), schemas: [inputSchema] };
}

function eventsOf(steps: readonly Step[]): HarnessEvent[] {
  return steps.map((step): HarnessEvent => {
    if ('rows' in step) return { kind: 'rows', input: 0, rows: step.rows.map(harnessRow) };
    return {
      kind: 'time',
      // The operator's clock goes along with the one of the harness.
      get nowMs(): number {
        nowMs = step.now;
        return nowMs;
      },
    };
  });
}

function harnessRow({ kind, ...row }: Input): { values: readonly Value[]; kind?: RowKindName } {
  const values = inputSchema.map(({ name }): Value => {
    if (name === 'time') return 0n;
    return row[name as keyof typeof row] ?? null;
  });
  return { values, ...(kind !== undefined && { kind }) };
}

const wholeBatches: HarnessMode = {
  rowsPerBatch: 2048,
  outputCapacity: 'unlimited',
  snapshots: 'none',
};

function run(given: Case, steps: readonly Step[], mode: HarnessMode): HarnessResult {
  nowMs = 0;
  return runOperator(harnessOf(given), eventsOf(steps), mode);
}

/** Kind, group and results of each change, where each step is a batch. */
function changesOf(given: Case, steps: readonly Step[]): readonly string[] {
  const { main, kinds } = run(given, steps, wholeBatches);
  return main.map((row, index) => `${kinds[index]} ${row.map(String).join(' ')}`);
}

const rows = (...all: readonly Input[]): Step => ({ rows: all });
const count = aggregate('COUNT');

describe('a running aggregate', () => {
  test('emits what each batch has changed, once for each group', () => {
    const steps = [
      rows({ province: 'a' }, { province: 'b' }, { province: 'a' }),
      rows({ province: 'b' }, { province: null }),
    ];
    expect(changesOf({ aggregates: [count] }, steps)).toEqual([
      '+I a 2',
      '+I b 1',
      '-U b 1',
      '+U b 2',
      '+I null 1',
    ]);
  });

  test('emits nothing where the results are what they were', () => {
    const steps = [
      rows({ province: 'a', device: 'x' }),
      rows({ province: 'a', device: 'x' }, { province: 'a' }),
    ];
    const aggregates = [aggregate('COUNT', 'device', { distinct: true })];
    expect(changesOf({ aggregates }, steps)).toEqual(['+I a 1']);
  });

  test('without groups has one, which begins with the first row', () => {
    const given = { groupBy: [], aggregates: [count] };
    expect(changesOf(given, [rows()])).toEqual([]);
    expect(changesOf(given, [rows({}), rows({}, {})])).toEqual(['+I 1', '-U 1', '+U 3']);
  });

  test('computes several grouping sets in one pass', () => {
    const given: Case = {
      groupBy: ['province', 'city'],
      groupingSets: [[0, 1], [0], []],
      aggregates: [count, { kind: 'grouping', groupByIndexes: [0, 1] }],
    };
    const steps = [rows({ province: 'a', city: 'x' }, { province: 'a', city: 'y' })];
    expect(changesOf(given, steps)).toEqual([
      '+I a x 1 0',
      '+I a y 1 0',
      '+I a null 2 1',
      '+I null null 2 3',
    ]);
  });

  test('makes more changes than fit into a batch', () => {
    const many = Array.from({ length: 2048 }, (_, index) => ({ province: `p${index}` }));
    const { main, kinds } = run(
      { aggregates: [count] },
      [rows(...many), rows(...many)],
      wholeBatches,
    );
    expect(main).toHaveLength(3 * 2048);
    expect(kinds.filter((kind) => kind === '-U')).toHaveLength(2048);
  });
});

describe('a time to live', () => {
  const given: Case = { aggregates: [count], ttlMs: 1000 };
  const a = rows({ province: 'a' });

  test('begins a group anew when it has got no row for so long, without a word', () => {
    expect(changesOf(given, [a, { now: 999 }, a, { now: 1999 }, a])).toEqual([
      '+I a 1',
      '-U a 1',
      '+U a 2',
      '+I a 1',
    ]);
  });

  test('counts from the last row of the group, not of others', () => {
    const steps = [rows({ province: 'a' }, { province: 'b' }), { now: 600 }, a, { now: 1200 }, a];
    expect(changesOf(given, [...steps, rows({ province: 'b' })])).toEqual([
      '+I a 1',
      '+I b 1',
      '-U a 1',
      '+U a 2',
      '-U a 2',
      '+U a 3',
      '+I b 1',
    ]);
  });

  test('ends a group at the moment that it is over, whenever state is cleaned up', () => {
    const b = rows({ province: 'b' });
    // Cleaned up at 1000 and, for what expires soon after, not before 1250.
    expect(changesOf(given, [a, { now: 100 }, b, { now: 1000 }, { now: 1100 }, b])).toEqual([
      '+I a 1',
      '+I b 1',
      '+I b 1',
    ]);
  });

  test('makes unchanged results known, so that those who keep state for the group go on', () => {
    const aggregates = [aggregate('MAX', 'device', { type: text })];
    const device = rows({ province: 'a', device: 'x' });
    expect(changesOf({ aggregates, ttlMs: 1000 }, [device, device])).toEqual([
      '+I a x',
      '-U a x',
      '+U a x',
    ]);
  });

  test('frees the state of groups that expire', () => {
    const operator = harnessOf({
      aggregates: [aggregate('COUNT', 'device', { distinct: true })],
      ttlMs: 1000,
    }).create();
    expect(operator.nextTimerMs).toBe(Infinity);
    nowMs = 0;
    const result = run(
      { aggregates: [aggregate('COUNT', 'device', { distinct: true })], ttlMs: 1000 },
      [rows({ province: 'a', device: 'x' }), { now: 1000 }, rows({ province: 'a', device: 'x' })],
      wholeBatches,
    );
    expect(result.kinds).toEqual(['+I', '+I']);
    expect(result.main.map(([, devices]) => devices)).toEqual([1n, 1n]);
  });
});

describe('updates as input', () => {
  const given: Case = { aggregates: [count, aggregate('SUM', 'amount')], takesUpdates: true };

  test('are taken back', () => {
    const steps = [
      rows({ province: 'a', amount: 5n }, { province: 'b', amount: 1n }),
      rows(
        { kind: '-U', province: 'a', amount: 5n },
        { kind: '+U', province: 'a', amount: 7n },
        { kind: '-D', province: 'b', amount: 1n },
      ),
    ];
    expect(changesOf(given, steps)).toEqual([
      '+I a 1 5',
      '+I b 1 1',
      '-U a 1 5',
      '+U a 1 7',
      '-D b 1 1',
    ]);
  });

  test('of a group that is not there are dropped', () => {
    const steps = [
      rows(
        { kind: '-U', province: 'a', amount: 5n },
        { kind: '+U', province: 'a', amount: 7n },
        { kind: '-D', province: 'b', amount: 7n },
      ),
    ];
    expect(changesOf(given, steps)).toEqual(['+I a 1 7']);
  });

  test('that come and go in one batch leave nothing', () => {
    const steps = [rows({ kind: '+I', province: 'a' }, { kind: '-D', province: 'a' })];
    expect(changesOf(given, steps)).toEqual([]);
  });

  test('that empty a group leave nothing of its sums', () => {
    // The row taken back is not the one that was added, as after a time to live upstream.
    const steps = [
      rows({ province: 'a', amount: 5n }),
      rows({ kind: '-D', province: 'a', amount: 3n }, { kind: '+I', province: 'a', amount: 1n }),
    ];
    expect(changesOf(given, steps)).toEqual(['+I a 1 5', '-U a 1 5', '+U a 1 1']);
  });
});

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
  const expected = naive(given, steps);
  for (const mode of harnessModes) {
    expect(tableOf(given, run(given, steps, mode)), JSON.stringify(mode)).toEqual(expected);
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

interface NaiveGroup {
  readonly key: readonly Value[];
  members: Input[];
  rowCount: number;
  touchedMs: number;
}

/** Row by row, with all rows of a group kept; results are computed from scratch. */
function naive(given: Case, steps: readonly Step[]): ReadonlyMap<string, string> {
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
        applyRow(groups, { id, key, row, kind, now });
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
  },
): void {
  const { id, key, row, kind, now } = at;
  const isBack = kind === '-U' || kind === '-D';
  let group = groups.get(id);
  if (group === undefined) {
    if (isBack) return;
    group = { key, members: [], rowCount: 0, touchedMs: now };
    groups.set(id, group);
  }
  group.touchedMs = now;
  group.rowCount += isBack ? -1 : 1;
  if (group.rowCount === 0) {
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

function sortedMap(entries: Iterable<readonly [string, string]>): ReadonlyMap<string, string> {
  return new Map([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
