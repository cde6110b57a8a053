import { expect, test } from 'vitest';
import { decodeJobDetails } from '../../../src/flink/model/job.ts';
import { recordingOf } from '../../support/flink-recordings.ts';

const recorded = recordingOf('2.3.0', 'job').body as { readonly plan: object };

test('the details of a job have its plan', () => {
  expect(decodeJobDetails(recorded).plan?.objects('nodes')).toHaveLength(2);
});

test.each([
  ['is missing', undefined],
  ['is no object', 'x'],
  ['has no nodes', { ...recorded.plan, nodes: null }],
  ['has a node without an id', { ...recorded.plan, nodes: [{}] }],
  ['has an input of another type', { nodes: [{ id: 'a'.repeat(32), inputs: [{ id: true }] }] }],
])('a plan that %s leaves the rest of the details as it is', (_, plan) => {
  const details = decodeJobDetails({ ...recorded, plan });
  expect(details).toMatchObject({ name: 'tick', plan: null });
});
