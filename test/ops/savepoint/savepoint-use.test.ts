import { describe, expect, test } from 'vitest';
import { decodeCheckpoints } from '../../../src/flink/model/checkpoint.ts';
import { isSamePlace, savepointUse } from '../../../src/ops/savepoint/savepoint-use.ts';

const SAVEPOINT = 'file:/sp/savepoint-1';

function checkpoints(completed: object | null, restored: object | null) {
  return decodeCheckpoints({ history: [], latest: { completed, restored } });
}

const completedAt = (id: number, location: string) => ({
  id,
  status: 'COMPLETED',
  external_path: location,
});
const restoredFrom = (id: number, location: string) => ({ id, external_path: location });

describe('a savepoint', () => {
  test.each([
    [
      'is unused by a job that never saw it',
      checkpoints(completedAt(7, 'file:/ck/7'), null),
      'unused',
    ],
    ['is unused by a job without anything', checkpoints(null, null), 'unused'],
    ['is needed when it is the newest', checkpoints(completedAt(7, SAVEPOINT), null), 'latest'],
    [
      'is needed until the restored job completes something',
      checkpoints(null, restoredFrom(7, SAVEPOINT)),
      'restored',
    ],
    [
      'is unused once it has',
      checkpoints(completedAt(8, 'file:/ck/8'), restoredFrom(7, SAVEPOINT)),
      'unused',
    ],
    [
      'is needed when all that was completed is older',
      checkpoints(completedAt(6, 'file:/ck/6'), restoredFrom(7, SAVEPOINT)),
      'restored',
    ],
    [
      'is found in another spelling',
      checkpoints(null, restoredFrom(7, '/sp/savepoint-1/_metadata')),
      'restored',
    ],
  ])('%s', (_, overview, kind) => {
    expect(savepointUse(SAVEPOINT, overview).kind).toBe(kind);
  });
});

test.each([
  ['file:/a/b', 'file:///a/b/', true],
  ['file:/a/b', '/a/b', true],
  ['s3://bucket/a', 's3a://bucket/a/_metadata', true],
  ['s3://bucket/a', 's3://bucket/ab', false],
  ['hdfs://n1/a', 'hdfs://n2/a', false],
  ['hdfs:///a', 'file:///a', false],
])('%s and %s are one place: %s', (one, other, expected) => {
  expect(isSamePlace(one, other)).toBe(expected);
});
