import { describe, expect, test } from 'vitest';
import { bareTypeText } from '../../../src/expression/type-text.ts';
import type {
  LogicalPlan,
  PlanNode,
  WindowAggregateNode,
} from '../../../src/pipeline/plan/logical-plan.ts';
import { around, findingsOf, planOf } from '../load-text.ts';

const WINDOW = 'window: { type: tumble, size: 1min }';

function node(plan: LogicalPlan, name: string): PlanNode {
  const found = plan.nodes.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

async function windowOf(fields: string): Promise<WindowAggregateNode> {
  const found = node(await planOf(around(`t: { from: s, ${fields} }`)), 't');
  if (found.kind !== 'window-aggregate') throw new Error(found.kind);
  return found;
}

const columns = (found: PlanNode): readonly string[] =>
  found.schema.map(
    ({ name, type }) => `${name} ${bareTypeText(type)}${type.nullable ? '' : ' NOT NULL'}`,
  );

describe('a window', () => {
  test('puts its bounds first, then groups, then aggregates, and hides its time', async () => {
    const found = await windowOf(
      `${WINDOW}, group-by: [name], aggregate: { c: COUNT(*), m: MAX(amount) }`,
    );
    expect(columns(found)).toEqual([
      'window_start TIMESTAMP(3) NOT NULL',
      'window_end TIMESTAMP(3) NOT NULL',
      'name STRING',
      'c BIGINT NOT NULL',
      'm INT',
      'window_time TIMESTAMP_LTZ(3) NOT NULL',
    ]);
    expect(found).toMatchObject({ hiddenColumns: ['window_time'], timeColumn: 'window_time' });
    expect(found.timeIndex).toBe(3);
  });

  test('is not written with its time by a sink', async () => {
    const plan = await planOf(around(`t: { from: s, ${WINDOW}, aggregate: { c: COUNT(*) } }`));
    expect(columns(node(plan, 'out'))).toEqual([
      'window_start TIMESTAMP(3) NOT NULL',
      'window_end TIMESTAMP(3) NOT NULL',
      'c BIGINT NOT NULL',
    ]);
  });

  test('can be followed by another window', async () => {
    const plan = await planOf(
      around(
        `a: { from: s, ${WINDOW}, group-by: [name], aggregate: { c: COUNT(*) } }
t: { window: { type: tumble, size: 1h }, aggregate: { total: SUM(c) } }`,
      ),
    );
    expect(columns(node(plan, 't')).slice(2, 3)).toEqual(['total BIGINT NOT NULL']);
  });

  test('takes an offset of either sign', async () => {
    const offset = async (text: string): Promise<unknown> =>
      (
        await windowOf(
          `window: { type: tumble, size: 1d, offset: ${text} }, aggregate: { c: COUNT(*) }`,
        )
      ).window;
    expect(await offset('8h')).toEqual({
      kind: 'tumble',
      sizeMs: 86_400_000,
      offsetMs: 28_800_000,
    });
    expect(await offset('-8h')).toEqual({
      kind: 'tumble',
      sizeMs: 86_400_000,
      offsetMs: 57_600_000,
    });
  });

  test.each([
    [
      'hop, size: 1h, slide: 5min',
      { kind: 'hop', sizeMs: 3_600_000, slideMs: 300_000, offsetMs: 0 },
    ],
    [
      'cumulate, size: 1d, step: 1min, offset: 8h',
      {
        kind: 'cumulate',
        sizeMs: 86_400_000,
        stepMs: 60_000,
        offsetMs: 28_800_000,
        leavesOutUnchanged: false,
      },
    ],
    ['session, gap: 30min', { kind: 'session', gapMs: 1_800_000 }],
  ])('reads a window of type %s', async (text, expected) => {
    const found = await windowOf(`window: { type: ${text} }, aggregate: { c: COUNT(*) }`);
    expect(found.window).toEqual(expected);
  });

  test('with results before the end or after it is a changelog of its bounds and groups', async () => {
    const text = (emit: string): string =>
      `${WINDOW}, group-by: [name], aggregate: { c: COUNT(*) }, emit: { ${emit} }`;
    const early = await windowOf(text('early: 60s, allowed-lateness: 1h'));
    expect(early.emit).toEqual({ earlyMs: 60_000, allowedLatenessMs: 3_600_000 });
    expect(early.changelog).toEqual({ key: ['window_start', 'window_end', 'name'] });
    const final = await windowOf(text('allowed-lateness: 0s'));
    expect(final).toMatchObject({ emit: null, changelog: null });
  });

  test('keeps the key of its changelog through a select that renames it', async () => {
    const renamed = await windowOf(
      `${WINDOW}, group-by: [name], aggregate: { c: COUNT(*) }, emit: { early: 60s },
  select: { s: window_start, e: window_end, n: name, c: c }`,
    );
    expect(renamed.changelog).toEqual({ key: ['s', 'e', 'n'] });
    const lost = await windowOf(
      `${WINDOW}, group-by: [name], aggregate: { c: COUNT(*) }, emit: { early: 60s }, select: { n: name, c: c }`,
    );
    expect(lost.changelog).toEqual({ key: null });
  });

  test.each([
    [
      'a file of updates',
      `t: { from: s, ${WINDOW}, aggregate: { c: COUNT(*) }, emit: { early: 10s } }`,
      'out: { from: t, connector: filesystem, path: o, format: json }',
      'DREY_PIPELINE_CHANGELOG',
    ],
    [
      'a column that print shows the kind of change under',
      `t: { from: s, ${WINDOW}, aggregate: { op: COUNT(*) }, emit: { early: 10s } }`,
      'out: { from: t, connector: print }',
      'DREY_PIPELINE_COLUMN',
    ],
    [
      'a window of updates',
      `a: { from: s, ${WINDOW}, aggregate: { c: COUNT(*) }, emit: { early: 10s } }
t: { from: a, window: { type: tumble, size: 1h }, aggregate: { total: SUM(c) } }`,
      'out: { from: t, connector: print }',
      'DREY_PIPELINE_CHANGELOG',
    ],
    [
      'the first value of a window that is added up from parts',
      't: { from: s, window: { type: hop, size: 1h, slide: 1min }, aggregate: { c: FIRST_VALUE(id) } }',
      'out: { from: t, connector: print }',
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'rows left out of a tumbling window',
      `t: { from: s, ${WINDOW}, aggregate: { c: COUNT(*) }, emit: { suppress-unchanged: true } }`,
      'out: { from: t, connector: print }',
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'corrections of sessions',
      't: { from: s, window: { type: session, gap: 1h }, group-by: [name], aggregate: { c: COUNT(*) }, emit: { allowed-lateness: 10s } }',
      'out: { from: t, connector: print }',
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'sessions of several sets of groups',
      't: { from: s, window: { type: session, gap: 1h }, group-by: { rollup: [name] }, aggregate: { c: COUNT(*) } }',
      'out: { from: t, connector: print }',
      'DREY_PIPELINE_NOT_SUPPORTED',
    ],
    [
      'corrections of a hopping window',
      't: { from: s, window: { type: hop, size: 1h, slide: 1min }, aggregate: { c: COUNT(*) }, emit: { early: 10s } }',
      'out: { from: t, connector: print }',
      'DREY_PIPELINE_CONFLICT',
    ],
  ])('refuses %s', async (_name, transforms, sink, code) => {
    const findings = await findingsOf(around(transforms, sink));
    expect(findings).toEqual([expect.stringContaining(code)]);
  });

  test.each([
    ['a slide longer than the size', 'hop, size: 1h, slide: 2h', 'DREY_PIPELINE_VALUE'],
    [
      'a size that is no multiple of the slide',
      'hop, size: 1h, slide: 7min',
      'DREY_PIPELINE_VALUE',
    ],
    [
      'a size that is no multiple of the step',
      'cumulate, size: 1h, step: 7min',
      'DREY_PIPELINE_VALUE',
    ],
    ['no slide', 'hop, size: 1h', 'DREY_PIPELINE_MISSING_FIELD'],
    ['no gap', 'session', 'DREY_PIPELINE_MISSING_FIELD'],
    ['a size of a session', 'session, gap: 1min, size: 1h', 'DREY_PIPELINE_CONFLICT'],
    ['a gap of a tumbling window', 'tumble, size: 1h, gap: 1min', 'DREY_PIPELINE_CONFLICT'],
    ['no step', 'cumulate, size: 1h', 'DREY_PIPELINE_MISSING_FIELD'],
    ['a slide of a tumbling window', 'tumble, size: 1h, slide: 1min', 'DREY_PIPELINE_CONFLICT'],
    [
      'a step of a hopping window',
      'hop, size: 1h, slide: 1min, step: 1s',
      'DREY_PIPELINE_CONFLICT',
    ],
  ])('refuses %s', async (_name, text, code) => {
    const window = around(`t: { from: s, window: { type: ${text} }, aggregate: { c: COUNT(*) } }`);
    const findings = await findingsOf(window);
    expect(findings).toEqual([expect.stringContaining(code)]);
  });

  test('refuses an offset as long as itself', async () => {
    const text = around(
      't: { from: s, window: { type: tumble, size: 1h, offset: 1h }, aggregate: { c: COUNT(*) } }',
    );
    expect(await findingsOf(text)).toEqual(['10:59 DREY_PIPELINE_VALUE']);
  });

  test('without group-by has one group', async () => {
    expect(await windowOf(`${WINDOW}, aggregate: { c: COUNT(*) }`)).toMatchObject({
      groupBy: [],
      groupingSets: [[]],
    });
  });

  test('groups by expressions with a name', async () => {
    const list = await windowOf(
      `${WINDOW}, group-by: [name, big: amount > 9], aggregate: { c: COUNT(*) }`,
    );
    expect(list.groupBy.map(({ name }) => name)).toEqual(['name', 'big']);
    const map = await windowOf(
      `${WINDOW}, group-by: { n: name, big: amount > 9 }, aggregate: { c: COUNT(*) }`,
    );
    expect(map.groupBy.map(({ name }) => name)).toEqual(['n', 'big']);
  });

  test('a column of a list may be followed by a comment', async () => {
    const text = around(`t:
  from: s
  ${WINDOW}
  group-by:
    - name # the name
    - x2: amount
  aggregate: { c: COUNT(*) }`);
    expect(await findingsOf(text)).toEqual([]);
  });

  test('a rollup has a set for each level, and its columns may be NULL', async () => {
    const found = await windowOf(
      `${WINDOW}, group-by: { rollup: [name, id] }, aggregate: { c: COUNT(*), g: "GROUPING(name, id)" }`,
    );
    expect(found.groupingSets).toEqual([[0, 1], [0], []]);
    expect(found.aggregates[1]).toEqual({ kind: 'grouping', name: 'g', groupByIndexes: [0, 1] });
  });

  test('grouping sets name their columns again', async () => {
    const found = await windowOf(
      `${WINDOW}, group-by: { grouping-sets: [[id], [name, id], []] }, aggregate: { c: COUNT(*) }`,
    );
    expect(found.groupBy.map(({ name }) => name)).toEqual(['id', 'name']);
    expect(found.groupingSets).toEqual([[0], [1, 0], []]);
  });

  test.each([
    [
      'an aggregate named as a bound',
      'aggregate: { window_end: COUNT(*) }',
      '10:68 DREY_PIPELINE_COLUMN',
    ],
    [
      'a group named as a bound',
      'group-by: { window_start: id }, aggregate: { c: COUNT(*) }',
      '10:67 DREY_PIPELINE_COLUMN',
    ],
    [
      'an aggregate named as a group',
      'group-by: [id], aggregate: { id: COUNT(*) }',
      '10:84 DREY_PIPELINE_COLUMN',
    ],
    [
      'a group named twice',
      'group-by: [id, id], aggregate: { c: COUNT(*) }',
      '10:70 DREY_PIPELINE_COLUMN',
    ],
    [
      'an unknown group',
      'group-by: [idd], aggregate: { c: COUNT(*) }',
      '10:66 DREY_PIPELINE_COLUMN',
    ],
    [
      'GROUPING of no group',
      'group-by: [id], aggregate: { g: GROUPING(name) }',
      '10:96 DREY_PIPELINE_COLUMN',
    ],
    ['no aggregate', 'group-by: [id]', '10:25 DREY_PIPELINE_MISSING_FIELD'],
    [
      'an expression that is no aggregate',
      'aggregate: { c: id }',
      '10:71 DREY_EXPRESSION_AGGREGATE',
    ],
  ])('%s is refused', async (_, fields, expected) => {
    expect(await findingsOf(around(`t: { from: s, ${WINDOW}, ${fields} }`))).toEqual([expected]);
  });
});
