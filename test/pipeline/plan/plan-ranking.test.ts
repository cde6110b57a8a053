import { describe, expect, test } from 'vitest';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';
import { runSimulated } from '../../support/simulated-job.ts';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';

async function nodeOf(transforms: string, sink?: string) {
  const plan = await planOf(around(transforms, sink));
  return plan.nodes.find(({ name }) => name === 't')!;
}

const print = 'out: { from: t, connector: print }';
const file = 'out: { from: t, connector: filesystem, path: out, format: json }';
const counted = `w:
  window: { type: tumble, size: 1min }
  group-by: [name]
  aggregate: { n: COUNT(*), total: SUM(amount) }`;

describe('a dedup', () => {
  test('of first rows appends, and keeps the time attribute', async () => {
    const node = await nodeOf('t: { dedup: { keys: [id, name], keep: first } }', file);
    expect(node).toMatchObject({
      kind: 'dedup',
      keys: [0, 1],
      timeIndex: null,
      timeColumn: 'ts',
      changelog: null,
    });
    expect(await nodeOf('t: { dedup: { keys: [id], keep: first, order-by: ts } }')).toMatchObject({
      timeIndex: 3,
      changelog: null,
    });
  });

  test('of last rows is a changelog with its keys, through a select', async () => {
    const dedup = 'dedup: { keys: [id, name], keep: last, order-by: ts }';
    expect(await nodeOf(`t: { ${dedup} }`)).toMatchObject({ changelog: { key: ['id', 'name'] } });
    const renamed = await nodeOf(`t: { ${dedup}, select: { who: name, id: id } }`);
    expect(renamed.changelog).toEqual({ key: ['id', 'who'] });
    expect(await findingsOf(around(`t: { ${dedup} }`, file))).toEqual([
      '12:16 DREY_PIPELINE_CHANGELOG',
    ]);
  });

  test.each([
    ['t: { dedup: { keep: first } }', ['10:15 DREY_PIPELINE_MISSING_FIELD']],
    ['t: { dedup: { keys: [], keep: first } }', ['10:23 DREY_PIPELINE_VALUE']],
    ['t: { dedup: { keys: [id], keep: some } }', ['10:35 DREY_PIPELINE_VALUE']],
    [
      't: { dedup: { keys: [it, id, id], keep: first } }',
      ['10:24 DREY_PIPELINE_COLUMN', '10:32 DREY_PIPELINE_COLUMN'],
    ],
    [
      't: { dedup: { keys: [id], keep: last, order-by: amount } }',
      ['10:51 DREY_PIPELINE_TIME_ATTRIBUTE'],
    ],
    [
      'a: { select: { id: id } }\nt: { dedup: { keys: [id], keep: last, order-by: id } }',
      ['11:51 DREY_PIPELINE_TIME_ATTRIBUTE'],
    ],
    [
      't: { dedup: { keys: [id], keep: last }, top-n: { n: 1, order-by: [id] } }',
      ['10:50 DREY_PIPELINE_CONFLICT'],
    ],
    ['t: { dedup: { keys: [id], keep: last }, group-by: [id] }', ['10:53 DREY_PIPELINE_CONFLICT']],
  ])('%s is refused', async (transforms, expected) => {
    expect(await findingsOf(around(transforms))).toEqual(expected);
  });

  test('takes no updates, and a window takes none of its', async () => {
    const twice = `a: { dedup: { keys: [id], keep: last } }
t: { from: a, dedup: { keys: [name], keep: first } }`;
    expect(await findingsOf(around(twice))).toEqual(['11:14 DREY_PIPELINE_CHANGELOG']);
    const windowed = `a: { dedup: { keys: [id], keep: last } }
t: { from: a, window: { type: tumble, size: 1min }, aggregate: { n: COUNT(*) } }`;
    expect(await findingsOf(around(windowed))).toEqual(['11:14 DREY_PIPELINE_CHANGELOG']);
  });
});

describe('a top-n', () => {
  test('is a changelog by partition and rank', async () => {
    const topN = 'top-n: { n: 3, partition-by: [name], order-by: [amount DESC, id], rank: place }';
    const node = await nodeOf(`t: { ${topN} }`);
    expect(node).toMatchObject({
      kind: 'top-n',
      n: 3,
      partitionBy: [1],
      orderBy: [
        { index: 2, isDescending: true },
        { index: 0, isDescending: false },
      ],
      form: { kind: 'streaming', input: null },
      changelog: { key: ['name', 'place'] },
    });
    expect(node.schema.at(-1)).toEqual({
      name: 'place',
      type: { root: 'BIGINT', nullable: false },
    });
    expect(await findingsOf(around(`t: { ${topN} }`, file))).toContain(
      '12:16 DREY_PIPELINE_CHANGELOG',
    );
  });

  test('writes its order in either way', async () => {
    const orderBy = async (text: string) => nodeOf(`t: { top-n: { n: 3, order-by: ${text} } }`);
    const node = await orderBy('[amount desc, id ASC, name]');
    expect(await orderBy('[{ amount: desc }, { id: asc }, "`name`"]')).toEqual(node);
    expect(node).toMatchObject({ orderBy: [{ isDescending: true }, { index: 0 }, { index: 1 }] });
  });

  test('without the rank has the key of its input, or its partition for one row', async () => {
    const last = 'a: { dedup: { keys: [id], keep: last } }';
    const node = await nodeOf(`${last}\nt: { from: a, top-n: { n: 3, order-by: [amount, id] } }`);
    expect(node).toMatchObject({ form: { input: { key: [0] } }, changelog: { key: ['id'] } });
    const one = await nodeOf('t: { top-n: { n: 1, partition-by: [name], order-by: [amount] } }');
    expect(one.changelog).toEqual({ key: ['name'] });
    const more = await nodeOf('t: { top-n: { n: 2, partition-by: [name], order-by: [amount] } }');
    expect(more.changelog).toEqual({ key: null });
  });

  test('behind final windows is one of each window, and appends', async () => {
    const topN = 't: { from: w, top-n: { n: 2, order-by: [n DESC, name], rank: place } }';
    const node = await nodeOf(`${counted}\n${topN}`, file);
    expect(node).toMatchObject({
      partitionBy: [0, 1],
      form: { kind: 'window', window: { endIndex: 1, latenessMs: 0 } },
      changelog: null,
      timeColumn: 'window_time',
      hiddenColumns: ['window_time'],
    });
  });

  test('knows the window through selects that keep its bounds', async () => {
    const kept = `${counted}
s2: { from: w, where: n > 1, select: { till: window_end, since: window_start, name: name, n: n } }
t: { from: s2, top-n: { n: 2, partition-by: [name], order-by: [n DESC] } }`;
    expect(await nodeOf(kept)).toMatchObject({
      partitionBy: [1, 0, 2],
      form: { kind: 'window', window: { endIndex: 0 } },
    });
    const lost = kept.replace('since: window_start, ', '');
    expect(await nodeOf(lost)).toMatchObject({
      partitionBy: [1],
      form: { kind: 'streaming', input: null, window: null },
    });
  });

  test('of windows that are corrected is a changelog within each window', async () => {
    const early = `${counted}\n  emit: { early: 10s, allowed-lateness: 1h }
t: { from: w, top-n: { n: 2, order-by: [n DESC, name] } }`;
    expect(await nodeOf(early)).toMatchObject({
      partitionBy: [0, 1],
      form: {
        kind: 'streaming',
        input: { key: [0, 1, 2] },
        window: { endIndex: 1, latenessMs: 3_600_000 },
      },
      changelog: { key: ['window_start', 'window_end', 'name'] },
    });
  });

  test('does not take sessions for windows', async () => {
    const sessions = `${counted.replace('tumble, size: 1min', 'session, gap: 1min')}
t: { from: w, top-n: { n: 2, order-by: [n DESC, name] } }`;
    expect(await nodeOf(sessions)).toMatchObject({ partitionBy: [], form: { kind: 'streaming' } });
  });

  test.each([
    ['t: { top-n: { n: 0, order-by: [id] } }', ['10:20 DREY_PIPELINE_VALUE']],
    ['t: { top-n: { n: 10001, order-by: [id] } }', ['10:20 DREY_PIPELINE_VALUE']],
    ['t: { top-n: { n: 1 } }', ['10:15 DREY_PIPELINE_MISSING_FIELD']],
    ['t: { top-n: { n: 1, order-by: [] } }', ['10:33 DREY_PIPELINE_VALUE']],
    ['t: { top-n: { n: 1, order-by: [nam] } }', ['10:34 DREY_EXPRESSION_UNKNOWN_COLUMN']],
    ['t: { top-n: { n: 1, order-by: [amount + 1 DESC] } }', ['10:34 DREY_PIPELINE_NOT_SUPPORTED']],
    ['t: { top-n: { n: 1, order-by: [{ id: asc, name: desc }] } }', ['10:45 DREY_PIPELINE_VALUE']],
    ['t: { top-n: { n: 1, order-by: [{ id: up }] } }', ['10:40 DREY_PIPELINE_VALUE']],
    ['t: { top-n: { n: 1, partition-by: [it], order-by: [id] } }', ['10:38 DREY_PIPELINE_COLUMN']],
    ['t: { top-n: { n: 2, order-by: [id], rank: name } }', ['10:45 DREY_PIPELINE_COLUMN']],
    [
      't: { top-n: { n: 2, order-by: [id] }, lookup: { table: x, on: { id: id } } }',
      ['10:15 DREY_PIPELINE_CONFLICT'],
    ],
    [
      't: { top-n: { n: 1, partition-by: [id], order-by: [ts DESC] } }',
      ['10:53 DREY_PIPELINE_CONFLICT'],
    ],
    [
      'a: { select: { id: id, list: "ARRAY[id]" } }\nt: { from: a, top-n: { n: 2, order-by: [list] } }',
      ['11:43 DREY_PIPELINE_TYPE'],
    ],
  ])('%s is refused', async (transforms, expected) => {
    const findings = await findingsOf(around(transforms));
    expect(findings.filter((finding) => !finding.includes('warning'))).toEqual(expected);
  });

  test('says how to write the first row by time', async () => {
    const { findings } = await loadText(
      around('t: { top-n: { n: 1, partition-by: [id], order-by: [ts DESC] } }'),
    );
    expect(findings.map(({ hint }) => hint)).toContain(
      'Write dedup: { keys: [...], keep: last, order-by: ts }.',
    );
  });

  test('warns when rows may be equal in order, and names what tells them apart', async () => {
    const warning = 'warning DREY_PIPELINE_TIES';
    const findings = async (text: string) => findingsOf(around(text, print));
    expect(await findings('t: { top-n: { n: 2, order-by: [amount] } }')).toEqual([
      `10:33 ${warning}`,
    ]);
    const last = 'a: { dedup: { keys: [id], keep: last } }';
    expect(
      await findings(`${last}\nt: { from: a, top-n: { n: 2, order-by: [amount, id] } }`),
    ).toEqual([]);
    const windowed = (order: string) =>
      `${counted}\nt: { from: w, top-n: { n: 2, order-by: [${order}] } }`;
    expect(await findings(windowed('n DESC, name'))).toEqual([]);
    const { findings: found } = await loadText(around(windowed('n DESC')));
    expect(found).toMatchObject([{ severity: 'warning', hint: 'Add name to order-by.' }]);
  });
});

describe('the state of both', () => {
  const ttlOf = async (transforms: string, config = '') => {
    const text = around(transforms).replace('name: job', `name: job${config}`);
    const node = (await planOf(text)).nodes.find(({ name }) => name === 't')!;
    if (node.kind === 'dedup') return node.stateTtlMs;
    return node.kind === 'top-n' && node.form.kind === 'streaming' ? node.form.stateTtlMs : null;
  };
  const dedup = 'dedup: { keys: [id], keep: first }';
  const topN = 'top-n: { n: 2, partition-by: [id], order-by: [amount] }';

  test('has the time to live of the node, else that of the pipeline', async () => {
    const config = ', config: { table.exec.state.ttl: 2 h }';
    expect(await ttlOf(`t: { ${dedup} }`)).toBe(0);
    expect(await ttlOf(`t: { ${dedup}, state-ttl: 1min }`, config)).toBe(60_000);
    expect(await ttlOf(`t: { ${dedup} }`, config)).toBe(7_200_000);
    expect(await ttlOf(`t: { ${topN} }`, config)).toBe(7_200_000);
  });

  test('of a top-n of windows ends with them', async () => {
    const windowed = `${counted}
t: { from: w, top-n: { n: 2, order-by: [n DESC, name] }, state-ttl: 1h }`;
    expect(await findingsOf(around(windowed))).toEqual(['14:71 DREY_PIPELINE_CONFLICT']);
  });

  test('is warned about where rows never end', async () => {
    const endless = (transforms: string) =>
      around(transforms)
        .replace(
          '    connector: filesystem\n    path: in.json\n    format: json',
          '    connector: datagen',
        )
        .replace('ts: TIMESTAMP_LTZ(3)', 'ts: TIMESTAMP_LTZ(3), id2: INT');
    const codes = async (transforms: string) =>
      (await findingsOf(endless(transforms))).map((finding) => finding.replace(/^\S+ /, ''));
    const warning = 'warning DREY_PIPELINE_UNBOUNDED_STATE';
    const ties = 'warning DREY_PIPELINE_TIES';
    expect(await codes(`t: { ${dedup} }`)).toEqual([warning]);
    expect(await codes(`t: { ${dedup}, state-ttl: 1h }`)).toEqual([]);
    expect(await codes(`t: { ${topN} }`)).toEqual([warning, ties]);
    expect(await codes('t: { top-n: { n: 2, order-by: [amount] } }')).toEqual([ties]);
  });
});

test('explain says what they are and keep', async () => {
  const explained = async (text: string) => explainNode(await nodeOf(text));
  const dedup = await explained('t: { dedup: { keys: [id], keep: first, order-by: ts } }');
  expect(dedup.summary).toBe('first row of each key, by event time, appended');
  expect(dedup.state.map(({ name }) => name)).toEqual(['waiting', 'keys']);
  const topN = await explained(
    't: { top-n: { n: 3, partition-by: [name], order-by: [amount DESC, id], rank: place } }',
  );
  expect(topN.summary).toBe('first 3 of each name by amount DESC, id, with rank, updated');
  expect(topN).toMatchObject({ changelog: true, state: [{ name: 'rows', kind: 'keyed' }] });
});

test('a file with a filter, a top-n by window and a select runs', async () => {
  const pipeline = around(
    `${counted}
t:
  from: w
  where: n > 1
  top-n: { n: 1, order-by: [n DESC, name ASC], rank: place }
  select: { since: window_start, name: name, n: n, place: place }`,
  );
  const at = (second: number, name: string) =>
    `{"id":1,"name":"${name}","amount":1,"ts":"2024-01-01 00:00:${second}Z"}\n`;
  const rows = [at(10, 'a'), at(11, 'b'), at(12, 'b'), at(13, 'c'), at(14, 'c'), at(15, 'd')];
  const { output } = await runSimulated(
    { pipeline: pipeline.replace('in.json', 'in.jsonl'), files: { 'in.jsonl': rows.join('') } },
    { seed: 1 },
  );
  expect(output).toBe('{"since":"2024-01-01 00:00:00","name":"b","n":2,"place":1}\n');
});
