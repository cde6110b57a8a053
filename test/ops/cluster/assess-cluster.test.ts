import { describe, expect, test } from 'vitest';
import { taskManagerIdOf } from '../../../src/flink/model/identifiers.ts';
import type { Finding } from '../../../src/ops/finding.ts';
import { assessCluster } from '../../../src/ops/cluster/assess-cluster.ts';
import type { ClusterFacts } from '../../../src/ops/cluster/cluster-facts.ts';
import { factsOf, jobOf, NOW, outcomesOf, taskManagerOf } from './facts-of.ts';

const MIB = 1024 * 1024;

/** Severities and rules, the worst first. */
const found = (changes: Partial<ClusterFacts>): readonly string[] =>
  assessCluster(factsOf(changes)).map(({ severity, rule }) => `${severity} ${rule}`);

function only(changes: Partial<ClusterFacts>): Finding {
  const [finding, ...more] = assessCluster(factsOf(changes));
  if (finding === undefined || more.length > 0) throw new Error('not exactly one finding');
  return finding;
}

test('a cluster in which all is well has no findings', () => {
  expect(found({})).toEqual([]);
});

test('the worst finding comes first', () => {
  const all = found({
    webSubmit: false,
    isSupported: false,
    jobs: [jobOf({ state: 'RESTARTING' })],
  });
  expect(all).toEqual([
    'critical job-restarting',
    'warning unsupported-version',
    'info web-submit-off',
  ]);
});

describe('slots', () => {
  const none = { taskManagers: [], slotsTotal: 0, slotsAvailable: 0 };

  test('no TaskManager is critical only where a job needs one', () => {
    expect(found({ ...none, jobs: [] })).toEqual(['warning no-task-managers']);
    expect(found({ ...none, jobs: [jobOf({ state: 'FAILED' })] })).toContain(
      'warning no-task-managers',
    );
    expect(found(none)).toEqual(['critical no-task-managers']);
  });

  test('all slots taken is no more than information while every subtask runs', () => {
    expect(found({ slotsAvailable: 0 })).toEqual(['info no-free-slots']);
  });

  test('a subtask that waits for a minute while no slot is free is critical', () => {
    const waiting = { tasks: { total: 2, scheduled: 2 } };
    const since = (ms: number) => ({
      slotsAvailable: 0,
      jobs: [jobOf({ ...waiting, stateSinceAtMs: NOW - ms })],
    });
    expect(found(since(61_000))).toEqual(['critical waiting-for-slots', 'info no-free-slots']);
    expect(found(since(30_000))).toEqual(['info no-free-slots']);
    expect(found({ jobs: [jobOf(waiting)] })).toEqual([]);
  });

  test('waiting is explained by missing TaskManagers', () => {
    const findings = assessCluster(
      factsOf({ ...none, jobs: [jobOf({ tasks: { total: 2, scheduled: 2 } })] }),
    );
    expect(findings.map(({ rule, explainedBy }) => [rule, explainedBy])).toEqual([
      ['no-task-managers', undefined],
      ['waiting-for-slots', 'no-task-managers'],
    ]);
  });
});

describe('heartbeats', () => {
  const heard = (ageMs: number) => [taskManagerOf({ lastHeartbeatAtMs: NOW - ageMs })];

  test.each([
    [24_000, []],
    [26_000, ['critical late-heartbeat']],
  ])('one of %d ms ago gives %j', (ageMs, findings) => {
    expect(found({ taskManagers: heard(ageMs) })).toEqual(findings);
  });

  test('the interval of the cluster decides what is late', () => {
    const heartbeat = { intervalMs: 20_000, timeoutMs: 100_000 };
    expect(found({ heartbeat, taskManagers: heard(26_000) })).toEqual([]);
  });

  test('our clock does not make one late when the cluster tells no time', () => {
    const time = { nowAtMs: NOW + 3_600_000, aheadMs: null };
    const two = [
      taskManagerOf({ lastHeartbeatAtMs: NOW - 1000 }),
      taskManagerOf({ taskManagerId: taskManagerIdOf('tm-2'), lastHeartbeatAtMs: NOW - 40_000 }),
    ];
    const late = only({ time, taskManagers: two });
    expect(late).toMatchObject({
      rule: 'late-heartbeat',
      confidence: 'low',
      evidence: { taskManagerId: 'tm-2', heartbeatAgeMs: 39_000 },
    });
  });

  test('a clock that is minutes off is said, in its direction', () => {
    const finding = only({ time: { nowAtMs: NOW, aheadMs: -180_000 } });
    expect(finding.title).toBe('the clock of the JobManager is 3 min behind that of this machine');
  });
});

describe('jobs', () => {
  test.each(['RESTARTING', 'FAILING'])('a job that is %s is critical', (state) => {
    const finding = only({
      jobs: [jobOf({ state, stateSinceAtMs: NOW - 300_000, failureCause: 'IOException: gone' })],
    });
    expect(finding).toMatchObject({ rule: 'job-restarting', severity: 'critical' });
    expect(finding.title).toBe(`job clicks is ${state} for 5 min: IOException: gone`);
  });

  test('a job that failed is critical, a batch job less so', () => {
    const failed = { state: 'FAILED', endedAtMs: NOW - 7_200_000 };
    expect(only({ jobs: [jobOf(failed)] })).toMatchObject({
      severity: 'critical',
      title: 'job clicks has FAILED 2 h ago, and no job of this name was started after it',
    });
    expect(found({ jobs: [jobOf({ ...failed, jobType: 'BATCH' })] })).toEqual([
      'warning job-failed',
    ]);
  });

  test.each([
    [2, []],
    [3, ['warning restarts-often']],
    [10, ['critical restarts-often']],
  ])('%d failures within the last hour give %j', (count, findings) => {
    const failuresAtMs = Array.from({ length: count }, (_, index) => NOW - index * 1000);
    expect(found({ jobs: [jobOf({ failuresAtMs, restarts: count })] })).toEqual(findings);
  });

  test('failures of yesterday do not count', () => {
    const failuresAtMs = [1, 2, 3, 4].map((hour) => NOW - hour * 3_600_001);
    expect(found({ jobs: [jobOf({ failuresAtMs, restarts: 4 })] })).toEqual([]);
    expect(found({ jobs: [jobOf({ failuresAtMs, restarts: 100 })] })).toEqual([
      'warning restarts-often',
    ]);
  });

  test('what could not be read is said and does not pass as well', () => {
    const jobs = [jobOf({ unreadable: 'GET /jobs/1: broken (HTTP 500)' })];
    expect(only({ jobs })).toMatchObject({ rule: 'not-readable', severity: 'warning' });
    const taskManagers = [taskManagerOf({ unreadable: 'gone' })];
    expect(found({ taskManagers })).toEqual(['warning not-readable']);
  });

  test('jobs that were not looked at are counted', () => {
    expect(only({ jobsSkipped: 7 }).title).toMatch(/^7 further jobs were not looked at/);
  });

  test('a name that is a statement of SQL is one short line', () => {
    const name = `SELECT a,\n  b FROM ${'t'.repeat(100)}`;
    expect(only({ jobs: [jobOf({ name, state: 'RESTARTING' })] }).title).toMatch(
      /^job SELECT a, b FROM t{43}\.\.\. is RESTARTING/,
    );
  });
});

describe('checkpoints', () => {
  const with_ = (marks: string, counts = { completed: 5, failed: 1 }) => ({
    jobs: [jobOf({ checkpoints: { ...counts, outcomes: outcomesOf(marks) } })],
  });

  test.each([
    ['+++', []],
    ['+-+', []],
    ['-++', ['warning failing-checkpoints']],
    ['--+', ['warning failing-checkpoints']],
    ['---+', ['critical failing-checkpoints']],
    ['', []],
  ])('a history of %s gives %j', (marks, findings) => {
    expect(found(with_(marks))).toEqual(findings);
  });

  test('the age of the last good one and the reason are told', () => {
    expect(only(with_('---+')).title).toBe(
      'job clicks: its last 3 checkpoints failed, the last good one is 4 min old: Checkpoint expired before completing.',
    );
  });

  test('a job that never completed one is critical, but not right after its start', () => {
    expect(found(with_('', { completed: 0, failed: 1 }))).toEqual([]);
    expect(only(with_('', { completed: 0, failed: 9 }))).toMatchObject({
      severity: 'critical',
      evidence: { completed: 0, failed: 9 },
    });
  });
});

describe('memory', () => {
  const metaspace = (usedMib: number) => ({
    jobManager: { ...factsOf().jobManager, metaspaceUsedBytes: usedMib * MIB },
  });

  test.each([
    [200, []],
    [210, ['warning metaspace-near-limit']],
    [250, ['critical metaspace-near-limit']],
  ])('%d of 256 MiB of metaspace give %j', (usedMib, findings) => {
    expect(found(metaspace(usedMib))).toEqual(findings);
  });

  test('the metaspace of the JobManager has advice about submissions, that of others has not', () => {
    const advice = (changes: Partial<ClusterFacts>) =>
      only(changes)
        .advice.map(({ key, text }) => `${key ?? ''} ${text}`)
        .join('\n');
    expect(advice(metaspace(220))).toMatch(/jobmanager\.memory\.jvm-metaspace[^]*SQL gateway/);
    const ofTaskManager = advice({
      taskManagers: [taskManagerOf({ metaspaceUsedBytes: 220 * MIB })],
    });
    expect(ofTaskManager).toContain('taskmanager.memory.jvm-metaspace.size');
    expect(ofTaskManager).not.toContain('SQL gateway');
  });

  test('a heap that is full at one look is doubtful', () => {
    expect(only({ taskManagers: [taskManagerOf({ heapUsedBytes: 960 * MIB })] })).toMatchObject({
      rule: 'heap-near-limit',
      severity: 'warning',
      confidence: 'low',
      evidence: { taskManagerId: 'tm-1' },
    });
  });

  test.each([
    [99, []],
    [100, ['warning garbage-collection']],
    [300, ['critical garbage-collection']],
    [null, []],
  ])('%d ms of garbage collection a second give %j', (gcMsPerSec, findings) => {
    expect(found({ taskManagers: [taskManagerOf({ gcMsPerSec })] })).toEqual(findings);
  });

  test('what is not known is not judged', () => {
    const unknown = {
      heapUsedBytes: null,
      heapMaxBytes: null,
      metaspaceUsedBytes: null,
      metaspaceMaxBytes: null,
      gcMsPerSec: null,
    };
    expect(found({ jobManager: unknown, taskManagers: [taskManagerOf(unknown)] })).toEqual([]);
  });
});

test('every finding says what to do', () => {
  const all = assessCluster(
    factsOf({
      webSubmit: false,
      isSupported: false,
      slotsAvailable: 0,
      jobsSkipped: 1,
      time: { nowAtMs: NOW, aheadMs: 60_000 },
      taskManagers: [
        taskManagerOf({
          lastHeartbeatAtMs: NOW - 45_000,
          heapUsedBytes: 990 * MIB,
          metaspaceUsedBytes: 255 * MIB,
          gcMsPerSec: 500,
        }),
        taskManagerOf({ unreadable: 'gone' }),
      ],
      jobs: [
        jobOf({ state: 'RESTARTING', tasks: { total: 1, scheduled: 1 } }),
        jobOf({ state: 'FAILED' }),
        jobOf({ restarts: 200 }),
        jobOf({ checkpoints: { completed: 0, failed: 9, outcomes: outcomesOf('---') } }),
      ],
    }),
  );
  expect(new Set(all.map(({ rule }) => rule)).size).toBe(15);
  expect(all.filter(({ advice }) => advice.length === 0)).toEqual([]);
});
