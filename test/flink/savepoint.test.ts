import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FlinkUnderTest } from '../peers/flink-under-test.ts';
import { startSwallowingProxy, type SwallowingProxy } from '../support/swallowing-proxy.ts';
import { call, jobEntry, realFlinks, startJob, untilTasksRun, type Json } from './real-flink.ts';
import { drey, dreyJson } from './run-drey.ts';

/** What the cluster itself shows, and what lies in its folder. */
async function savepointsOf(flink: FlinkUnderTest, job: string): Promise<readonly Json[]> {
  const { body } = await call(flink, `GET /jobs/${job}/checkpoints`);
  return (body['history'] as Json[]).filter((entry) => entry['is_savepoint']);
}

function foldersOf(flink: FlinkUnderTest, job: string): readonly string[] {
  const prefix = `savepoint-${job.slice(0, 6)}-`;
  return readdirSync(flink.savepointFolder).filter((name) => name.startsWith(prefix));
}

async function withProxy<T>(
  flink: FlinkUnderTest,
  isSwallowed: Parameters<typeof startSwallowingProxy>[1],
  use: (proxy: SwallowingProxy) => Promise<T>,
): Promise<T> {
  const proxy = await startSwallowingProxy(flink.restUrl, isSwallowed);
  try {
    return await use(proxy);
  } finally {
    await proxy.close();
  }
}

describe.concurrent.each(realFlinks())('Flink $version', (flink) => {
  it('trigger gives a savepoint with its place and size', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'saved']);
    await untilTasksRun(flink, job);
    const result = await dreyJson(flink, 'savepoint', 'trigger', job);
    expect(result).toMatchObject({ jobId: job, format: 'CANONICAL' });
    expect(result['location']).toContain(flink.savepointFolder);
    expect(result['sizeBytes']).toBeGreaterThan(0);
    expect(result['durationMs']).toBeGreaterThanOrEqual(0);
    const again = await dreyJson(flink, 'savepoint', 'status', job, result['triggerId']);
    expect(again).toMatchObject({ status: 'COMPLETED', location: result['location'] });
  });

  it('one request whose answer is lost makes one savepoint', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'lost']);
    await untilTasksRun(flink, job);
    const isTrigger = (method: string, path: string): boolean =>
      method === 'POST' && path.endsWith('/savepoints');
    await withProxy(
      flink,
      (method, path, count) => isTrigger(method, path) && count === 1,
      async (proxy) => {
        const { exit, stdout } = await drey(
          { restUrl: proxy.url },
          'savepoint',
          'trigger',
          job,
          '--json',
        );
        expect(exit).toBe(0);
        expect(proxy.swallowed).toMatchObject([{ method: 'POST', status: 202 }]);
        // It asked what became of the request instead of sending it again.
        expect(proxy.forwarded('POST', /\/savepoints$/)).toBe(1);
        const { location } = JSON.parse(stdout) as { readonly location: string };
        expect(await savepointsOf(flink, job)).toMatchObject([{ external_path: location }]);
        expect(foldersOf(flink, job)).toHaveLength(1);
      },
    );
  });

  it('a stop whose answers are lost makes one savepoint and stops the job', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'lost-stop']);
    await untilTasksRun(flink, job);
    await withProxy(
      flink,
      (method, path) => method === 'POST' && path.endsWith('/stop'),
      async (proxy) => {
        const { exit, stdout } = await drey({ restUrl: proxy.url }, 'job', 'stop', job, '--json');
        expect(exit).toBe(0);
        const { state, location } = JSON.parse(stdout) as Record<string, string>;
        expect(state).toBe('FINISHED');
        expect(location).toContain(flink.savepointFolder);
        expect(await jobEntry(flink, job)).toMatchObject({ state: 'FINISHED' });
        expect(foldersOf(flink, job)).toHaveLength(1);
      },
    );
  });

  it('a request that never arrives makes none, and is sent again', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'again']);
    await untilTasksRun(flink, job);
    // The proxy sends it to an endpoint that does not exist, and loses that answer.
    const broken = await startSwallowingProxy(`${flink.restUrl}/nowhere`, () => true);
    try {
      const { exit } = await drey(
        { restUrl: broken.url },
        'savepoint',
        'trigger',
        job,
        '--timeout',
        '3s',
        '--json',
      );
      expect([4, 10]).toContain(exit);
      expect(foldersOf(flink, job)).toHaveLength(0);
    } finally {
      await broken.close();
    }
  });

  it('detached, then waited for, and its state asked', async (test) => {
    const job = await startJob(test, flink, ['slow-snapshot', '12000', '--name', 'slow']);
    await untilTasksRun(flink, job);
    const { triggerId } = await dreyJson(flink, 'savepoint', 'trigger', job, '--detach');
    expect(await dreyJson(flink, 'savepoint', 'status', job, triggerId)).toMatchObject({
      status: 'IN_PROGRESS',
    });
    const short = await drey(flink, 'savepoint', 'wait', job, triggerId, '--timeout', '3s');
    expect(short.exit).toBe(7);
    expect(short.stderr).toContain(`drey savepoint wait ${job} ${triggerId}`);
    expect(await dreyJson(flink, 'savepoint', 'wait', job, triggerId)).toMatchObject({
      status: 'COMPLETED',
    });
  });

  it('that fails is told with its reason, exit 6', async (test) => {
    const job = await startJob(test, flink, ['fail-snapshot', '--name', 'unsavable']);
    await untilTasksRun(flink, job);
    const { exit, stderr } = await drey(flink, 'savepoint', 'trigger', job);
    expect(exit).toBe(6);
    expect(stderr).toContain('the state cannot be written, as the mode says');
    expect(stderr.split('\n').length).toBeLessThan(8);
  });

  it('that is unknown is told as unknown, exit 10', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'unknown']);
    await untilTasksRun(flink, job);
    const { exit, stdout } = await drey(
      flink,
      'savepoint',
      'status',
      job,
      '0123456789abcdef0123456789abcdef',
      '--json',
    );
    expect(exit).toBe(10);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'UNKNOWN' });
  });

  it('is restored, kept while a job needs it, and deleted when none does', async (test) => {
    const first = await startJob(test, flink, ['ok', '--name', 'origin']);
    await untilTasksRun(flink, first);
    const { location } = await dreyJson(flink, 'job', 'stop', first);
    const name = `restored-${flink.version}`;
    // Checkpoints come seldom, so the job needs the savepoint for a while.
    const program = ['ok', '--name', name, '--checkpoint-interval', '3600000'];
    const restored = await dreyJson(
      flink,
      'savepoint',
      'restore',
      location,
      flink.jar,
      '--',
      ...program,
    );
    test.onTestFinished(
      async () => void (await drey(flink, 'job', 'cancel', restored['jobId'], '--yes')),
    );
    expect(restored).toMatchObject({ state: 'RUNNING', restoredFrom: location });
    // To its newest checkpoint a failure would take it back; savepoints are not used for that.
    const own = await dreyJson(flink, 'checkpoint', 'trigger', restored['jobId']);
    const refused = await drey(flink, 'savepoint', 'dispose', own['location'], '--yes');
    expect(refused.exit).toBe(5);
    expect(refused.stderr).toContain('DREY_SAVEPOINT_IN_USE');
    await dreyJson(flink, 'savepoint', 'dispose', location, '--yes');
    expect(foldersOf(flink, first)).toHaveLength(0);
    expect((await drey(flink, 'savepoint', 'dispose', location, '--yes')).exit).toBe(6);
    const gone = await dreyJson(flink, 'savepoint', 'dispose', location, '--yes', '--if-exists');
    expect(gone).toMatchObject({ disposed: false, missing: true });
  });
});
