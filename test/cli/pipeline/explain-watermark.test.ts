import { expect, test } from 'vitest';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';
import { explainText } from '../../../src/cli/pipeline/explain-text.ts';
import { explainWatermark } from '../../../src/cli/pipeline/explain-watermark.ts';
import { stateOf } from '../../../src/cli/pipeline/node-state.ts';
import { createPalette } from '../../../src/output/palette.ts';
import type { SourceNode } from '../../../src/pipeline/plan/logical-plan.ts';
import { planOf } from '../../pipeline/load-text.ts';

async function sourceWith(watermark: string, connector = 'connector: stdin'): Promise<SourceNode> {
  const plan = await planOf(`pipeline: { name: job }
sources:
  s:
    ${connector}
    columns: { ts: TIMESTAMP(3) }
${watermark === '' ? '' : `    watermark: { column: ts, ${watermark} }`}
sinks:
  out: { from: s, connector: print }
`);
  const [source] = plan.nodes;
  if (source?.kind !== 'source') throw new Error('the source comes first');
  return source;
}

test.each([
  ['delay: 25s', ['strategy: bounded, 25s behind the highest event time']],
  ['strategy: ascending', ['strategy: ascending, the highest event time']],
  [
    'strategy: dynamic, factor: 2',
    [
      'strategy: dynamic, behind the highest event time by 2 times the mean of the last 100 delays, at least 5s',
    ],
  ],
  ['delay: 1s', ['emit: on-event, with the rows']],
  ['emit: on-periodic', ['emit: on-periodic, at most once in 200ms']],
  ['delay: 1s', ['idle-timeout: none, a silent file or partition holds the watermark back']],
  ['idle-timeout: 30s', ['idle-timeout: 30s']],
  [
    'alignment: { group: g, max-drift: 5min }',
    ['alignment: at most 5min ahead of the slowest of group g'],
  ],
])('%s: %j', async (watermark, expected) => {
  const lines = explainWatermark(await sourceWith(watermark));
  expect(lines.map(({ name, description }) => `${name}: ${description}`)).toEqual(
    expect.arrayContaining(expected),
  );
});

test('the timeout of a source that ends has no effect', async () => {
  const file = 'connector: filesystem\n    path: in.json\n    format: json';
  const lines = explainWatermark(await sourceWith('idle-timeout: 30s', file));
  expect(lines.find(({ name }) => name === 'idle-timeout')?.description).toBe(
    '30s, without effect: the source ends',
  );
});

test('without event time there is nothing to say', async () => {
  expect(explainWatermark(await sourceWith(''))).toEqual([]);
});

test('the delays of a dynamic watermark are state', async () => {
  const source = await sourceWith('strategy: dynamic, samples: 7');
  expect(stateOf(source).at(-1)).toEqual({
    name: 'delays',
    kind: 'operator',
    description: 'the last 7 delays of each split',
  });
});

test('people read it below the columns', async () => {
  const node = explainNode(await sourceWith('delay: 25s'));
  const result = {
    name: 'job',
    parallelism: 1,
    maxParallelism: 128,
    timeZone: 'UTC',
    nodes: [node],
    configuration: [],
  };
  expect(explainText(result, createPalette(false))).toContain(`
  watermark    strategy: bounded, 25s behind the highest event time
               emit: on-event, with the rows
               idle-timeout: none, a silent file or partition holds the watermark back
  gives        appended rows
`);
});
