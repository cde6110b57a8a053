import { describe, expect, test } from 'vitest';
import { FreshMetrics } from '../../../src/cli/job/fresh-metrics.ts';
import { metricsOfJob, type MetricsRequest } from '../../../src/cli/job/metrics-of-job.ts';
import { MetricHistory, metricsView } from '../../../src/cli/job/metrics-view.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';
import { answeringCluster, type ClusterAnswers } from '../../support/answering-cluster.ts';
import { recordedVersions } from '../../support/flink-recordings.ts';
import { recordedRunningJob } from '../../support/recorded-job.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };

const request = (job: string, more: Partial<MetricsRequest> = {}): MetricsRequest => ({
  job,
  patterns: [],
  vertex: null,
  bySubtask: false,
  listsNames: false,
  fresh: new FreshMetrics(),
  ...more,
});

describe.each(recordedVersions)('metrics of the job of %s', (version) => {
  const { jobId, answers } = recordedRunningJob(version);

  test('of the job have numbers for values', async () => {
    const { session } = await answeringCluster(answers);
    const { vertex, metrics } = await metricsOfJob(session, request(jobId));
    expect(vertex).toBeNull();
    expect(metrics).toContainEqual({ id: 'numRestarts', value: 0 });
  });

  test('of a vertex are aggregated; names that the vertex lacks are never asked for', async () => {
    const { session, asked } = await answeringCluster(answers);
    const result = await metricsOfJob(session, request(jobId, { vertex: 'count' }));
    expect(result.vertex?.name).toBe('count -> Filter -> Sink: out');
    const busy = result.metrics.find(({ id }) => id === 'busyTimeMsPerSecond');
    expect(busy).toMatchObject({ min: expect.any(Number) as number });
    const query = asked.find((target) => target.includes('/subtasks/metrics')) ?? '';
    expect(query).toContain('busyTimeMsPerSecond');
    const listed = new Set(
      (
        answers[`/jobs/${jobId}/vertices/${result.vertex?.vertexId}/metrics`] as { id: string }[]
      ).map(({ id }) => id.replace(/^\d+\./, '')),
    );
    const names = decodeURIComponent(query.split('get=')[1] ?? '').split(',');
    expect(names.filter((name) => !listed.has(name))).toEqual([]);
  });

  test('of a vertex are listed once, not for each subtask', async () => {
    const { session } = await answeringCluster(answers);
    const options = { vertex: 'count', listsNames: true, patterns: ['numRecords*'] };
    const { metrics } = await metricsOfJob(session, request(jobId, options));
    expect(metrics).toContainEqual({ id: 'numRecordsIn' });
    expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length);
  });
});

const JOB = '1'.repeat(32);
const VERTEX = '2'.repeat(32);
const PLACE = `/jobs/${JOB}/vertices/${VERTEX}`;

/** A job of one vertex with the metrics. */
const small = (metrics: readonly { id: string; value: string }[]): ClusterAnswers => ({
  '/jobs/overview': { jobs: [{ jid: JOB, name: 'j', state: 'RUNNING' }] },
  [`/jobs/${JOB}`]: {
    jid: JOB,
    name: 'j',
    state: 'RUNNING',
    vertices: [{ id: VERTEX, name: 'v' }],
  },
  [`/jobs/${JOB}/metrics`]: metrics,
  [`${PLACE}/metrics`]: metrics,
});

test('values are numbers where they are exact, and null where Flink has none', async () => {
  const { session } = await answeringCluster(
    small([
      { id: 'a', value: '1.5' },
      { id: 'b', value: 'NaN' },
      { id: 'c', value: '-9223372036854775808' },
      { id: 'd', value: 'file:/tmp/chk-1' },
      { id: 'e', value: '' },
    ]),
  );
  const { metrics } = await metricsOfJob(session, request('j'));
  expect(metrics.map((metric) => ('value' in metric ? metric.value : undefined))).toEqual([
    1.5,
    null,
    '-9223372036854775808',
    'file:/tmp/chk-1',
    '',
  ]);
});

test('subtasks come by name, then by their number', async () => {
  const { session } = await answeringCluster(
    small([
      { id: '10.numRecordsIn', value: '3' },
      { id: '2.numRecordsIn', value: '2' },
      { id: '2.Map.numRecordsIn', value: '1' },
    ]),
  );
  const options = { vertex: 'v', bySubtask: true, patterns: ['*numRecordsIn'] };
  const { metrics } = await metricsOfJob(session, request('j', options));
  expect(metrics).toEqual([
    { id: 'Map.numRecordsIn', subtask: 2, value: 1 },
    { id: 'numRecordsIn', subtask: 2, value: 2 },
    { id: 'numRecordsIn', subtask: 10, value: 3 },
  ]);
});

test('what the cluster leaves out of the aggregates is shown as not known', async () => {
  const { session } = await answeringCluster({
    ...small([{ id: '0.isBackPressured', value: 'false' }]),
    [`${PLACE}/subtasks/metrics`]: [],
  });
  const options = { vertex: 'v', patterns: ['isBackPressured'] };
  const { metrics } = await metricsOfJob(session, request('j', options));
  expect(metrics).toEqual([{ id: 'isBackPressured', min: null, avg: null, max: null, sum: null }]);
});

test('a name that is nowhere is refused', async () => {
  const { session } = await answeringCluster(small([{ id: 'uptime', value: '1' }]));
  const asking = metricsOfJob(session, request('j', { patterns: ['uptime', 'downtime'] }));
  await expect(asking).rejects.toMatchObject({ code: 'DREY_METRIC_NOT_FOUND' });
});

test('a job without any metrics yet is no mistake of the name', async () => {
  const { session } = await answeringCluster(small([]));
  const result = await metricsOfJob(session, request('j', { patterns: ['uptime'] }));
  expect(result.metrics).toEqual([]);
  const text = renderView(metricsView(result, new MetricHistory()), 'text', plain);
  expect(text).toContain('no metrics of it yet');
});

test('many names are asked for in several requests, each short enough for the server', async () => {
  const metrics = Array.from({ length: 300 }, (_, index) => ({
    id: `some_operator_with_a_name.metric${index}`,
    value: '1',
  }));
  const { session, asked } = await answeringCluster(small(metrics));
  await metricsOfJob(session, request('j'));
  const queries = asked.filter((target) => target.includes('get=some'));
  expect(queries.length).toBeGreaterThan(3);
  expect(Math.max(...queries.map((target) => target.length))).toBeLessThan(3000);
});

test('a cluster collects metrics only when it is asked, so the first answer is not used', async () => {
  const { session, asked } = await answeringCluster(small([{ id: 'uptime', value: '1' }]));
  const fresh = new FreshMetrics();
  await metricsOfJob(session, request('j', { fresh }));
  const place = `/jobs/${JOB}/metrics`;
  expect(asked.slice(1)).toEqual([`${place}?get=uptime`, place, `${place}?get=uptime`]);
  await metricsOfJob(session, request('j', { fresh }));
  expect(asked.slice(5)).toEqual([place, `${place}?get=uptime`]);
});

test('the history of a watch is a line of blocks, from the second value on', () => {
  const history = new MetricHistory();
  const seen = [10, 20, 30].map((value) => {
    const result = {
      jobId: JOB as never,
      name: 'j',
      vertex: null,
      metrics: [{ id: 'numRestarts', value }],
    };
    return renderView(metricsView(history.remember(result), history), 'text', plain);
  });
  expect(seen[0]).toBe('METRIC       VALUE\nnumRestarts  10\n');
  expect(seen[2]).toBe('METRIC       VALUE  LAST\nnumRestarts  30     ▁▅█\n');
});
