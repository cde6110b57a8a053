import { describe, expect, test } from 'vitest';
import { FreshMetrics } from '../../../src/cli/job/fresh-metrics.ts';
import {
  metricsOfProcess,
  processMetricsView,
} from '../../../src/cli/taskmanager/metrics-of-process.ts';
import { onlyProcessOf, processOf } from '../../../src/cli/taskmanager/process-flags.ts';
import { threadsOfProcess } from '../../../src/cli/taskmanager/threads-of-process.ts';
import { threadsView } from '../../../src/cli/taskmanager/threads-view.ts';
import { answeringCluster } from '../../support/answering-cluster.ts';
import { shown, TASK_MANAGERS } from './taskmanager-cluster.ts';

const owner = { kind: 'task-manager', argument: 'tm-a' } as const;

describe('threads', () => {
  const request = { owner, name: null, state: null, groups: false };

  test('are counted by state and listed with their uppermost frame', async () => {
    const { session } = await answeringCluster(TASK_MANAGERS);
    const result = await threadsOfProcess(session, request);
    expect(result).toMatchObject({
      taskManagerId: 'tm-a:1',
      total: 3,
      states: { RUNNABLE: 2, WAITING: 1 },
      deadlocks: [],
      groups: null,
    });
    expect(shown(threadsView(result, { stacks: false }))).toMatch(
      /^3 threads: 2 RUNNABLE, 1 WAITING\n\n[^]*worker-1 +RUNNABLE +Pool\.take\(Pool\.java:1\)\n/,
    );
    expect(shown(threadsView(result, { stacks: true }))).toContain(
      'worker-2  RUNNABLE\n    at a/x.y.Pool.take(Pool.java:1)\n    at a/x.y.Loop.run(Loop.java:2)\n',
    );
  });

  test('are chosen by a part of their names and by state', async () => {
    const { session } = await answeringCluster(TASK_MANAGERS);
    const named = await threadsOfProcess(session, { ...request, name: 'WORKER-2' });
    expect(named.threads?.map(({ name }) => name)).toEqual(['worker-2']);
    const waiting = await threadsOfProcess(session, { ...request, state: 'WAITING' });
    expect(waiting.threads?.map(({ name }) => name)).toEqual(['main']);
    // The summary stays that of the whole process.
    expect(waiting.total).toBe(3);
  });

  test('with the same stack are one group, the largest first', async () => {
    const { session } = await answeringCluster(TASK_MANAGERS);
    const result = await threadsOfProcess(session, { ...request, groups: true });
    expect(result.groups?.map(({ names }) => names)).toEqual([['worker-1', 'worker-2'], ['main']]);
    expect(result.threads).toBeNull();
    expect(shown(threadsView(result, { stacks: false }))).toContain(
      '2 threads RUNNABLE\n  worker-1, worker-2\n    at a/x.y.Pool.take(Pool.java:1)\n',
    );
  });

  test('that wait for each other are said to be a deadlock', async () => {
    const blocked = (id: number, by: number) => ({
      threadName: `t${id}`,
      stringifiedThreadInfo: `"t${id}" Id=${id} BLOCKED on x.Y@1 owned by "t${by}" Id=${by}\n\n`,
    });
    const { session } = await answeringCluster({
      '/jobmanager/thread-dump': { threadInfos: [blocked(1, 2), blocked(2, 1)] },
    });
    const result = await threadsOfProcess(session, { ...request, owner: { kind: 'job-manager' } });
    expect(result).toMatchObject({ taskManagerId: null, deadlocks: [['t1', 't2']] });
    expect(shown(threadsView(result, { stacks: false }))).toContain(
      'DEADLOCK: t1 waits for t2 waits for t1\n',
    );
  });
});

describe('metrics', () => {
  const ask = async (...patterns: readonly string[]) => {
    const { session, asked } = await answeringCluster(TASK_MANAGERS);
    const fresh = new FreshMetrics();
    return { asked, result: await metricsOfProcess(session, { owner, patterns, fresh }) };
  };

  test('without names are a list of names', async () => {
    const { result, asked } = await ask();
    expect(result.metrics).toHaveLength(3);
    expect(shown(processMetricsView(result))).toContain('METRIC\n');
    expect(asked.filter((target) => target.includes('get='))).toEqual([]);
  });

  test('come with values for a pattern, asked for after the cluster has collected them', async () => {
    const { result, asked } = await ask('*metaspace*');
    expect(result.metrics).toEqual([
      { id: 'Status.JVM.Memory.Metaspace.Max', value: 268_435_456 },
      { id: 'Status.JVM.Memory.Metaspace.Used', value: 1_048_576 },
    ]);
    expect(asked.filter((target) => target.includes('get='))).toHaveLength(2);
  });

  test('of an unknown name are an error with the names', async () => {
    await expect(ask('*Threads*', 'noSuch')).rejects.toMatchObject({
      code: 'DREY_METRIC_NOT_FOUND',
      message: 'TaskManager tm-a:1 has no metric "noSuch"; it has 3',
    });
  });
});

describe('arguments', () => {
  test('after the TaskManager are what follows it; of the JobManager all of them are', () => {
    expect(processOf(['a', 'b'], false)).toEqual({
      owner: { kind: 'task-manager', argument: 'a' },
      rest: ['b'],
    });
    expect(processOf([], false).owner).toEqual({ kind: 'task-manager', argument: null });
    expect(processOf(['b'], true)).toEqual({ owner: { kind: 'job-manager' }, rest: ['b'] });
  });

  test('a TaskManager and --jobmanager exclude each other', () => {
    expect(() => onlyProcessOf('a', true)).toThrow('exclude each other');
  });
});
