import { describe, expect, test } from 'vitest';
import { rescaleJob, type RescaleRequest } from '../../../src/cli/job/rescale-job.ts';
import { LOST, type Acted } from '../../support/acting-cluster.ts';
import { jobCluster, type JobsState } from '../../support/job-cluster.ts';

const [A, SOURCE, COUNT] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
];
const PUT = `PUT /jobs/${A}/resource-requirements`;

function request(more: Partial<RescaleRequest>): RescaleRequest {
  return { job: A, parallelism: null, vertices: [], detach: false, isDryRun: false, ...more };
}

type Bounds = Readonly<Record<string, { parallelism: { lowerBound: number; upperBound: number } }>>;

/** The adaptive scheduler: what is put is what is run with. */
function adaptive(put: (bounds: Bounds) => 'taken' | 'taken, but lost' | 'lost' = () => 'taken') {
  const bounds = (upperBound: number) => ({ parallelism: { lowerBound: 2, upperBound } });
  let now: Bounds = { [SOURCE]: bounds(2), [COUNT]: bounds(4) };
  return (one: Acted, { jobs }: JobsState): object | typeof LOST | undefined => {
    if (one.request === 'GET /jobs/overview') {
      jobs.set(A, { state: 'RUNNING', schedulerType: 'Adaptive' });
      return undefined;
    }
    if (one.request === `GET /jobs/${A}`) {
      const vertex = (id: string, name: string) => ({
        id,
        name,
        parallelism: now[id]?.parallelism.upperBound,
      });
      const vertices = [vertex(SOURCE, 'numbers'), vertex(COUNT, 'count')];
      return { jid: A, name: 'job a', state: 'RUNNING', timestamps: {}, vertices };
    }
    if (one.request === `GET /jobs/${A}/resource-requirements`) return now;
    if (one.request !== PUT) return undefined;
    const fate = put(one.body as Bounds);
    if (fate !== 'lost') now = one.body as Bounds;
    return fate === 'taken' ? {} : LOST;
  };
}

describe('another parallelism', () => {
  test('is put for all vertices at once, and waited for', async () => {
    const { session, asked } = await jobCluster({ [A]: 'RUNNING' }, adaptive());
    const result = await rescaleJob(session, request({ vertices: ['count=1:8'] }));
    expect(asked(PUT).map(({ body }) => body)).toEqual([
      {
        [SOURCE]: { parallelism: { lowerBound: 2, upperBound: 2 } },
        [COUNT]: { parallelism: { lowerBound: 1, upperBound: 8 } },
      },
    ]);
    expect(result).toMatchObject({
      changed: true,
      vertices: [
        { name: 'numbers', parallelism: 2, upperBound: 2, previousUpperBound: 2 },
        { name: 'count', parallelism: 8, upperBound: 8, previousUpperBound: 4 },
      ],
    });
  });

  test('of all vertices never raises what the job needs to run at all', async () => {
    const { session, asked } = await jobCluster({ [A]: 'RUNNING' }, adaptive());
    await rescaleJob(session, request({ parallelism: 1 }));
    expect(asked(PUT)[0]?.body).toMatchObject({
      [COUNT]: { parallelism: { lowerBound: 1, upperBound: 1 } },
    });
  });

  test('that is there already is not put', async () => {
    const { session, asked } = await jobCluster({ [A]: 'RUNNING' }, adaptive());
    const result = await rescaleJob(session, request({ vertices: ['count=4'] }));
    expect(result.changed).toBe(false);
    expect(asked(PUT)).toEqual([]);
  });

  test('is only shown in a dry run, and without a wish', async () => {
    const { session, asked } = await jobCluster({ [A]: 'RUNNING' }, adaptive());
    const planned = await rescaleJob(session, request({ parallelism: 8, isDryRun: true }));
    expect(planned).toMatchObject({
      changed: true,
      dryRun: true,
      vertices: [{ upperBound: 8 }, {}],
    });
    const shown = await rescaleJob(session, request({}));
    expect(shown).toMatchObject({
      changed: false,
      vertices: [{ upperBound: 2 }, { upperBound: 4 }],
    });
    expect(asked(PUT)).toEqual([]);
  });

  test.each([
    ['taken, but lost', 1],
    ['lost', 3],
  ] as const)('whose answer is lost (%s) is put %i times', async (fate, count) => {
    const { session, asked } = await jobCluster(
      { [A]: 'RUNNING' },
      adaptive(() => fate),
    );
    const rescaled = rescaleJob(session, request({ parallelism: 3 }));
    if (fate === 'lost') {
      await expect(rescaled).rejects.toMatchObject({ code: 'DREY_OUTCOME_UNKNOWN' });
    } else {
      expect((await rescaled).vertices).toMatchObject([{ parallelism: 3 }, { parallelism: 3 }]);
    }
    expect(asked(PUT)).toHaveLength(count);
  });

  test.each(['count', 'count=', 'count=0', 'count=3:2', 'count=0:2', 'count=x'])(
    'is not taken from %j',
    async (vertex) => {
      const { session } = await jobCluster({ [A]: 'RUNNING' }, adaptive());
      const rescaled = rescaleJob(session, request({ vertices: [vertex] }));
      await expect(rescaled).rejects.toMatchObject({ code: 'DREY_USAGE' });
    },
  );
});

describe('a job that cannot be rescaled', () => {
  test('is one of the default scheduler', async () => {
    const { session, state, asked } = await jobCluster({ [A]: 'RUNNING' });
    state.jobs.set(A, { state: 'RUNNING', schedulerType: 'Default' });
    await expect(rescaleJob(session, request({ parallelism: 2 }))).rejects.toMatchObject({
      code: 'DREY_FLINK_UNSUPPORTED',
      hint: expect.stringMatching(/jobmanager.scheduler: adaptive.*drey job stop/) as string,
    });
    expect(asked(`GET /jobs/${A}/resource-requirements`)).toEqual([]);
  });

  test('is one of a cluster before 1.18', async () => {
    const { session } = await jobCluster({ [A]: 'RUNNING' }, ({ request: one }) =>
      one === 'GET /config' ? { 'flink-version': '1.17.2' } : undefined,
    );
    await expect(rescaleJob(session, request({}))).rejects.toMatchObject({
      code: 'DREY_FLINK_UNSUPPORTED',
      message: expect.stringContaining('Flink 1.17.2') as string,
    });
  });

  test('is one of a cluster that says it does not rescale', async () => {
    const { session } = await jobCluster({ [A]: 'RUNNING' }, ({ request: one }) =>
      one === 'GET /config'
        ? { 'flink-version': '1.20.3', features: { 'web-rescale': false } }
        : undefined,
    );
    await expect(rescaleJob(session, request({}))).rejects.toMatchObject({
      code: 'DREY_FLINK_UNSUPPORTED',
    });
  });

  test('is one that has ended', async () => {
    const { session } = await jobCluster({ [A]: 'FINISHED' });
    await expect(rescaleJob(session, request({}))).rejects.toMatchObject({
      code: 'DREY_JOB_STATE',
    });
  });
});
