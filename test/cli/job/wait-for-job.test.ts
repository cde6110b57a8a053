import { expect, test } from 'vitest';
import { waitForJob } from '../../../src/cli/job/wait-for-job.ts';
import { jobCluster, type JobsState } from '../../support/job-cluster.ts';
import type { Acted } from '../../support/acting-cluster.ts';

const A = 'a'.repeat(32);

/** Of the job, one after the other each time that the list is asked for; undefined: it is gone. */
function going(...states: readonly (string | undefined)[]) {
  let looks = 0;
  return ({ request }: Acted, { jobs }: JobsState): object | undefined => {
    if (request.endsWith('/exceptions')) {
      return { exceptionHistory: { entries: [{ stacktrace: 'x.Y: disk full', timestamp: 1 }] } };
    }
    if (request !== 'GET /jobs/overview') return undefined;
    const state = states[Math.min(looks++, states.length - 1)];
    if (state === undefined) jobs.delete(A);
    else jobs.set(A, { state });
    return undefined;
  };
}

test('the wait ends with the state', async () => {
  const script = going('CREATED', 'CREATED', 'RESTARTING', 'RUNNING');
  const { session } = await jobCluster({ [A]: 'CREATED' }, script);
  expect(await waitForJob(session, { job: A, awaited: ['RUNNING'] })).toMatchObject({
    jobId: A,
    state: 'RUNNING',
  });
});

test('a job that fails ends it with the reason', async () => {
  const { session } = await jobCluster({ [A]: 'RUNNING' }, going('RUNNING', 'FAILING', 'FAILED'));
  await expect(waitForJob(session, { job: A, awaited: ['ended'] })).rejects.toMatchObject({
    code: 'DREY_JOB_FAILED',
    exitCode: 6,
    message: expect.stringContaining('disk full') as string,
  });
});

test('a job that ends otherwise ends it', async () => {
  const { session } = await jobCluster({ [A]: 'RUNNING' }, going('RUNNING', 'CANCELED'));
  await expect(waitForJob(session, { job: A, awaited: ['FINISHED'] })).rejects.toMatchObject({
    code: 'DREY_JOB_ENDED',
    exitCode: 6,
    details: { state: 'CANCELED' },
  });
});

test('a job that the cluster forgets ends it', async () => {
  const { session } = await jobCluster({ [A]: 'RUNNING' }, going('RUNNING', undefined));
  await expect(waitForJob(session, { job: A, awaited: ['ended'] })).rejects.toMatchObject({
    code: 'DREY_JOB_NOT_FOUND',
  });
});
