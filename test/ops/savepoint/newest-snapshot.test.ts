import { expect, test } from 'vitest';
import { decodeCheckpoints } from '../../../src/flink/model/checkpoint.ts';
import { newestSnapshot } from '../../../src/ops/savepoint/newest-snapshot.ts';
import { recordedVersions, recordingOf } from '../../support/flink-recordings.ts';

const entry = (id: number, more: object = {}) => ({
  id,
  status: 'COMPLETED',
  external_path: `file:/${id}`,
  ...more,
});

test.each([
  ['the newest', [entry(3), entry(2)], 'file:/3'],
  ['a savepoint like a checkpoint', [entry(3, { is_savepoint: true }), entry(2)], 'file:/3'],
  ['no one in progress', [entry(4, { status: 'IN_PROGRESS' }), entry(3)], 'file:/3'],
  ['no one that failed', [entry(4, { status: 'FAILED' }), entry(3)], 'file:/3'],
  ['no one whose files are deleted', [entry(4, { discarded: true }), entry(3)], 'file:/3'],
  [
    'no one without an address',
    [entry(4, { external_path: '<checkpoint-not-externally-addressable>' }), entry(3)],
    'file:/3',
  ],
  ['nothing where there is nothing', [], undefined],
])('the snapshot to restore from is %s', (_, history, location) => {
  expect(newestSnapshot(decodeCheckpoints({ history }))?.location).toBe(location);
});

test('one that has left the history is known by the latest', () => {
  const overview = decodeCheckpoints({ history: [entry(1)], latest: { savepoint: entry(9) } });
  expect(newestSnapshot(overview)?.location).toBe('file:/9');
});

test.each(recordedVersions)(
  'that of a stopped job of Flink %s is its last savepoint',
  (version) => {
    const { body } = recordingOf(version, 'stopped-ck');
    expect(newestSnapshot(decodeCheckpoints(body))).toMatchObject({ isSavepoint: true });
  },
);
