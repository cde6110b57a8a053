import { expect, test } from 'vitest';
import { stateOf } from '../../../src/cli/pipeline/node-state.ts';
import { samplePlan } from './sample-plan.ts';

test.each([
  ['events', ['position operator', 'watermark operator']],
  ['places', ['position operator']],
  ['located', ['table broadcast']],
  ['clicks', []],
  ['per_minute', ['accumulators keyed', 'ids keyed', 'about keyed']],
  ['result', []],
])('%s keeps %j', async (name, expected) => {
  const node = (await samplePlan()).nodes.find((other) => other.name === name);
  expect(node).toBeDefined();
  expect(
    node === undefined ? [] : stateOf(node).map((state) => `${state.name} ${state.kind}`),
  ).toEqual(expected);
});
