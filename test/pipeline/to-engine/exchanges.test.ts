import { describe, expect, test } from 'vitest';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';
import { inputsOf } from '../../../src/engine/graph/job-graph.ts';
import type { Exchange } from '../../../src/engine/graph/stream-graph.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { planOf } from '../load-text.ts';

const sources = `
pipeline: { name: job, parallelism: 4 }
sources:
  s:
    connector: filesystem
    path: in.json
    format: json
    columns: { id: STRING, kind: STRING, n: BIGINT, ts: TIMESTAMP_LTZ(3) }
    watermark: { column: ts, delay: 5s }
  other:
    connector: filesystem
    path: other.json
    format: json
    columns: { rid: STRING, k: STRING, m: BIGINT, rts: TIMESTAMP_LTZ(3) }
    watermark: { column: rts, delay: 5s }
`;

const pipeline = (transforms: string, sink = '{ from: t, connector: print }'): string =>
  `${sources}transforms:\n  ${transforms}\nsinks:\n  out: ${sink}\n  rest: { from: other, connector: blackhole }\n`;

const textOf = (exchange: Exchange | undefined): string => {
  if (exchange?.kind !== 'hash') return exchange?.kind ?? 'forward';
  return `hash ${exchange.keys.map((key) => (key.kind === 'column' ? key.name : key.kind)).join()}`;
};

/** Each node behind the sources as `uid*parallelism: exchange of each input`. */
async function exchangesOf(text: string): Promise<readonly string[]> {
  const { nodes } = toStreamGraph(await planOf(text));
  return nodes.flatMap((node) => {
    if (node.kind === 'source' || node.uid === 'rest') return [];
    const inputs = inputsOf(node).map(({ exchange }) => textOf(exchange));
    return [`${node.uid}*${node.parallelism}: ${inputs.join(' | ')}`];
  });
}

async function check(transforms: string, expected: readonly string[]): Promise<void> {
  expect(await exchangesOf(pipeline(transforms))).toEqual([...expected, expect.any(String)]);
}

const WINDOW = 'window: { type: tumble, size: 1min }, aggregate: { c: COUNT(*) }';

describe('rows that belong together go to one subtask', () => {
  test('those of a group, behind the filter', async () => {
    await check(`t: { from: s, where: n > 0, group-by: [kind, id], ${WINDOW} }`, [
      't/where*4: forward',
      't*4: hash kind,id',
    ]);
  });

  test('those of a group that is computed', async () => {
    await check(`t: { from: s, group-by: { k: UPPER(kind) }, ${WINDOW} }`, ['t*4: hash call']);
  });

  test('those of a running aggregate', async () => {
    await check('t: { from: s, group-by: [id], aggregate: { c: COUNT(*) } }', ['t*4: hash id']);
  });

  test('those of a session', async () => {
    const window = 'window: { type: session, gap: 1min }, aggregate: { c: COUNT(*) }';
    await check(`t: { from: s, group-by: [id], ${window} }`, ['t*4: hash id']);
  });

  test('those of a key of a join, on both sides', async () => {
    const join = '{ left: s, right: other, on: { id: rid, kind: k }, between: [0s, 1min] }';
    await check(`t: { join: ${join} }`, ['t*4: hash id,kind | hash rid,k']);
  });

  test('those that are told apart by a key', async () => {
    await check('t: { dedup: { keys: [id, kind], keep: first }, from: s }', ['t*4: hash id,kind']);
  });

  test('those of a partition', async () => {
    const topN = 'top-n: { n: 3, partition-by: [kind], order-by: [n DESC] }';
    await check(`t: { from: s, ${topN} }`, ['t*4: hash kind']);
  });

  test('those of one value of a dictionary', async () => {
    await check('t: { from: s, dictionary: { column: kind, as: number } }', ['t*4: hash kind']);
  });
});

describe('rows without a key in common come to the only subtask', () => {
  test('of a node without group columns', async () => {
    await check(`t: { from: s, where: n > 0, ${WINDOW}, select: { c: c } }`, [
      't/where*4: forward',
      't/window*1: forward',
      't*1: forward',
    ]);
  });

  test('of a rollup', async () => {
    await check(`t: { from: s, group-by: { rollup: [kind, id] }, ${WINDOW} }`, ['t*1: forward']);
  });

  test('and explain says why', async () => {
    const plan = await planOf(pipeline(`t: { from: s, ${WINDOW} }`));
    const explained = plan.nodes.map(explainNode).find(({ name }) => name === 't');
    expect(explained).toMatchObject({
      parallelism: 1,
      singleSubtaskBecause: 'all rows are one group',
    });
  });
});

describe('changes of one row stay in their order', () => {
  const counted = 't: { from: s, group-by: [kind], aggregate: { c: COUNT(*) } }';

  test('where the number of subtasks becomes another', async () => {
    const sink = '{ from: t, connector: print, parallelism: 3 }';
    expect(await exchangesOf(pipeline(counted, sink))).toEqual([
      't*4: hash kind',
      'out*3: hash kind',
    ]);
  });

  test('by being passed on where it stays', async () => {
    expect((await exchangesOf(pipeline(counted))).at(-1)).toBe('out*4: forward');
  });
});
