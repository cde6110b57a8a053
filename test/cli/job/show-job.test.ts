import { describe, expect, test } from 'vitest';
import { showJob } from '../../../src/cli/job/show-job.ts';
import { showJobView } from '../../../src/cli/job/show-job-view.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';
import { answeringCluster } from '../../support/answering-cluster.ts';
import { recordedVersions } from '../../support/flink-recordings.ts';
import { jobCluster } from '../../support/job-cluster.ts';
import { recordedFailedJob, recordedRunningJob } from '../../support/recorded-job.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };
const A = 'a'.repeat(32);

describe.each(recordedVersions)('with %s', (version) => {
  test('a running job is shown with its vertices and what could be restored', async () => {
    const { jobId, answers } = recordedRunningJob(version);
    const { session, url } = await answeringCluster(answers);
    const job = await showJob(session, jobId);
    expect(job).toMatchObject({ jobId, name: 'tick', state: 'RUNNING', lastException: null });
    expect(job.webUrl).toBe(`${url}/#/job/running/${jobId}/overview`);
    expect(job.vertices.map(({ name }) => name)).toEqual(
      expect.arrayContaining([expect.stringContaining('Sequence Source')]),
    );
    expect(job.checkpoints?.latestCompleted?.location).toContain(`${jobId}/chk-`);
    expect(job.stateHistory.map(({ state }) => state).at(-1)).toBe('RUNNING');
    const text = renderView(showJobView(job), 'text', plain);
    expect(text).toMatch(/^job +tick\nid +[0-9a-f]{32}\nstate +RUNNING\n/);
    expect(text).toContain(job.checkpoints?.latestCompleted?.location ?? 'none');
  });

  test('of a failed job the reason comes right after the state', async () => {
    const { jobId, answers } = recordedFailedJob(version);
    const { session } = await answeringCluster({
      ...answers,
      [`/jobs/${jobId}/checkpoints`]: { history: [], latest: {} },
    });
    const job = await showJob(session, jobId);
    expect(job).toMatchObject({ state: 'FAILED', restarts: null });
    const [, , state, failure] = renderView(showJobView(job), 'text', plain).split('\n');
    expect(state).toMatch(/^state +FAILED$/);
    expect(failure).toMatch(/^last failure +\w+: boom/);
    expect(JSON.stringify(job)).not.toContain('at java.base');
  });
});

test('a job that runs in part says which of its tasks do not', async () => {
  const { session, state } = await jobCluster({ [A]: 'RUNNING' }, ({ request }) => {
    if (request.endsWith('/exceptions')) return { exceptionHistory: { entries: [] } };
    return request.endsWith('/metrics') ? [{ id: 'numRestarts', value: '7' }] : undefined;
  });
  state.jobs.set(A, { state: 'RUNNING', tasks: { total: 4, running: 1, scheduled: 3 } });
  const job = await showJob(session, A);
  expect(job).toMatchObject({ checkpoints: null, restoredFrom: null, restarts: 7 });
  const text = renderView(showJobView(job), 'text', plain);
  expect(text).toMatch(/^state +RUNNING, but only 1 of 4 tasks run \(3 scheduled\)$/m);
  expect(text).toContain('The job takes no checkpoints');
});

test('vertices of a job that has just ended are waited for', async () => {
  let looks = 0;
  const { session } = await jobCluster({ [A]: 'FINISHED' }, ({ request }) => {
    if (request.endsWith('/exceptions')) return { exceptionHistory: { entries: [] } };
    if (request !== `GET /jobs/${A}`) return undefined;
    const state = looks++ < 3 ? 'RUNNING' : 'FINISHED';
    const vertex = { id: 'b'.repeat(32), name: 'v', status: state };
    return { jid: A, name: 'j', state, timestamps: {}, vertices: [vertex] };
  });
  expect((await showJob(session, A)).vertices).toMatchObject([{ state: 'FINISHED' }]);
});
