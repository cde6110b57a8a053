import { describe, expect, it } from 'vitest';
import { realFlinks, startJob, untilTasksRun, type Json } from './real-flink.ts';
import { drey, dreyJson } from './run-drey.ts';

describe.concurrent.each(realFlinks())('with Flink $version', (flink) => {
  it('taskmanager list has slots, memory, a fresh heartbeat and the job', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'tm list']);
    await untilTasksRun(flink, job);
    const { taskManagers, slots, freeSlots, clock } = await dreyJson(flink, 'taskmanager', 'list');
    const [only, ...others] = taskManagers as Json[];
    expect(others).toEqual([]);
    expect(clock).toBe('cluster');
    expect(slots).toBeGreaterThan(freeSlots as number);
    expect(only?.['heartbeatAgeMs']).toBeLessThan(25_000);
    expect(only?.['heapMaxBytes']).toBeGreaterThan(50_000_000);
    expect(only?.['jobs']).toContainEqual({ jobId: job, name: 'tm list', slots: 1 });
    const { stdout } = await drey(flink, 'taskmanager', 'list', '-o', 'name');
    expect(stdout).toBe(`${only?.['taskManagerId']}\n`);
  });

  it('taskmanager show finds it by nothing, by a part of its id, and not by another', async () => {
    const shown = await dreyJson(flink, 'taskmanager', 'show');
    const id = String(shown['taskManagerId']);
    expect(shown['metaspaceMaxBytes']).toBeGreaterThan(shown['metaspaceUsedBytes'] as number);
    expect(shown['memoryConfigurationBytes']).toHaveProperty('totalProcessMemory');
    expect(shown['garbageCollectors']).not.toEqual([]);
    const { exit, stdout } = await drey(flink, 'taskmanager', 'show', id.slice(-6));
    expect(exit).toBe(0);
    expect(stdout).toContain(id);
    const missing = await drey(flink, 'taskmanager', 'show', 'no-such-one');
    expect(missing.exit).toBe(5);
    expect(missing.stderr).toContain(id);
  });

  it('taskmanager logs lists files and prints one of them', async () => {
    const { files } = await dreyJson(flink, 'taskmanager', 'logs');
    const names = (files as Json[]).map(({ name }) => String(name));
    expect(names).toContain('flink-taskexecutor-0.log');
    const { exit, stdout } = await drey(flink, 'taskmanager', 'logs', '127', 'taskexecutor-0.log');
    expect(exit).toBe(0);
    expect(stdout.split('\n').length).toBeGreaterThan(50);
    expect(stdout).toContain('Starting TaskManager');
    const tail = await drey(flink, 'taskmanager', 'logs', '--log', '--tail', '3');
    expect(tail.stdout.trimEnd().split('\n')).toHaveLength(3);
    const found = await dreyJson(flink, 'taskmanager', 'logs', '--log', '--grep', 'Starting TaskM');
    expect(found).toMatchObject({ file: 'log', isTruncated: false });
    expect(found['lines']).not.toEqual([]);
    expect(found['sizeBytes']).toBeGreaterThan(1000);
  });

  it('taskmanager logs says what there is when a file is not', async () => {
    const missing = await drey(flink, 'taskmanager', 'logs', '127', 'nope.log');
    expect(missing.exit).toBe(5);
    expect(missing.stderr).toContain('DREY_LOG_UNAVAILABLE');
    expect(missing.stderr).toContain('flink-taskexecutor-0.log');
  });

  it('taskmanager logs --jobmanager has the log of the JobManager', async () => {
    const words = [
      'taskmanager',
      'logs',
      '--jobmanager',
      '--log',
      '--grep',
      'Rest endpoint listening',
    ];
    const { exit, stdout } = await drey(flink, ...words);
    expect(exit).toBe(0);
    expect(stdout).toContain('Rest endpoint listening');
  });

  it('taskmanager threads shows what the subtask of a job does', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, job);
    const dump = await dreyJson(flink, 'taskmanager', 'threads', '--name', 'count per key');
    const [first] = dump['threads'] as Json[];
    expect(first).toMatchObject({ threadId: expect.any(Number) as number });
    expect(['RUNNABLE', 'WAITING', 'TIMED_WAITING', 'BLOCKED']).toContain(first?.['state']);
    expect(first?.['stack']).not.toEqual([]);
    expect(dump['total']).toBeGreaterThan(20);
    expect(dump['states']).not.toHaveProperty('UNKNOWN');
    const { stdout } = await drey(flink, 'taskmanager', 'threads', '--top', '--state', 'WAITING');
    expect(stdout).toMatch(/\n\d+ threads WAITING\n[^]*Unsafe\.park/);
    const ofJobManager = await dreyJson(flink, 'taskmanager', 'threads', '--jobmanager');
    expect(ofJobManager).toMatchObject({ taskManagerId: null, deadlocks: [] });
  });

  it('taskmanager metrics lists names and gives values by pattern', async () => {
    const { metrics: names } = await dreyJson(flink, 'taskmanager', 'metrics');
    expect((names as Json[]).map(({ id }) => id)).toContain('Status.JVM.Memory.Heap.Used');
    const words = ['taskmanager', 'metrics', '127', '*.Heap.Max', '*metaspace.used'];
    const { metrics } = await dreyJson(flink, ...words);
    expect((metrics as Json[]).map(({ id }) => id)).toEqual([
      'Status.JVM.Memory.Heap.Max',
      'Status.JVM.Memory.Metaspace.Used',
    ]);
    for (const { value } of metrics as Json[]) expect(value).toBeGreaterThan(1_000_000);
    const ofJobManager = await dreyJson(flink, 'taskmanager', 'metrics', '--jobmanager', 'numReg*');
    expect(ofJobManager['metrics']).toEqual([{ id: 'numRegisteredTaskManagers', value: 1 }]);
  });
});
