import { expect, test } from 'vitest';
import { logsOfJob, type JobLogsRequest } from '../../../src/cli/job/logs-of-job.ts';
import { jobLogFilesView, jobLogsView } from '../../../src/cli/job/logs-view.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';
import { answeringCluster, Refusal, type ClusterAnswers } from '../../support/answering-cluster.ts';
import { recordedVersions } from '../../support/flink-recordings.ts';
import { recordedRunningJob } from '../../support/recorded-job.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };
const JOB = '1'.repeat(32);
const VERTEX = '2'.repeat(32);

const request: JobLogsRequest = {
  job: 'j',
  taskManager: null,
  linesMax: 100,
  grep: null,
  listsFiles: false,
};
const subtask = (index: number, taskManager: string) => ({
  subtask: index,
  status: 'RUNNING',
  endpoint: `${taskManager}:1`,
  'taskmanager-id': taskManager,
});
const files = { logs: [{ name: 'tm.log', size: 12, mtime: 1_700_000_000_000 }] };

/** Three subtasks on two TaskManagers, and one without a place. */
const answers: ClusterAnswers = {
  '/jobs/overview': { jobs: [{ jid: JOB, name: 'j', state: 'RUNNING' }] },
  [`/jobs/${JOB}`]: {
    jid: JOB,
    name: 'j',
    state: 'RUNNING',
    vertices: [{ id: VERTEX, name: 'v' }],
  },
  [`/jobs/${JOB}/vertices/${VERTEX}`]: {
    id: VERTEX,
    name: 'v',
    subtasks: [
      subtask(0, 'tm-a'),
      subtask(1, 'tm-b'),
      subtask(2, 'tm-a'),
      subtask(3, '(unassigned)'),
    ],
  },
  '/taskmanagers/tm-a/logs': files,
  '/taskmanagers/tm-b/logs': files,
  '/taskmanagers/tm-a/log': 'first\n\tsecond \u001b[31m\n',
  '/taskmanagers/tm-b/log': 'third\n',
};

test('the logs of all TaskManagers of the job are shown, with their names', async () => {
  const { session } = await answeringCluster(answers);
  const result = await logsOfJob(session, request);
  expect(
    result.taskManagers.map(({ taskManagerId, subtasks }) => [taskManagerId, subtasks]),
  ).toEqual([
    [
      'tm-a',
      [
        { vertex: 'v', subtask: 0 },
        { vertex: 'v', subtask: 2 },
      ],
    ],
    ['tm-b', [{ vertex: 'v', subtask: 1 }]],
  ]);
  expect(renderView(jobLogsView(result), 'text', plain)).toBe(
    'tm-a | first\ntm-a |     second \\x1b[31m\n\ntm-b | third\n',
  );
});

test('a single TaskManager needs no name before its lines', async () => {
  const { session, asked } = await answeringCluster(answers);
  const result = await logsOfJob(session, { ...request, taskManager: 'tm-b' });
  expect(renderView(jobLogsView(result), 'text', plain)).toBe('third\n');
  expect(asked).not.toContain('/taskmanagers/tm-a/log');
});

test('a text chooses the entries', async () => {
  const { session } = await answeringCluster(answers);
  const result = await logsOfJob(session, { ...request, grep: 'second' });
  expect(result.taskManagers.map(({ lines }) => lines.length)).toEqual([2, 0]);
  expect(renderView(jobLogsView(result), 'text', plain)).toContain('tm-b | (no such lines)');
});

test('files are listed without reading them', async () => {
  const { session, asked } = await answeringCluster(answers);
  const result = await logsOfJob(session, { ...request, listsFiles: true });
  expect(renderView(jobLogFilesView(result), 'text', plain)).toMatch(
    /tm-a +2 +tm\.log +12 B +2023/,
  );
  expect(asked.filter((target) => target.endsWith('/log'))).toEqual([]);
});

test('a TaskManager that is gone does not hide the log of the other', async () => {
  const gone = new Refusal(500, 'No TaskExecutor registered under tm-a.');
  const { session } = await answeringCluster({ ...answers, '/taskmanagers/tm-a/logs': gone });
  const { taskManagers } = await logsOfJob(session, request);
  expect(taskManagers[0]?.failure?.message).toContain('No TaskExecutor registered under tm-a.');
  expect(taskManagers[1]).toMatchObject({ lines: ['third'], failure: null });
});

test('it is an error when there is no log at all', async () => {
  const gone = new Refusal(500, 'No TaskExecutor registered.');
  const { session } = await answeringCluster({
    ...answers,
    '/taskmanagers/tm-a/log': gone,
    '/taskmanagers/tm-b/log': gone,
  });
  await expect(logsOfJob(session, request)).rejects.toMatchObject({
    code: 'DREY_LOG_UNAVAILABLE',
    message: expect.stringContaining('No TaskExecutor registered.') as string,
  });
});

test('another TaskManager than those of the job is refused, with those', async () => {
  const { session } = await answeringCluster(answers);
  await expect(logsOfJob(session, { ...request, taskManager: 'tm-c' })).rejects.toMatchObject({
    code: 'DREY_LOG_UNAVAILABLE',
    message: 'job j does not run on TaskManager "tm-c"; it runs on tm-a, tm-b',
  });
});

test.each(recordedVersions)('the TaskManager of the job of %s is found', async (version) => {
  const { jobId, answers: recorded } = recordedRunningJob(version);
  const vertices = Object.keys(recorded).filter((path) => /\/vertices\/\w+$/.test(path));
  const details = recorded[vertices[0] ?? ''];
  const all = (recorded[`/jobs/${jobId}`] as { vertices: { id: string }[] }).vertices;
  const everywhere = all.map(({ id }) => [`/jobs/${jobId}/vertices/${id}`, details]);
  const { session, asked } = await answeringCluster({
    ...recorded,
    ...(Object.fromEntries(everywhere) as ClusterAnswers),
  });
  await expect(logsOfJob(session, { ...request, job: jobId })).rejects.toMatchObject({
    code: 'DREY_LOG_UNAVAILABLE',
  });
  expect(asked.at(-1)).toMatch(/^\/taskmanagers\/localhost%3A18400-\w+\/logs$/);
});
