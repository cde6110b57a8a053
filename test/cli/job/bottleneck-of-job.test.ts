import { expect, test } from 'vitest';
import { bottleneckOfJob, exitStatusOf } from '../../../src/cli/job/bottleneck-of-job.ts';
import { bottleneckView } from '../../../src/cli/job/bottleneck-view.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';
import { answeringCluster, Turns, type ClusterAnswers } from '../../support/answering-cluster.ts';
import { COUNT, heldUpJob, JOB, jobDetails, SOURCE, vertexPath } from './two-vertex-job.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };
const ask = async (more: ClusterAnswers = {}) => {
  const cluster = await answeringCluster({ ...heldUpJob, ...more });
  return { cluster, result: await bottleneckOfJob(cluster.session, 'j') };
};

test('the vertex that the source waits for is named, with its figures', async () => {
  const { result } = await ask();
  expect(result).toMatchObject({
    jobId: JOB,
    isConclusive: true,
    bottleneck: { vertexId: COUNT, name: 'count -> sink' },
    findings: [
      { rule: 'slow-vertex', severity: 'critical' },
      { rule: 'start-delay', evidence: { startDelayMs: 1400 } },
    ],
  });
  expect(result.vertices).toMatchObject([
    { vertexId: SOURCE, role: 'held-up', backPressuredShareMax: 0.98, recordsOutPerSec: 49 },
    { vertexId: COUNT, role: 'bottleneck', busyShareMax: 1, recordsInPerSec: 48 },
  ]);
});

test('people see the vertices from the source to the sink, then what to do', async () => {
  const { result } = await ask();
  const text = renderView(bottleneckView(result), 'text', plain);
  const [, source, count] = text.split('\n');
  expect(source).toMatch(/^Source: numbers +held-up +▏·{7} +2 % +███████▉ +98 % /);
  expect(count).toMatch(/^count -> sink +bottleneck +█{8} 100 % /);
  expect(text).toContain('critical: count -> sink is the bottleneck: busy 100 % of the time');
  expect(text).toContain(`\n      pipeline.jobvertex-parallelism-overrides: ${COUNT}:2\n`);
  expect(bottleneckView(result).names).toEqual([COUNT]);
});

test('what has no sample yet is asked for again', async () => {
  const place = `${vertexPath(COUNT)}/backpressure`;
  const sample = heldUpJob[place] as object;
  const { cluster, result } = await ask({
    [place]: new Turns({ status: 'deprecated' }, { status: 'deprecated' }, sample),
  });
  expect(result.bottleneck?.vertexId).toBe(COUNT);
  const looks = (path: string) => cluster.asked.filter((target) => target === path).length;
  expect(looks(place)).toBe(3);
  expect(looks(`${vertexPath(SOURCE)}/backpressure`)).toBe(1);
});

test('the cluster is made to collect metrics before it is asked for them', async () => {
  const { cluster } = await ask();
  const collect = cluster.asked.indexOf(`/jobs/${JOB}/metrics?get=uptime`);
  const first = cluster.asked.findIndex((target) => target.endsWith('/backpressure'));
  expect(collect).toBeGreaterThan(0);
  expect(first).toBeGreaterThan(collect);
});

test('a job that does not run is refused', async () => {
  const { session } = await answeringCluster({
    '/jobs/overview': { jobs: [{ jid: JOB, name: 'j', state: 'RESTARTING' }] },
  });
  await expect(bottleneckOfJob(session, 'j')).rejects.toMatchObject({
    code: 'DREY_JOB_STATE',
    message: 'job j is RESTARTING: only a running job has a bottleneck',
  });
});

test('a vertex that was restarted just now has no figures yet', async () => {
  const { result } = await ask({ [`/jobs/${JOB}`]: jobDetails({ vertexDurationMs: 4000 }) });
  expect(result).toMatchObject({ isConclusive: false, bottleneck: null });
  expect(result.findings.map(({ rule }) => rule)).toEqual(['warm-up']);
});

test.each([
  ['critical', 8],
  ['warning', 8],
  [null, 0],
] as const)('a bottleneck with --fail-on %s ends with %d', async (failOn, expected) => {
  const { result } = await ask();
  expect(exitStatusOf(failOn)(result)).toBe(expected);
});

test('a check that could not look does not pass', async () => {
  const { result } = await ask({ [`/jobs/${JOB}`]: jobDetails({ vertexDurationMs: 4000 }) });
  expect(exitStatusOf('critical')(result)).toBe(8);
  expect(exitStatusOf(null)(result)).toBe(0);
});

test('a job without a bottleneck passes, but for those who want to hear of everything', async () => {
  const idle = {
    status: 'ok',
    backpressureLevel: 'ok',
    subtasks: [{ subtask: 0, ratio: 0, busyRatio: 0.1 }],
  };
  const { result } = await ask({
    [`${vertexPath(SOURCE)}/backpressure`]: idle,
    [`${vertexPath(COUNT)}/backpressure`]: idle,
    [`${vertexPath(COUNT)}/subtasks/metrics?get=checkpointStartDelayNanos`]: [],
  });
  expect(result.findings.map(({ rule }) => rule)).toEqual(['no-bottleneck']);
  expect(exitStatusOf('warning')(result)).toBe(0);
  expect(exitStatusOf('info')(result)).toBe(8);
});
