import { describe, expect, test } from 'vitest';
import type { CheckpointEntry } from '../../../src/flink/model/checkpoint.ts';
import { decodeCheckpoints } from '../../../src/flink/model/checkpoint.ts';
import {
  locationInFailure,
  stopReport,
  type FailedStop,
} from '../../../src/ops/job/stop-outcome.ts';

const said = (message: string) => ({ exception: null, message, chain: [message] });

describe('the savepoint of a stop that failed', () => {
  test.each([
    [
      'as 1.17 to 2.2 say it',
      "A savepoint has been created at: s3://b/sp,1/savepoint-1, but the corresponding job 0a didn't terminate successfully.",
      's3://b/sp,1/savepoint-1',
    ],
    [
      'as 2.3 says it',
      'A savepoint has been created at: file:/sp/savepoint-1, but the corresponding job 0a failed during stopping. The savepoint is consistent, but might have uncommitted transactions.',
      'file:/sp/savepoint-1',
    ],
    ['cut off', 'A savepoint has been created at: file:/sp/savepoint-1', 'file:/sp/savepoint-1'],
    ['with a full stop', 'A savepoint has been created at: file:/a/b. Else', 'file:/a/b'],
  ])('is in its reason, %s', (_how, message, location) => {
    expect(locationInFailure(said(message))).toBe(location);
    expect(locationInFailure({ ...said('x'), chain: ['outer', message] })).toBe(location);
  });

  test('is not in other reasons', () => {
    expect(locationInFailure(said('Could not stop with a savepoint'))).toBeNull();
  });
});

function savepoint(id: number, fields: object): CheckpointEntry {
  const overview = decodeCheckpoints({
    history: [{ id, status: 'COMPLETED', is_savepoint: true, ...fields }],
  });
  const [entry] = overview.history;
  if (entry === undefined) throw new Error('there is no entry');
  return entry;
}

const stop: FailedStop = {
  cause: said('Task has failed.'),
  savepoints: [],
  failure: null,
  state: 'RUNNING',
};

describe('what is told of a stop that failed', () => {
  test('is the reason of the operation, of the savepoint and of the task, and the state', () => {
    const failed = savepoint(7, {
      status: 'FAILED',
      failure_message: 'Checkpoint expired before completing.',
    });
    const failure = { message: 'disk full', taskName: 'count (1/2)', concurrent: [] };
    expect(stopReport({ ...stop, savepoints: [failed], failure, state: 'RESTARTING' })).toEqual({
      location: null,
      savepointFailure: 'Checkpoint expired before completing.',
      taskFailure: { message: 'disk full', taskName: 'count (1/2)' },
      sentence:
        'was not stopped, because its savepoint failed: Task has failed; Checkpoint expired before completing; disk full (in count (1/2)); the job goes on (RESTARTING)',
    });
  });

  test('is the savepoint first where it is complete', () => {
    const cause = said('A savepoint has been created at: file:/sp, but the corresponding job x');
    const failure = {
      message: cause.message,
      taskName: null,
      concurrent: [{ message: 'closing fails', taskName: 'sink (1/1)' }],
    };
    const { location, sentence } = stopReport({ ...stop, cause, failure, state: 'FAILED' });
    expect(location).toBe('file:/sp');
    expect(sentence).toBe(
      'did not stop as it should, but its savepoint is complete at file:/sp: closing fails (in sink (1/1)); the job is FAILED',
    );
  });

  test('does not repeat what the job says of itself', () => {
    const cause = said('A savepoint has been created at: file:/sp, but the corresponding job x');
    const failure = { message: cause.message, taskName: null, concurrent: [] };
    const { sentence } = stopReport({ ...stop, cause, failure, state: null });
    expect(sentence).toBe(
      'did not stop as it should, but its savepoint is complete at file:/sp; the cluster does not know the job any more',
    );
  });

  test('is the savepoint that the history has where no reason names it', () => {
    const complete = savepoint(8, { checkpoint_type: 'SYNC_SAVEPOINT', external_path: 'file:/sp' });
    expect(stopReport({ ...stop, savepoints: [complete] }).location).toBe('file:/sp');
  });

  test.each([
    ['another one', { checkpoint_type: 'SAVEPOINT', external_path: 'file:/sp' }],
    [
      'one that is gone',
      { checkpoint_type: 'SYNC_SAVEPOINT', external_path: 'f', discarded: true },
    ],
    ['one that failed', { checkpoint_type: 'SYNC_SAVEPOINT', status: 'FAILED' }],
  ])('is no savepoint where the history has %s', (_what, fields) => {
    expect(stopReport({ ...stop, savepoints: [savepoint(8, fields)] }).location).toBeNull();
  });
});
