import { expect, test } from 'vitest';
import { graphOf } from '../../../src/cli/pipeline/draw-pipeline.ts';
import { samplePlan } from './sample-plan.ts';

test('the graph has an edge for every input, the table of a lookup marked', async () => {
  const { nodes, edges } = graphOf(await samplePlan());
  expect(nodes).toHaveLength(6);
  expect(edges).toEqual([
    { from: 'events', to: 'located', label: null },
    { from: 'places', to: 'located', label: 'table' },
    { from: 'located', to: 'clicks', label: null },
    { from: 'clicks', to: 'per_minute', label: null },
    { from: 'per_minute', to: 'result', label: null },
  ]);
});
