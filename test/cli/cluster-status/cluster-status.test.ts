import { describe, expect, test } from 'vitest';
import { configOfCluster, configView } from '../../../src/cli/cluster-status/cluster-config.ts';
import {
  healthExitStatus,
  healthOfCluster,
  healthView,
} from '../../../src/cli/cluster-status/cluster-health.ts';
import {
  overviewOfCluster,
  overviewView,
} from '../../../src/cli/cluster-status/cluster-overview.ts';
import { heartbeatOf } from '../../../src/cli/cluster-status/read-cluster-facts.ts';
import { FreshMetrics } from '../../../src/cli/job/fresh-metrics.ts';
import {
  answeringCluster,
  Refusal,
  type ClusterAnswer,
  type ClusterAnswers,
} from '../../support/answering-cluster.ts';
import {
  recordedVersions,
  recordingOf,
  recordingsOf,
  type RecordingSet,
} from '../../support/flink-recordings.ts';
import { shown } from '../taskmanager/taskmanager-cluster.ts';

const ID = '1'.repeat(32);
const job = (id: string, name: string, state: string, startedAtMs: number) => ({
  jid: id.repeat(32),
  name,
  state,
  'start-time': startedAtMs,
  'end-time': -1,
});

describe('the overview', () => {
  test('counts states and shows jobs that have not ended first', async () => {
    const ended = [3, 4, 5, 6, 7, 8, 9].map((id) => job(String(id), `old-${id}`, 'FINISHED', id));
    const { session } = await answeringCluster({
      '/overview': {
        taskmanagers: 2,
        'slots-total': 4,
        'slots-available': 0,
        'flink-version': '2.3.0',
      },
      '/jobs/overview': {
        jobs: [...ended, job('1', 'clicks', 'RUNNING', 1), job('2', 'uv', 'RESTARTING', 2)],
      },
    });
    const result = await overviewOfCluster(session);
    expect(result.jobsByState).toEqual({ FINISHED: 7, RESTARTING: 1, RUNNING: 1 });
    expect(result.jobs.map(({ name }) => name).slice(0, 3)).toEqual(['uv', 'clicks', 'old-9']);
    const text = shown(overviewView(result));
    expect(text).toMatch(/slots +0 of 4 free\n/);
    expect(text).toContain('and 2 more; drey job list shows all');
    expect(text).not.toContain('old-3');
  });

  test.each(recordedVersions)('of %s is read', async (version) => {
    const { session } = await answeringCluster({
      '/overview': recordingOf(version, 'overview').body as object,
      '/jobs/overview': recordingOf(version, 'jobs-overview').body as object,
    });
    const result = await overviewOfCluster(session);
    expect(result).toMatchObject({ version, taskManagers: 1 });
    expect(result.slotsTotal).toBeGreaterThan(0);
    expect(result.jobs.length).toBeGreaterThan(0);
  });
});

describe('the configuration', () => {
  const answers: ClusterAnswers = {
    '/config': {
      'flink-version': '2.3.0',
      'refresh-interval': 3000,
      features: { 'web-submit': true },
    },
    '/jobmanager/config': [
      { key: 'state.backend.type', value: 'rocksdb' },
      { key: 's3.secret-key', value: 'hunter2' },
      { key: 'rest.port', value: '8081' },
    ],
  };

  test('is in the order of its keys, without secrets', async () => {
    const { session } = await answeringCluster(answers);
    const result = await configOfCluster(session, []);
    expect(result).toMatchObject({ version: '2.3.0', refreshIntervalMs: 3000, total: 3 });
    expect(result.entries.map(({ key, value }) => `${key}=${value}`)).toEqual([
      'rest.port=8081',
      's3.secret-key=******',
      'state.backend.type=rocksdb',
    ]);
  });

  test.each([
    [['state'], ['state.backend.type']],
    [
      ['*port', 's3'],
      ['rest.port', 's3.secret-key'],
    ],
    [['REST.*'], ['rest.port']],
    [['nope'], []],
  ])('chosen by %j is %j', async (patterns, keys) => {
    const { session } = await answeringCluster(answers);
    const { entries } = await configOfCluster(session, patterns);
    expect(entries.map(({ key }) => key)).toEqual(keys);
  });

  test('says so when no option is called like that', async () => {
    const { session } = await answeringCluster(answers);
    const text = shown(configView(await configOfCluster(session, ['nope'])));
    expect(text).toContain('none of its 3 options is called so');
  });
});

/** A cluster with one job that is well. */
const well: ClusterAnswers = {
  '/': 'the page of the Web UI',
  '/config': { 'flink-version': '2.3.0', features: { 'web-submit': true } },
  '/overview': { taskmanagers: 1, 'slots-total': 2, 'slots-available': 1 },
  '/jobs/overview': { jobs: [job('1', 'clicks', 'RUNNING', 1)] },
  '/taskmanagers': {
    taskmanagers: [{ id: 'tm', timeSinceLastHeartbeat: Date.now(), slotsNumber: 2, freeSlots: 1 }],
  },
  '/jobmanager/config': [{ key: 'heartbeat.interval', value: '10 s' }],
  '/jobmanager/metrics': [
    { id: 'Status.JVM.Memory.Metaspace.Used', value: '100' },
    { id: 'Status.JVM.Memory.Metaspace.Max', value: '1000' },
  ],
  '/taskmanagers/tm/metrics': [
    { id: 'Status.JVM.GarbageCollector.All.TimeMsPerSecond', value: '1.5' },
  ],
  [`/jobs/${ID}`]: { jid: ID, name: 'clicks', state: 'RUNNING', timestamps: { RUNNING: 5 } },
  [`/jobs/${ID}/metrics`]: [{ id: 'numRestarts', value: '0' }],
  [`/jobs/${ID}/exceptions`]: { exceptionHistory: { entries: [] } },
  [`/jobs/${ID}/checkpoints`]: { counts: { completed: 1, failed: 0 }, history: [] },
};

async function healthWith(answers: Readonly<Record<string, ClusterAnswer>>) {
  const { session } = await answeringCluster({ ...well, ...answers });
  return healthOfCluster(session, new FreshMetrics());
}

const rulesOf = ({ findings }: Awaited<ReturnType<typeof healthWith>>) =>
  findings.map(({ rule, severity }) => `${severity} ${rule}`);

describe('health', () => {
  test('of a cluster that is well has no findings', async () => {
    const result = await healthWith({});
    expect(result).toMatchObject({ status: 'healthy', jobsExamined: 1, findings: [] });
    expect(result.clockAheadMs).not.toBeNull();
    expect(shown(healthView(result))).toMatch(/health +healthy\n/);
    expect(healthExitStatus('info')(result)).toBe(0);
  });

  test('finds the metaspace of the JobManager before submissions end in it', async () => {
    const result = await healthWith({
      '/jobmanager/metrics': [
        { id: 'Status.JVM.Memory.Metaspace.Used', value: '960' },
        { id: 'Status.JVM.Memory.Metaspace.Max', value: '1000' },
      ],
    });
    expect(rulesOf(result)).toEqual(['critical metaspace-near-limit']);
    expect(shown(healthView(result))).toContain('the metaspace of the JobManager is 96 % full');
  });

  test('says that jars cannot be submitted', async () => {
    const config = { 'flink-version': '2.3.0', features: { 'web-submit': false } };
    const result = await healthWith({ '/config': config });
    expect(rulesOf(result)).toEqual(['info web-submit-off']);
    expect(result.status).toBe('healthy');
  });

  test('finds failing checkpoints, and not that savepoints failed', async () => {
    const failed = { status: 'FAILED', failure_message: 'expired' };
    const history = [
      { id: 4, ...failed, is_savepoint: true },
      { id: 3, ...failed },
      { id: 2, ...failed },
      { id: 1, status: 'COMPLETED', latest_ack_timestamp: Date.now() - 600_000 },
    ];
    const result = await healthWith({
      [`/jobs/${ID}/checkpoints`]: { counts: { completed: 1, failed: 3 }, history },
    });
    expect(result.findings).toMatchObject([
      { rule: 'failing-checkpoints', severity: 'warning', evidence: { failedInARow: 2 } },
    ]);
  });

  test('of a job without checkpoints says nothing about them', async () => {
    const off = new Refusal(404, 'Checkpointing is not enabled for this job');
    expect(rulesOf(await healthWith({ [`/jobs/${ID}/checkpoints`]: off }))).toEqual([]);
  });

  test('a job that cannot be read is a finding, one that is gone is not', async () => {
    const broken = new Refusal(400, 'no');
    expect(rulesOf(await healthWith({ [`/jobs/${ID}/exceptions`]: broken }))).toEqual([
      'warning not-readable',
    ]);
    const gone = new Refusal(404, 'Job not found');
    const result = await healthWith({ [`/jobs/${ID}`]: gone });
    expect(result).toMatchObject({ jobsExamined: 0, findings: [] });
  });

  test('the exit status is that of the severity that was asked for', async () => {
    const result = await healthWith({
      '/overview': { taskmanagers: 0, 'slots-total': 0, 'slots-available': 0 },
      '/taskmanagers': { taskmanagers: [] },
      '/jobs/overview': { jobs: [] },
    });
    expect(rulesOf(result)).toEqual(['warning no-task-managers']);
    expect(healthExitStatus('critical')(result)).toBe(0);
    expect(healthExitStatus('warning')(result)).toBe(8);
    expect(healthExitStatus('info')(result)).toBe(8);
    expect(healthExitStatus(null)(result)).toBe(0);
  });

  test.each(recordedVersions)('of the recorded cluster of %s is read', async (version) => {
    const recorded = answersOf(version);
    const { session } = await answeringCluster({ ...well, ...recorded });
    const result = await healthOfCluster(session, new FreshMetrics());
    expect(result).toMatchObject({ version, taskManagers: 1 });
    expect(result.findings.filter(({ rule }) => rule === 'not-readable')).toEqual([]);
    // The recording is old, and the clock of the test's server is not.
    expect(result.findings.map(({ rule }) => rule)).toContain('late-heartbeat');
  });
});

/** What was recorded, by path without the query, of the job that ran. */
function answersOf(version: RecordingSet): ClusterAnswers {
  const names = [
    'config',
    'overview',
    'jobs-overview',
    'tms',
    'job',
    'job-metrics',
    'job-exceptions',
    'ck',
  ];
  const all = recordingsOf(version);
  const answers = names.flatMap((name): readonly (readonly [string, ClusterAnswer])[] => {
    const recording = all.get(name);
    if (recording === undefined) return [];
    const path = recording.request.path.split('?')[0] ?? '';
    return [[name === 'tms' ? '/taskmanagers' : path, recording.body as object]];
  });
  const { taskmanagers } = recordingOf(version, 'tms').body as { taskmanagers: { id: string }[] };
  const id = encodeURIComponent(taskmanagers[0]?.id ?? '');
  return { ...Object.fromEntries(answers), [`/taskmanagers/${id}/metrics`]: [] };
}

test.each([
  [[], 10_000, 50_000],
  [[{ key: 'heartbeat.interval', value: '20000' }], 20_000, 50_000],
  [[{ key: 'heartbeat.timeout', value: '3 min' }], 10_000, 180_000],
  [[{ key: 'heartbeat.interval', value: 'soon' }], 10_000, 50_000],
])('heartbeats by %j come every %d ms and end after %d ms', (settings, intervalMs, timeoutMs) => {
  expect(heartbeatOf(settings)).toEqual({ intervalMs, timeoutMs });
});
