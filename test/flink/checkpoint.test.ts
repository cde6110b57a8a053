import { describe, expect, it } from 'vitest';
import { realFlinks, startJob, untilTasksRun, type Json } from './real-flink.ts';
import { drey, dreyJson } from './run-drey.ts';

describe.concurrent.each(realFlinks())('Flink $version', (flink) => {
  it('checkpoints are triggered, listed and shown by subtask', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'checkpointed']);
    await untilTasksRun(flink, job);
    const triggered = await dreyJson(flink, 'checkpoint', 'trigger', job);
    expect(triggered['checkpointId']).toBeGreaterThan(0);
    const listed = await dreyJson(flink, 'checkpoint', 'list', job);
    expect(listed['counts'].completed).toBeGreaterThan(0);
    expect((listed['checkpoints'] as Json[])[0]).toMatchObject({ isSavepoint: false });
    const shown = await dreyJson(flink, 'checkpoint', 'show', job, 'latest', '--subtasks');
    const subtasks = (shown['vertices'] as Json[]).flatMap((vertex) => vertex['subtaskList']);
    expect(subtasks.length).toBeGreaterThanOrEqual(2);
    expect(subtasks[0]).toMatchObject({ isCompleted: true });
  });

  it('a full one is taken, an incremental one refused before it is sent', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'full']);
    await untilTasksRun(flink, job);
    expect((await drey(flink, 'checkpoint', 'trigger', job, '--full')).exit).toBe(0);
    const refused = await drey(flink, 'checkpoint', 'trigger', job, '--incremental');
    expect(refused.exit).toBe(5);
    expect(refused.stderr).toContain('DREY_FLINK_UNSUPPORTED');
  });

  it('one that fails is told with its reason, exit 6', async (test) => {
    const job = await startJob(test, flink, ['fail-snapshot', '--name', 'unwritable']);
    await untilTasksRun(flink, job);
    const { exit, stderr } = await drey(flink, 'checkpoint', 'trigger', job);
    expect(exit).toBe(6);
    expect(stderr).toContain('DREY_CHECKPOINT_FAILED');
    const failed = await dreyJson(flink, 'checkpoint', 'list', job, '--failed');
    expect((failed['checkpoints'] as Json[]).every(({ status }) => status === 'FAILED')).toBe(true);
  });

  it('the configuration of a job is shown', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'configured']);
    await untilTasksRun(flink, job);
    expect(await dreyJson(flink, 'checkpoint', 'config', job)).toMatchObject({
      mode: 'exactly_once',
      intervalMs: 2000,
    });
  });

  it('one that left the history is not found, exit 5', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'forgotten']);
    await untilTasksRun(flink, job);
    expect((await drey(flink, 'checkpoint', 'show', job, '99999')).exit).toBe(5);
  });
});
