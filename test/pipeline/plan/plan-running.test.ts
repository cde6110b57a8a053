import { describe, expect, test } from 'vitest';
import type { RunningAggregateNode } from '../../../src/pipeline/plan/logical-plan.ts';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';

async function running(transforms: string, config = ''): Promise<RunningAggregateNode> {
  const plan = await planOf(withConfig(around(transforms), config));
  const node = plan.nodes.find(({ name }) => name === 't');
  if (node?.kind !== 'running-aggregate') throw new Error('t is a running aggregate');
  return node;
}

function withConfig(text: string, config: string): string {
  return config === ''
    ? text
    : text.replace('{ name: job }', `{ name: job, config: { ${config} } }`);
}

const count = 'aggregate: { n: COUNT(*) }';

describe('a running aggregate', () => {
  test('gives the group columns and the aggregates as a changelog keyed by the former', async () => {
    const node = await running(`t: { from: s, group-by: [name, half: amount / 2], ${count} }`);
    expect(node).toMatchObject({
      timeColumn: null,
      hiddenColumns: [],
      changelog: { key: ['name', 'half'] },
      takesUpdates: false,
      stateTtlMs: 0,
      groupingSets: [[0, 1]],
    });
    expect(node.schema.map(({ name }) => name)).toEqual(['name', 'half', 'n']);
  });

  test('without groups has one row', async () => {
    expect(await running(`t: { from: s, ${count} }`)).toMatchObject({ changelog: { key: [] } });
  });

  test('has no key where several grouping sets make its rows', async () => {
    const node = await running(`t: { from: s, group-by: { rollup: [name] }, ${count} }`);
    expect(node).toMatchObject({ groupingSets: [[0], []], changelog: { key: null } });
  });

  test('may name its columns as a window does', async () => {
    const node = await running(`t: { from: s, group-by: [window_start: name], ${count} }`);
    expect(node.schema.map(({ name }) => name)).toEqual(['window_start', 'n']);
  });

  test('takes updates, and refuses aggregates that cannot forget', async () => {
    const a = `a: { from: s, group-by: [name], aggregate: { n: COUNT(*), last: LAST_VALUE(id) } }`;
    const node = await running(
      `${a}\nt: { group-by: [n], aggregate: { names: COUNT(*), least: MIN(name) } }`,
    );
    expect(node).toMatchObject({ takesUpdates: true, changelog: { key: ['n'] } });
    const refused = `${a}\nt: { group-by: [n], aggregate: { f: FIRST_VALUE(name), a: APPROX_COUNT_DISTINCT(name) } }`;
    expect(await findingsOf(around(refused))).toEqual([
      '11:39 DREY_PIPELINE_CHANGELOG',
      '11:61 DREY_PIPELINE_CHANGELOG',
    ]);
  });

  test('is no input for a window', async () => {
    const transforms = `a: { from: s, group-by: [name, ts], ${count} }\nt: { window: { type: tumble, size: 1min }, ${count} }`;
    const findings = await findingsOf(around(transforms));
    expect(findings.map((each) => each.replace(/^\S+ /, '')).toSorted()).toEqual([
      'DREY_PIPELINE_CHANGELOG',
      'DREY_PIPELINE_TIME_ATTRIBUTE',
    ]);
  });

  test('needs aggregates', async () => {
    expect(await findingsOf(around('t: { from: s, group-by: [name] }'))).toEqual([
      '10:27 DREY_PIPELINE_MISSING_FIELD',
    ]);
  });
});

describe('state-ttl', () => {
  test('is that of the node, else that of the pipeline', async () => {
    const plain = `t: { from: s, group-by: [name], ${count} }`;
    const own = plain.replace('{ from', '{ state-ttl: 1h, from');
    const config = 'table.exec.state.ttl: 1 min';
    expect((await running(own)).stateTtlMs).toBe(3_600_000);
    expect((await running(plain, config)).stateTtlMs).toBe(60_000);
    expect((await running(own, config)).stateTtlMs).toBe(3_600_000);
    expect(
      (await running(plain.replace('{ from', '{ state-ttl: 0s, from'), config)).stateTtlMs,
    ).toBe(0);
    expect((await running(plain, 'table.exec.state.ttl: 1500 micros')).stateTtlMs).toBe(2);
  });

  test.each([
    ['a window', `window: { type: tumble, size: 1min }, ${count}`],
    ['no aggregation', 'where: amount > 1'],
  ])('does not go with %s', async (_, fields) => {
    const findings = await findingsOf(around(`t: { from: s, state-ttl: 1h, ${fields} }`));
    expect(findings).toEqual(['10:28 DREY_PIPELINE_CONFLICT']);
  });

  const minutes = `m: { from: s, group-by: [name], window: { type: tumble, size: 1min }, emit: { allowed-lateness: 1h }, ${count} }`;

  test.each([
    [
      'of a window',
      `${minutes}\nt: { group-by: [window_start], ${count}, state-ttl: 1h }`,
      '61min',
    ],
    [
      'of a window, by another name and through other nodes',
      `${minutes}\nu: { select: { start: window_end, name: name } }\nv: { union: [u, u] }\nt: { group-by: [start], ${count}, state-ttl: 1h }`,
      '61min',
    ],
    [
      'of a window that was grouped by before',
      `${minutes}\nv: { group-by: [window_start, name], aggregate: { c: SUM(n) }, state-ttl: 2h }\nt: { group-by: [window_start], ${count}, state-ttl: 1h }`,
      '61min',
    ],
    [
      'of a time rounded down',
      `t: { from: s, group-by: [h: FLOOR(CAST(ts AS TIMESTAMP(3)) TO DAY)], ${count}, state-ttl: 1h }`,
      '1d',
    ],
    [
      'of a time rounded down before',
      `a: { from: s, select: { h: FLOOR(ts TO DAY) } }\nt: { group-by: [h], ${count}, state-ttl: 1h }`,
      '1d',
    ],
  ])('is at least as long as groups %s', async (_, transforms, needed) => {
    const { findings } = await loadText(around(transforms));
    expect(findings).toMatchObject([{ code: 'DREY_PIPELINE_STATE_TTL' }]);
    expect(findings[0]?.message).toContain(`${needed} (`);
    expect(findings[0]?.message).toContain('after 1h');
    const long = transforms.replace(/state-ttl: 1h }$/, `state-ttl: ${needed} }`);
    expect(await findingsOf(around(long))).toEqual([]);
  });

  test('of the pipeline is held against the groups, too, but not against windows', async () => {
    const grouped = `${minutes}\nt: { group-by: [window_start], ${count} }`;
    const config = 'table.exec.state.ttl: 30s';
    expect(await findingsOf(withConfig(around(grouped), config))).toEqual([
      '11:3 DREY_PIPELINE_STATE_TTL',
    ]);
    const final = minutes.replace('m:', 't:');
    expect(await findingsOf(withConfig(around(final), config))).toEqual([]);
  });
});

describe('state without a bound', () => {
  const endless = (transform: string): string =>
    around(transform)
      .replace('connector: filesystem', 'connector: datagen')
      .replace('    path: in.json\n    format: json\n', '');
  const grouped = `t: { from: s, group-by: [name], ${count} }`;

  test('is warned about where rows never end', async () => {
    const { findings } = await loadText(endless(grouped));
    expect(findings).toMatchObject([
      { code: 'DREY_PIPELINE_UNBOUNDED_STATE', severity: 'warning', line: 8, column: 3 },
    ]);
    expect(findings[0]?.message).toContain('"t"');
    expect(findings[0]?.hint).toContain('state-ttl');
    expect(await findingsOf(endless(grouped), { strict: true })).toEqual([
      '8:3 DREY_PIPELINE_UNBOUNDED_STATE',
    ]);
  });

  test.each([
    ['rows end', around(grouped)],
    [
      'a number of rows is made',
      endless(grouped).replace('connector: datagen', 'connector: datagen\n    number-of-rows: 9'),
    ],
    ['groups are forgotten', endless(grouped.replace('{ from', '{ state-ttl: 1h, from'))],
    ['that is said to be meant', endless(grouped.replace('{ from', '{ state-ttl: 0s, from'))],
    ['there is one group', endless(`t: { from: s, ${count} }`)],
  ])('is nothing to warn about where %s', async (_, text) => {
    expect(await findingsOf(text, { strict: true })).toEqual([]);
  });

  test('is that of distinct values, too', async () => {
    const distinct = 't: { from: s, aggregate: { n: COUNT(DISTINCT name) } }';
    expect(await findingsOf(endless(distinct))).toEqual([
      '8:3 warning DREY_PIPELINE_UNBOUNDED_STATE',
    ]);
  });
});
