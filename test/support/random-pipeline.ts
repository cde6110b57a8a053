/**
 * Random events, and random pipelines over them in two forms: the pipeline file for drey and the
 * description for the naive reference. Conditions are pairs of SQL and JavaScript, written apart.
 */
import fc from 'fast-check';
import {
  rollup,
  type NaiveAggregate,
  type NaiveLookup,
  type NaivePipeline,
  type NaiveRow,
  type NaiveValue,
} from './naive-pipeline.ts';
import type { SimulatedJob } from './simulated-job.ts';

/** Columns of the events. `amount` and the like are written as numbers in JSON. */
const columnTypes = {
  ts: 'BIGINT',
  place: 'STRING',
  kind: 'STRING',
  level: 'INT',
  step: 'TINYINT',
  amount: 'BIGINT',
  ratio: 'DOUBLE',
  device: 'STRING',
} as const;

type ColumnName = keyof typeof columnTypes;

interface Condition {
  readonly sql: string;
  readonly holds: (row: NaiveRow) => boolean;
}

export interface RandomPipeline {
  readonly job: Omit<SimulatedJob, 'parallelism'>;
  readonly naive: NaivePipeline;
  readonly events: readonly NaiveRow[];
}

const BASE_MS = 1_700_000_000_000;
const texts = ['a', 'b', 'ab', 'B', '', 'ÿ', '北', '😀', 'q"\\'] as const;

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { freq: 6 });

const text = fc.constantFrom(...texts);
const device = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ max: 12, min: 0 }).map((number) => `d${number}`) },
  { weight: 1, arbitrary: fc.constantFrom('0012', '12', 'unknown') },
);
const amount = fc.oneof(
  { weight: 5, arbitrary: fc.bigInt(-9n, 9n) },
  { weight: 1, arbitrary: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) },
);

/** A row without its time. Doubles are quarters, so that sums are exact in any order. */
const plainRow = fc.record({
  place: nullable(text),
  kind: nullable(fc.constantFrom('click', 'view', 'exposure')),
  level: nullable(fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(-(2n ** 31n), 2n ** 31n - 1n))),
  step: nullable(fc.bigInt(-128n, 127n)),
  amount: nullable(amount),
  ratio: nullable(fc.integer({ min: -40, max: 40 }).map((quarters) => quarters / 4)),
  device: nullable(device),
});

/** How far each row is ahead of the one before, in milliseconds; behind it when negative. */
const advanceMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 2, arbitrary: fc.integer({ min: -3_000, max: 0 }) },
  { weight: 1, arbitrary: fc.integer({ min: -20_000, max: 20_000 }) },
);

const someEvents = fc
  .array(fc.record({ row: plainRow, advanceMs, isTwice: fc.boolean() }), {
    maxLength: 120,
    size: 'max',
  })
  .map((drawn): NaiveRow[] => {
    let timeMs = BASE_MS;
    return drawn.flatMap(({ row, advanceMs: byMs, isTwice }) => {
      timeMs += byMs;
      const event = { ts: BigInt(timeMs), ...row };
      return isTwice ? [event, event] : [event];
    });
  });

/** The same events again and again, later each time: more than a batch takes. */
const manyEvents = fc
  .tuple(someEvents, fc.integer({ min: 20, max: 60 }), fc.integer({ min: 0, max: 2_000 }))
  .map(([events, times, apartMs]) =>
    Array.from({ length: times }, (_, round) =>
      events.map((event) => ({ ...event, ts: BigInt(event['ts'] ?? 0) + BigInt(round * apartMs) })),
    ).flat(),
  );

const events = fc.oneof({ weight: 9, arbitrary: someEvents }, { weight: 1, arbitrary: manyEvents });

const conditions: readonly Condition[] = [
  { sql: 'amount > 0', holds: (row) => row['amount'] !== null && BigInt(row['amount'] ?? 0) > 0n },
  { sql: 'place IS NOT NULL', holds: (row) => row['place'] !== null },
  { sql: "NOT (place = 'a')", holds: (row) => row['place'] !== null && row['place'] !== 'a' },
  {
    sql: "place = 'a' OR level < 2",
    holds: (row) => row['place'] === 'a' || (row['level'] !== null && Number(row['level']) < 2),
  },
  {
    sql: "kind IN ('click', 'view') AND ratio >= -2.5",
    holds: (row) =>
      ['click', 'view'].includes(String(row['kind'])) &&
      row['ratio'] !== null &&
      Number(row['ratio']) >= -2.5,
  },
  {
    sql: 'CASE WHEN step BETWEEN -5 AND 60 THEN TRUE ELSE device IS NULL END',
    holds: (row) => {
      const step = row['step'] === null ? Number.NaN : Number(row['step']);
      return (step >= -5 && step <= 60) || row['device'] === null;
    },
  },
  { sql: '1 = 2', holds: () => false },
];
const condition = fc.constantFrom(...conditions);

const operands: Readonly<Record<NaiveAggregate['function'], readonly ColumnName[]>> = {
  COUNT: ['place', 'amount', 'device'],
  'COUNT DISTINCT': ['device', 'place', 'level', 'amount'],
  SUM: ['amount', 'level', 'step', 'ratio'],
  AVG: ['amount', 'level', 'step', 'ratio'],
  MIN: ['place', 'amount', 'level', 'ratio'],
  MAX: ['device', 'amount', 'step', 'ratio'],
  GROUPING: [],
};
const widths: Readonly<Partial<Record<ColumnName, 8 | 32>>> = { step: 8, level: 32 };

interface DrawnAggregate {
  readonly sql: string;
  readonly naive: Omit<NaiveAggregate, 'name'>;
}

const countAll: fc.Arbitrary<DrawnAggregate> = fc.constant({
  sql: 'COUNT(*)',
  naive: { function: 'COUNT' },
});

const overColumn: fc.Arbitrary<DrawnAggregate> = fc
  .constantFrom('COUNT', 'COUNT DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX')
  .chain((name) =>
    fc.constantFrom(...operands[name]).map((column): DrawnAggregate => {
      const call = name === 'COUNT DISTINCT' ? `COUNT(DISTINCT ${column})` : `${name}(${column})`;
      const bits = widths[column];
      const base = { function: name, column };
      return { sql: call, naive: bits === undefined ? base : { ...base, bits } };
    }),
  );

const aggregate = fc
  .tuple(fc.oneof(countAll, overColumn), fc.option(condition, { freq: 1 }))
  .map(([drawn, filter]): DrawnAggregate =>
    filter === null
      ? drawn
      : {
          sql: `${drawn.sql} FILTER (WHERE ${filter.sql})`,
          naive: { ...drawn.naive, filter: filter.holds },
        },
  );

const groupColumns = ['place', 'level', 'device', 'amount', 'ratio', 'region', 'zone'] as const;

interface DrawnGroups {
  /** Null: no `group-by`. */
  readonly yaml: unknown;
  readonly sets: readonly (readonly string[])[];
}

function groupsOf(columns: readonly string[]): fc.Arbitrary<DrawnGroups> {
  const some = fc.subarray([...columns], { maxLength: 3 });
  const plain = some.map((set): DrawnGroups => ({
    yaml: set.length === 0 ? null : set,
    sets: [set],
  }));
  const rolled = fc
    .subarray([...columns], { minLength: 1, maxLength: 3 })
    .map((set): DrawnGroups => ({ yaml: { rollup: set }, sets: rollup(set) }));
  const sets = fc
    .uniqueArray(some, { minLength: 2, maxLength: 4, selector: (set) => set.join() })
    .map((chosen): DrawnGroups => ({ yaml: { 'grouping-sets': chosen }, sets: chosen }));
  return fc.oneof({ weight: 3, arbitrary: plain }, rolled, sets);
}

/** The table names some devices, one of them twice with different levels. */
const tableRows: readonly NaiveRow[] = [
  { id: 'd0', rank: 0n, region: 'north', zone: 1n },
  { id: 'd1', rank: 1n, region: 'north', zone: null },
  { id: 'd2', rank: 1n, region: 'süd', zone: 2n },
  { id: 'd3', rank: 2n, region: null, zone: 2n },
  { id: '12', rank: 0n, region: 'twelve', zone: 3n },
  { id: '0012', rank: 3n, region: 'zeros', zone: 9_007_199_254_740_993n },
];

const lookup: fc.Arbitrary<NaiveLookup> = fc.record({
  table: fc.constant(tableRows),
  on: fc.constantFrom<Readonly<Record<string, string>>[]>(
    { device: 'id' },
    { device: 'id', level: 'rank' },
  ),
  select: fc.constant(['region', 'zone']),
  missing: fc.constantFrom('keep' as const, 'drop' as const),
});

interface Shape {
  readonly events: readonly NaiveRow[];
  readonly lookup: NaiveLookup | null;
  readonly where: Condition | null;
  readonly delayMs: number;
  readonly sizeMs: number;
  readonly offsetShare: number;
  readonly groups: DrawnGroups;
  readonly aggregates: readonly DrawnAggregate[];
}

const shape: fc.Arbitrary<Shape> = fc.option(lookup, { freq: 1 }).chain((join) =>
  fc.record({
    events,
    lookup: fc.constant(join),
    where: fc.option(condition, { freq: 1 }),
    delayMs: fc.constantFrom(0, 1, 500, 5_000),
    sizeMs: fc.constantFrom(1, 250, 1_000, 7_000, 60_000),
    offsetShare: fc.constantFrom(0, 0, 0.3, -0.5),
    groups: groupsOf(join === null ? groupColumns.slice(0, 5) : groupColumns),
    aggregates: fc.array(aggregate, { minLength: 1, maxLength: 5, size: 'max' }),
  }),
);

export const randomPipeline: fc.Arbitrary<RandomPipeline> = shape.map(pipelineOf);

function pipelineOf(drawn: Shape): RandomPipeline {
  const offsetMs = Math.trunc(drawn.sizeMs * drawn.offsetShare);
  const grouping = groupingOf(drawn);
  const naive: NaivePipeline = {
    time: 'ts',
    delayMs: drawn.delayMs,
    ...(drawn.lookup === null ? {} : { lookup: drawn.lookup }),
    ...(drawn.where === null ? {} : { where: drawn.where.holds }),
    sizeMs: drawn.sizeMs,
    offsetMs,
    groupingSets: drawn.groups.sets,
    aggregates: [
      ...drawn.aggregates.map(({ naive: one }, at) => ({ ...one, name: `a${at}` })),
      ...grouping,
    ],
  };
  const files: Record<string, string> = { 'events.jsonl': jsonLines(drawn.events) };
  if (drawn.lookup !== null) files['table.jsonl'] = jsonLines(drawn.lookup.table);
  return {
    job: { pipeline: JSON.stringify(documentOf(drawn, grouping, offsetMs)), files },
    naive,
    events: drawn.events,
  };
}

/** With several sets, what tells a rolled-up NULL from a real one. */
function groupingOf({ groups }: Shape): readonly NaiveAggregate[] {
  const [first] = new Set(groups.sets.flat());
  return groups.sets.length < 2 || first === undefined
    ? []
    : [{ name: 'rolled', function: 'GROUPING', column: first }];
}

/** The pipeline file; JSON is YAML. */
function documentOf(
  drawn: Shape,
  grouping: readonly NaiveAggregate[],
  offsetMs: number,
): Record<string, unknown> {
  const source = {
    connector: 'filesystem',
    path: 'events.jsonl',
    format: 'json',
    columns: { ...columnTypes, at: 'AS TO_TIMESTAMP_LTZ(ts, 3)' },
    watermark: { column: 'at', delay: `${drawn.delayMs}ms` },
  };
  const table = {
    connector: 'filesystem',
    path: 'table.jsonl',
    format: 'json',
    columns: { id: 'STRING', rank: 'INT', region: 'STRING', zone: 'BIGINT' },
    'primary-key': drawn.lookup === null ? [] : Object.values(drawn.lookup.on),
  };
  const sql = drawn.aggregates.map(({ sql: call }, at) => [`a${at}`, call]);
  const counted = {
    from: drawn.lookup === null ? 'events' : 'joined',
    ...(drawn.where === null ? {} : { where: drawn.where.sql }),
    window: { type: 'tumble', size: `${drawn.sizeMs}ms`, offset: `${offsetMs}ms` },
    ...(drawn.groups.yaml === null ? {} : { 'group-by': drawn.groups.yaml }),
    aggregate: {
      ...Object.fromEntries(sql),
      ...Object.fromEntries(grouping.map(({ name, column }) => [name, `GROUPING(${column})`])),
    },
  };
  const join = drawn.lookup && {
    from: 'events',
    lookup: {
      table: 'table',
      on: drawn.lookup.on,
      select: drawn.lookup.select,
      missing: drawn.lookup.missing,
    },
  };
  return {
    pipeline: { name: 'random' },
    sources: { events: source, ...(join === null ? {} : { table }) },
    transforms: { ...(join === null ? {} : { joined: join }), counted },
    sinks: { out: { from: 'counted', connector: 'print' } },
  };
}

/** Some rows have fields that no column wants, some leave a NULL out. */
function jsonLines(rows: readonly NaiveRow[]): string {
  return rows
    .map((row, index) => {
      const members = Object.entries(row)
        .filter(([, value]) => value !== null || index % 2 === 0)
        .map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`);
      if (index % 3 === 0) members.unshift('"unknown":{"ts":[1,"}"]}');
      return `{${members.join(',')}}\n`;
    })
    .join('');
}

function jsonText(value: NaiveValue): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}
