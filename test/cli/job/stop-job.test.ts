import { describe, expect, test } from 'vitest';
import { stopJob } from '../../../src/cli/job/stop-job.ts';
import type { Acted } from '../../support/acting-cluster.ts';
import { jobCluster, type JobsState } from '../../support/job-cluster.ts';

const A = 'a'.repeat(32);
const TRIGGER = 'f'.repeat(32);
const request = {
  job: A,
  targetDirectory: 's3://b/sp',
  format: 'NATIVE',
  drain: true,
  detach: false,
} as const;

interface Script {
  /** Of the operation once it is over. */
  readonly operation: object;
  /** State of the job then; undefined: it is gone. */
  readonly state: string | undefined;
  /** Of the checkpoint history then. */
  readonly history?: readonly object[];
  readonly exceptions?: readonly object[];
}

/** The job runs until it is stopped, then the script holds. */
function stopped({ operation, state, history = [], exceptions = [] }: Script) {
  let isStopped = false;
  return (one: Acted, { jobs }: JobsState): object | undefined => {
    switch (one.request) {
      case `POST /jobs/${A}/stop`:
        isStopped = true;
        if (state === undefined) jobs.delete(A);
        else jobs.set(A, { state });
        return { 'request-id': TRIGGER };
      case `GET /jobs/${A}/savepoints/${TRIGGER}`:
        return { status: { id: 'COMPLETED' }, operation };
      case `GET /jobs/${A}/checkpoints`:
        return { history: isStopped ? history : [], latest: {} };
      case `GET /jobs/${A}/exceptions`:
        return { exceptionHistory: { entries: exceptions } };
      default:
        return undefined;
    }
  };
}

const failure = (said: string): object => ({
  'failure-cause': { class: 'x.Y', 'stack-trace': `x.Y: ${said}\n\tat a.B.c(D.java:1)` },
});

describe('a job that is stopped', () => {
  test('gives its savepoint and its end', async () => {
    const script = { operation: { location: 's3://b/sp/1' }, state: 'FINISHED' };
    const { session, asked } = await jobCluster({ [A]: 'RUNNING' }, stopped(script));
    expect(await stopJob(session, request)).toEqual({
      jobId: A,
      name: 'job a',
      state: 'FINISHED',
      location: 's3://b/sp/1',
    });
    expect(asked(`POST /jobs/${A}/stop`)[0]?.body).toMatchObject({
      targetDirectory: 's3://b/sp',
      formatType: 'NATIVE',
      drain: true,
      triggerId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
  });

  test('gives only the operation with detach', async () => {
    const script = { operation: { location: 's3://b/sp/1' }, state: 'RUNNING' };
    const { session } = await jobCluster({ [A]: 'RUNNING' }, stopped(script));
    expect(await stopJob(session, { ...request, detach: true })).toEqual({
      jobId: A,
      triggerId: TRIGGER,
    });
  });

  test.each([
    ['FAILED', 'the job is FAILED'],
    ['CANCELED', 'the job is CANCELED'],
    [undefined, 'does not know the job any more'],
  ])('but ends %s does not lose its savepoint', async (state, text) => {
    const script = { operation: { location: 's3://b/sp/1' }, state };
    const { session } = await jobCluster({ [A]: 'RUNNING' }, stopped(script));
    await expect(stopJob(session, request)).rejects.toMatchObject({
      code: 'DREY_JOB_STOP_FAILED',
      exitCode: 6,
      message: expect.stringMatching(new RegExp(`complete at s3://b/sp/1.*${text}`)) as string,
      details: { location: 's3://b/sp/1', state: state ?? null },
    });
  });

  test('and says in its failure that the savepoint is good does not lose it', async () => {
    const operation = failure(
      'A savepoint has been created at: s3://b/sp/2, but the corresponding job x failed during stopping.',
    );
    const { session } = await jobCluster(
      { [A]: 'RUNNING' },
      stopped({ operation, state: 'FAILED' }),
    );
    await expect(stopJob(session, request)).rejects.toMatchObject({
      code: 'DREY_JOB_STOP_FAILED',
      details: { location: 's3://b/sp/2' },
    });
  });

  test('without a savepoint gives all reasons in one', async () => {
    const { session } = await jobCluster(
      { [A]: 'RUNNING' },
      stopped({
        operation: failure('Task has failed.'),
        state: 'RUNNING',
        history: [
          {
            id: 1,
            status: 'FAILED',
            is_savepoint: true,
            trigger_timestamp: 100,
            failure_message: 'Checkpoint expired before completing.',
          },
        ],
        exceptions: [
          { stacktrace: 'java.io.IOException: disk full', timestamp: 101, taskName: 'count (1/1)' },
        ],
      }),
    );
    await expect(stopJob(session, request)).rejects.toMatchObject({
      message: `job job a (${A}) was not stopped, because its savepoint failed: Task has failed; Checkpoint expired before completing; disk full (in count (1/1)); the job goes on (RUNNING)`,
      details: {
        location: null,
        savepointFailure: 'Checkpoint expired before completing.',
        taskException: 'disk full',
      },
    });
  });

  test('is not blamed for what happened before', async () => {
    const { session } = await jobCluster(
      { [A]: 'RUNNING' },
      stopped({
        operation: failure('Task has failed.'),
        state: 'RUNNING',
        history: [{ id: 1, status: 'FAILED', is_savepoint: true, trigger_timestamp: 100 }],
        exceptions: [{ stacktrace: 'x.Old: long ago', timestamp: 99, taskName: 'count (1/1)' }],
      }),
    );
    await expect(stopJob(session, request)).rejects.toMatchObject({
      details: { taskException: null },
    });
  });
});

describe('a job that cannot be stopped', () => {
  test('has ended, and its last savepoint is told', async () => {
    const { session, asked } = await jobCluster({ [A]: 'FINISHED' }, ({ request: one }) =>
      one.endsWith('/checkpoints')
        ? {
            history: [],
            latest: {
              completed: { id: 9, status: 'COMPLETED', external_path: 'file:/chk-9' },
              savepoint: { id: 8, status: 'COMPLETED', external_path: 'file:/sp-8' },
            },
          }
        : undefined,
    );
    await expect(stopJob(session, request)).rejects.toMatchObject({
      code: 'DREY_JOB_STATE',
      exitCode: 5,
      hint: expect.stringContaining('file:/sp-8') as string,
      details: { state: 'FINISHED', location: 'file:/sp-8' },
    });
    expect(asked(`POST /jobs/${A}/stop`)).toEqual([]);
  });

  test('has tasks that do not run yet', async () => {
    const { session, state } = await jobCluster({ [A]: 'RUNNING' });
    state.jobs.set(A, { state: 'RUNNING', tasks: { total: 2, running: 1, initializing: 1 } });
    await expect(stopJob(session, request)).rejects.toMatchObject({
      code: 'DREY_JOB_STATE',
      hint: expect.stringContaining(`drey job wait ${A} --for RUNNING`) as string,
    });
  });

  test('is in a context that is read-only', async () => {
    const { session } = await jobCluster({ [A]: 'RUNNING' }, undefined, { isReadOnly: true });
    await expect(stopJob(session, request)).rejects.toMatchObject({
      code: 'DREY_CONTEXT_READ_ONLY',
    });
  });
});
