import { expect, test } from 'vitest';
import { listTaskManagers } from '../../../src/cli/taskmanager/list-task-managers.ts';
import { taskManagerListView } from '../../../src/cli/taskmanager/list-view.ts';
import { showTaskManager } from '../../../src/cli/taskmanager/show-task-manager.ts';
import { taskManagerView } from '../../../src/cli/taskmanager/show-view.ts';
import { answeringCluster, Refusal } from '../../support/answering-cluster.ts';
import { recordedVersions, recordingOf } from '../../support/flink-recordings.ts';
import { JOB, shown, TASK_MANAGERS } from './taskmanager-cluster.ts';

test('TaskManagers are listed by id, with slots, memory and jobs', async () => {
  const { session } = await answeringCluster(TASK_MANAGERS);
  const result = await listTaskManagers(session);
  expect(result).toMatchObject({ slots: 6, freeSlots: 4, clock: 'cluster' });
  expect(result.taskManagers).toMatchObject([
    {
      taskManagerId: 'tm-a:1',
      slots: 3,
      freeSlots: 1,
      heapUsedBytes: 262_144_000,
      heapMaxBytes: 524_288_000,
      jobs: [{ jobId: JOB, name: 'clicks', slots: 2 }],
    },
    { taskManagerId: 'tm-b:1', jobs: [] },
  ]);
  const text = shown(taskManagerListView(result));
  expect(text).toMatch(/tm-a:1 +3 +1 +50 % +500 MiB +1\.25 GiB +[\d.]+ s +clicks \(2\)\n/);
  expect(shown(taskManagerListView(result), 'name')).toBe('tm-a:1\ntm-b:1\n');
});

test('the age of a heartbeat is by the clock of the cluster', async () => {
  const { session } = await answeringCluster(TASK_MANAGERS);
  // Ours is an hour ahead: by it the TaskManagers would be lost.
  const clock = { ...session.platform.clock, nowMs: () => Date.now() + 3_600_000 };
  const clocks = {
    ...clock,
    monotonicMs: () => session.platform.clock.monotonicMs(),
    zoneOffsetMs: () => 0,
  };
  const { taskManagers } = await listTaskManagers({
    ...session,
    platform: { ...session.platform, clock: clocks },
  });
  for (const { heartbeatAgeMs } of taskManagers) {
    expect(heartbeatAgeMs).toBeGreaterThan(2000);
    expect(heartbeatAgeMs).toBeLessThan(60_000);
  }
});

test('where the cluster tells no time, it is said whose clock was used', async () => {
  const { '/': _page, ...withoutPage } = TASK_MANAGERS;
  const { session } = await answeringCluster(withoutPage);
  expect(await listTaskManagers(session)).toMatchObject({ clock: 'own' });
});

test('one that left meanwhile is listed without details', async () => {
  const gone = new Refusal(500, 'No TaskExecutor registered under tm-b:1.');
  const { session } = await answeringCluster({ ...TASK_MANAGERS, '/taskmanagers/tm-b%3A1': gone });
  const { taskManagers } = await listTaskManagers(session);
  expect(taskManagers[1]).toMatchObject({ freeSlots: 3, heapUsedBytes: null, jobs: null });
});

test.each(recordedVersions)('the TaskManager of %s is read', async (version) => {
  const { body } = recordingOf(version, 'tms');
  const { request, body: details } = recordingOf(version, 'tm');
  const { session } = await answeringCluster({
    '/jobs/overview': recordingOf(version, 'jobs-overview').body as object,
    '/taskmanagers': body as object,
    [request.path]: details as object,
    [request.path.replace(/[^/]+$/, encodeURIComponent)]: details as object,
  });
  const { taskManagers } = await listTaskManagers(session);
  expect(taskManagers).toHaveLength(1);
  expect(taskManagers[0]?.heapMaxBytes).toBeGreaterThan(1e6);
  expect(taskManagers[0]?.lastHeartbeatAtMs).toBeGreaterThan(1.7e12);
  expect(taskManagers[0]?.jobs).not.toBeNull();
});

test('one TaskManager is shown with its load, jobs, collectors and memory', async () => {
  const { session } = await answeringCluster({
    ...TASK_MANAGERS,
    '/taskmanagers/tm-a%3A1/metrics': [
      { id: 'Status.JVM.GarbageCollector.All.TimeMsPerSecond', value: '250.5' },
      { id: 'Status.JVM.CPU.Load', value: '0.25' },
      { id: 'Status.JVM.Threads.Count', value: 'NaN' },
    ],
  });
  const result = await showTaskManager(session, 'tm-a');
  expect(result).toMatchObject({
    gcMsPerSec: 250.5,
    cpuLoad: 0.25,
    threads: null,
    metaspaceUsedBytes: null,
    garbageCollectors: [{ name: 'All', count: 3, durationMs: 40 }],
    memoryConfigurationBytes: { taskHeap: 536_870_912, totalProcessMemory: 1_342_177_280 },
  });
  const text = shown(taskManagerView(result));
  expect(text).toMatch(/slots +1 of 3 free\n/);
  expect(text).toMatch(/heap +250 MiB of 500 MiB\n/);
  expect(text).toMatch(/time in GC +25 %\n/);
  expect(text).toMatch(new RegExp(`${JOB} +clicks +2\n`));
});
