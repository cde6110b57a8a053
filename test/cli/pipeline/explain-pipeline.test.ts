import { expect, test } from 'vitest';
import { explainNode, inputsOf, summaryOf } from '../../../src/cli/pipeline/explain-pipeline.ts';
import { samplePlan } from './sample-plan.ts';

test('every node is said in a few words', async () => {
  const { nodes } = await samplePlan();
  expect(nodes.map((node) => `${node.name}: ${summaryOf(node)}`)).toEqual([
    'events: source filesystem',
    'places: source filesystem',
    'located: lookup in places, missing: keep',
    'clicks: filter',
    'per_minute: tumbling window of 90s by city',
    'result: sink print',
  ]);
});

test('a lookup reads its stream and its table', async () => {
  const located = (await samplePlan()).nodes.find(({ name }) => name === 'located');
  expect(located === undefined ? [] : inputsOf(located)).toEqual([
    { node: 'events', text: 'events', role: null },
    { node: 'places', text: 'places', role: 'table' },
  ]);
});

test('a window shows its columns with types, and which of them sinks do not write', async () => {
  const window = (await samplePlan()).nodes.find(({ name }) => name === 'per_minute');
  const explained = window === undefined ? null : explainNode(window);
  expect(explained?.columns.map(({ name, hidden }) => (hidden ? `(${name})` : name))).toEqual([
    'window_start',
    'window_end',
    'city',
    'rows',
    'ids',
    'about',
    '(window_time)',
  ]);
  expect(explained).toMatchObject({
    kind: 'window-aggregate',
    parallelism: 2,
    inputs: ['clicks'],
    changelog: false,
  });
});
