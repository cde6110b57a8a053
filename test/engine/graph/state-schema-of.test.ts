/**
 * The traits of each kind of operator. Their texts are part of the snapshot format: one that has to
 * be changed here makes savepoints unreadable that were taken before.
 */
import { expect, it } from 'vitest';
import { stateSchemasOf } from '../../../src/engine/graph/state-schema-of.ts';
import { isInFlightTrait, stateDifference } from '../../../src/engine/state/state-schema.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { planOf } from '../../pipeline/load-text.ts';
import { operatorBranches, pipelineOf } from '../../support/operator-branches.ts';

const ROW = '[ts BIGINT, id STRING, kind STRING, amount INT, event_time TIMESTAMP_LTZ(3)]';
const windowOf = (window: string, groupBy: string, aggregates: string): readonly string[] => [
  `group-by: [${groupBy} STRING]`,
  'grouping sets: one',
  `aggregates: [${aggregates}]`,
  `window: ${window}`,
  'event time: [event_time TIMESTAMP_LTZ(3)]',
  'time zone: UTC',
];

const expected: Readonly<Record<string, readonly string[]>> = {
  web: ['connector: filesystem'],
  tumble: windowOf(
    'tumble of 30 s',
    'id',
    'COUNT(*), COUNT(DISTINCT kind STRING), MAX(amount INT), AVG(amount INT)',
  ),
  hop: windowOf(
    'hop of 60 s by 20 s',
    'kind',
    'COUNT(*), COUNT(DISTINCT id STRING), SUM(amount INT)',
  ),
  cumulate: windowOf('cumulate of 120 s by 30 s', 'kind', 'COUNT(*), COUNT(DISTINCT id STRING)'),
  session: windowOf('session with gap 8 s', 'id', 'COUNT(*), MAX(amount INT)'),
  early: windowOf('tumble of 60 s', 'id', 'COUNT(*), COUNT(DISTINCT kind STRING)'),
  running: [
    'group-by: [id STRING]',
    'grouping sets: one',
    'aggregates: [COUNT(*), COUNT(DISTINCT kind STRING), MAX(amount INT), SUM(amount INT)]',
    'input: append-only',
  ],
  first: ['keys: [id STRING, kind STRING]'],
  oldest: ['keys: [id STRING]', 'order: [event_time TIMESTAMP_LTZ(3)]', `rows: ${ROW}`],
  last: ['keys: [id STRING]', 'order: [event_time TIMESTAMP_LTZ(3)]', `rows: ${ROW}`],
  top: [
    'partition-by: [kind STRING]',
    'order-by: [amount DESC, ts ASC]',
    'n: 3 with ranks',
    `rows: ${ROW}`,
    'input: append-only',
  ],
  top_counts: [
    'partition-by: [kind STRING]',
    'order-by: [n DESC, id ASC]',
    'n: 2',
    'rows: [kind STRING, id STRING, n BIGINT]',
    'input: a changelog',
  ],
  looked_up: [
    'table: [place STRING, city STRING]',
    'keys of the table: [place STRING]',
    'table kind: read whole',
  ],
  both: [],
  numbered: ['column: [tag STRING]'],
  called: [`rows: ${ROW}`],
  processed: ['key-by: [id STRING]', 'window: none'],
  processed_windows: [
    'key-by: [id STRING]',
    'window: 30 s by 30 s',
    'time zone: UTC',
    `rows: ${ROW}`,
  ],
  out_tumble: ['connector: print'],
};

const plan = await planOf(pipelineOf('everything', operatorBranches), {
  folder: '/work',
  workingDirectory: '/work',
});
const schemas = stateSchemasOf(toStreamGraph(plan));

it.each(Object.entries(expected))('state of %s', (uid, texts) => {
  const own = schemas.get(uid)?.filter(({ name }) => !isInFlightTrait(name));
  expect(own?.map(({ name, text }) => `${name}: ${text}`)).toEqual(texts);
});

it('rows in flight to an input have the columns of its producer', () => {
  expect(schemas.get('tumble')?.at(-1)).toEqual({ name: 'rows in flight to input 1', text: ROW });
});

it('a trait that only one of two versions knows is not compared', () => {
  const before = [
    { name: 'window', text: 'tumble of 30 s' },
    { name: 'old', text: 'x' },
  ];
  const now = [
    { name: 'window', text: 'tumble of 30 s' },
    { name: 'new', text: 'y' },
  ];
  expect(stateDifference(before, now)).toBeNull();
  expect(stateDifference(before, [{ name: 'window', text: 'tumble of 60 s' }])).toBe(
    'window was tumble of 30 s, is tumble of 60 s',
  );
});
