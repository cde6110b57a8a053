import { expect, test } from 'vitest';
import { withParallelism } from '../../../src/cli/run/run-pipeline.ts';
import { samplePlan } from '../pipeline/sample-plan.ts';

test('without the flag the plan is as written', async () => {
  const plan = await samplePlan();
  expect(withParallelism(plan, null)).toBe(plan);
});

test('the flag replaces the default and leaves what a node says itself', async () => {
  const plan = withParallelism(await samplePlan(), 3);
  expect(plan.parallelism).toBe(3);
  expect(plan.nodes.map(({ name, parallelism }) => `${name} ${parallelism}`)).toEqual([
    'events 3',
    'places 3',
    'located 4',
    'clicks 3',
    'per_minute 3',
    'result 3',
  ]);
});

test('more than max-parallelism is refused', async () => {
  const plan = await samplePlan();
  expect(() => withParallelism(plan, 9)).toThrow(
    expect.objectContaining({ code: 'DREY_USAGE', exitCode: 2 }),
  );
});
