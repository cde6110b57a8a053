import { describe, expect, test } from 'vitest';
import { cancelJobs, type CancelRequest } from '../../../src/cli/job/cancel-job.ts';
import { LOST } from '../../support/acting-cluster.ts';
import { Refusal } from '../../support/answering-cluster.ts';
import { jobCluster, type JobsState } from '../../support/job-cluster.ts';

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)] as const;

function request(jobs: readonly string[], more: Partial<CancelRequest> = {}): CancelRequest {
  const flags = { ifExists: false, detach: false, isConfirmed: true, isDryRun: false };
  return { jobs, ...flags, ...more };
}

/** The job that a request cancels. */
function cancelled({ request: one }: { readonly request: string }): string | undefined {
  return /^PATCH \/jobs\/(\w+)$/.exec(one)?.[1];
}

function end({ jobs }: JobsState, id: string, state = 'CANCELED'): object {
  jobs.set(id, { state });
  return {};
}

describe('several jobs', () => {
  test('are all asked to end, and waited for', async () => {
    const { session, acted } = await jobCluster(
      { [A]: 'RUNNING', [B]: 'RUNNING' },
      (one, state) => {
        const id = cancelled(one);
        return id === undefined ? undefined : end(state, id);
      },
    );
    const { jobs } = await cancelJobs(session, request([A, 'job b', A]));
    expect(jobs.map(({ jobId, state }) => [jobId, state])).toEqual([
      [A, 'CANCELED'],
      [B, 'CANCELED'],
    ]);
    expect(acted.filter(cancelled).map(({ query }) => query)).toEqual([
      'mode=cancel',
      'mode=cancel',
    ]);
  });

  test('are left alone when one of them is unknown or has ended in another way', async () => {
    const { session, acted } = await jobCluster({ [A]: 'RUNNING', [B]: 'FINISHED' });
    const unknown = cancelJobs(session, request([A, 'nobody']));
    await expect(unknown).rejects.toMatchObject({ code: 'DREY_JOB_NOT_FOUND' });
    const over = cancelJobs(session, request([A, B]));
    await expect(over).rejects.toMatchObject({ code: 'DREY_JOB_STATE' });
    expect(acted.filter(cancelled)).toEqual([]);
  });

  test('with ifExists are those that can be cancelled', async () => {
    const { session, acted } = await jobCluster(
      { [A]: 'RUNNING', [B]: 'FINISHED' },
      (one, state) => {
        const id = cancelled(one);
        return id === undefined ? undefined : end(state, id);
      },
    );
    const { jobs } = await cancelJobs(session, request([A, B, 'nobody'], { ifExists: true }));
    expect(jobs.map(({ state }) => state)).toEqual(['CANCELED', 'FINISHED']);
    expect(acted.filter(cancelled).map(cancelled)).toEqual([A]);
  });

  test('are told with their states when one is refused', async () => {
    const { session } = await jobCluster({ [A]: 'RUNNING', [B]: 'RUNNING' }, (one, state) => {
      const id = cancelled(one);
      if (id === A) return new Refusal(400, 'not you');
      return id === B ? end(state, B) : undefined;
    });
    await expect(cancelJobs(session, request([A, B]))).rejects.toMatchObject({
      message: expect.stringContaining(`job b (${B}) is CANCELED`) as string,
      details: { jobs: [{ state: 'RUNNING' }, { state: 'CANCELED' }] },
    });
  });
});

describe('a job', () => {
  test('that is CANCELED already is done', async () => {
    const { session, acted } = await jobCluster({ [A]: 'CANCELED' });
    const { jobs } = await cancelJobs(session, request([A]));
    expect(jobs).toMatchObject([{ state: 'CANCELED' }]);
    expect(acted.filter(cancelled)).toEqual([]);
  });

  test('whose answer is lost is not cancelled twice', async () => {
    const { session, acted } = await jobCluster({ [A]: 'RUNNING' }, (one, state) => {
      if (cancelled(one) === undefined) return undefined;
      end(state, A);
      return LOST;
    });
    expect((await cancelJobs(session, request([A]))).jobs).toMatchObject([{ state: 'CANCELED' }]);
    expect(acted.filter(cancelled)).toHaveLength(1);
  });

  test('that did not get the lost request is asked again', async () => {
    let losses = 0;
    const { session, acted } = await jobCluster({ [A]: 'RUNNING' }, (one, state) => {
      if (cancelled(one) === undefined) return undefined;
      return losses++ === 0 ? LOST : end(state, A);
    });
    await cancelJobs(session, request([A]));
    expect(acted.filter(cancelled)).toHaveLength(2);
  });

  test('that finished just before is told, with 5', async () => {
    const { session } = await jobCluster({ [A]: 'RUNNING' }, (one, state) => {
      if (cancelled(one) === undefined) return undefined;
      end(state, A, 'FINISHED');
      return new Refusal(
        409,
        'Job cancellation failed because the job has already reached FINISHED.',
      );
    });
    await expect(cancelJobs(session, request([A]))).rejects.toMatchObject({
      code: 'DREY_JOB_STATE',
      message: expect.stringContaining('ended FINISHED before it was cancelled') as string,
    });
  });

  test('is not touched in a dry run, or in a context that is read-only', async () => {
    const { session, acted } = await jobCluster({ [A]: 'RUNNING' }, undefined, {
      isReadOnly: true,
    });
    const planned = await cancelJobs(session, request([A], { isDryRun: true }));
    expect(planned).toMatchObject({ dryRun: true, jobs: [{ state: 'RUNNING' }] });
    const refused = cancelJobs(session, request([A]));
    await expect(refused).rejects.toMatchObject({ code: 'DREY_CONTEXT_READ_ONLY' });
    expect(acted.filter(cancelled)).toEqual([]);
  });

  test('is not cancelled where nobody can be asked', async () => {
    const { session } = await jobCluster({ [A]: 'RUNNING' });
    const unasked = cancelJobs(session, request([A], { isConfirmed: false }));
    await expect(unasked).rejects.toMatchObject({ code: 'DREY_USAGE' });
  });
});
