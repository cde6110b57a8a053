import { describe, expect, it } from 'vitest';
import { waitUntil } from '../peers/wait-until.ts';
import {
  cancelJob,
  realFlinks,
  startJob,
  untilState,
  untilTasksRun,
  type Json,
} from './real-flink.ts';
import { drey, dreyJson } from './run-drey.ts';

/** Metrics of a new job are wrong for half a minute, and drey says so. */
const CONCLUSIVE = { what: 'a conclusive answer', timeoutMs: 50_000 };

describe.concurrent.each(realFlinks())('with Flink $version', (flink) => {
  it('job plan draws the graph of a job', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    const { exit, stdout } = await drey(flink, 'job', 'plan', job);
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^Source: numbers {2}x1 {2}\w{8}\n└─ count per key HASH {2}x1 {2}\w{8}\n {6}→ nothing: Writer\n$/,
    );
    const { stdout: svg } = await drey(flink, 'job', 'plan', job, '--format', 'svg');
    expect(svg).toMatch(/^<svg [^]*>count per key<\/text>[^]*<\/svg>\n$/);
  });

  it('job exceptions has one entry for each restart, the last cause with its place', async (test) => {
    const words = ['fail', '--records', '20', '--restarts', '2'];
    const job = await startJob(test, flink, words);
    await untilState(flink, job, 'FAILED');
    const { exceptions } = await dreyJson(flink, 'job', 'exceptions', job);
    expect(exceptions).toHaveLength(3);
    for (const exception of exceptions as Json[]) {
      expect(exception).toMatchObject({
        exception: 'IllegalArgumentException',
        message: 'record 20 cannot be counted',
        taskName: expect.stringContaining('count per key -> nothing: Writer (1/1)') as string,
        endpoint: expect.stringMatching(/:\d+$/) as string,
      });
      expect(exception['chain']).toContain('counting failed');
    }
    const { stdout } = await drey(flink, 'job', 'exceptions', job, '--entries', '1', '--trace');
    expect(stdout).toContain('at drey.peer.CountPerKey.processElement(CountPerKey.java:');
    expect(stdout).toContain('The cluster has older ones');
  });

  it('job config shows what the job runs with', async (test) => {
    const job = await startJob(test, flink, ['ok', '--checkpoint-interval', '3456']);
    const config = await dreyJson(flink, 'job', 'config', job);
    expect(config).toMatchObject({
      execution: { parallelism: 1 },
      checkpoints: { intervalMs: 3456, mode: 'exactly_once', tolerableFailed: 1_000_000 },
    });
  });

  it('job logs finds the TaskManager of a job and what it logged of it', async (test) => {
    const words = ['fail', '--records', '33', '--restarts', '1'];
    const job = await startJob(test, flink, words);
    await untilState(flink, job, 'FAILED');
    const grep = 'record 33 cannot be counted';
    const { taskManagers } = await dreyJson(flink, 'job', 'logs', job, '--grep', grep);
    expect(taskManagers).toHaveLength(1);
    const { lines } = (taskManagers as Json[])[0] ?? {};
    // The entry as a whole: the line that says which task, and the trace with the cause.
    expect((lines as string[]).some((line) => line.includes('count per key'))).toBe(true);
    expect((lines as string[]).some((line) => line.includes(grep))).toBe(true);
    const { stdout } = await drey(flink, 'job', 'logs', job, '--files');
    expect(stdout).toContain('flink-taskexecutor-0.log');
  });

  it('job metrics has values of the job and aggregates of a vertex', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, job);
    // A cluster that has not fetched the metrics of a new job yet has no names at all.
    const waitForJob = { what: 'metrics of the job', timeoutMs: 30_000 };
    const ofJob = await waitUntil(waitForJob, async () => {
      const { metrics } = await dreyJson(flink, 'job', 'metrics', job, 'numRestarts');
      return (metrics as Json[]).length > 0 ? metrics : undefined;
    });
    expect(ofJob).toEqual([{ id: 'numRestarts', value: 0 }]);
    const wait = { what: 'metrics of the vertex', timeoutMs: 30_000 };
    const records = await waitUntil(wait, async () => {
      const words = ['job', 'metrics', job, 'numRecordsIn', '--vertex', 'count'];
      const { metrics: ofVertex } = await dreyJson(flink, ...words);
      const [first] = ofVertex as Json[];
      return first !== undefined && first['sum'] > 0 ? first : undefined;
    });
    expect(records).toMatchObject({ id: 'numRecordsIn' });
    const words = ['job', 'metrics', job, '--vertex', 'numbers'];
    const { metrics: ofSource } = await dreyJson(flink, ...words);
    const known = (ofSource as Json[]).filter((metric) => metric['sum'] !== null);
    expect(known.map(({ id }) => id)).toContain('backPressuredTimeMsPerSecond');
    const missing = await drey(flink, 'job', 'metrics', job, 'noSuchMetric');
    expect(missing).toMatchObject({ exit: 5, stdout: '' });
    expect(missing.stderr).toContain('DREY_METRIC_NOT_FOUND');
  });

  it('job watch ends with the job: 0 when it is finished', async (test) => {
    const job = await startJob(test, flink, ['finish']);
    const { exit, stdout } = await drey(
      flink,
      'job',
      'watch',
      job,
      '--interval',
      '500ms',
      '--json',
    );
    expect(exit).toBe(0);
    const looks = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(looks.at(-1)).toMatchObject({ schemaVersion: 1, state: 'FINISHED', failure: null });
    expect(looks.slice(0, -1).every(({ state }) => state !== 'FINISHED')).toBe(true);
  });

  it('job watch ends with the job: 6 and the cause when it failed', async (test) => {
    const job = await startJob(test, flink, ['fail', '--records', '300']);
    const { exit, stdout } = await drey(flink, 'job', 'watch', job, '--interval', '500ms');
    expect(exit).toBe(6);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(/ FAILED after .*IllegalArgumentException: record 300 cannot be/);
  });

  it('job watch shows records per second, load and checkpoints of a job that runs', async (test) => {
    const job = await startJob(test, flink, ['ok', '--checkpoint-interval', '500']);
    await untilTasksRun(flink, job);
    const watching = drey(flink, 'job', 'watch', job, '--interval', '500ms', '--json');
    const wait = { what: 'the job to be counted', timeoutMs: 40_000 };
    await waitUntil(wait, async () => {
      const { metrics } = await dreyJson(
        flink,
        'job',
        'metrics',
        job,
        'numRec*InPerSecond',
        '--vertex',
        'count',
      );
      return (metrics as Json[]).some(({ sum }) => sum > 20) ? true : undefined;
    });
    await cancelJob(flink, job);
    const { exit, stdout } = await watching;
    expect(exit).toBe(0);
    const looks = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(looks.at(-1)).toMatchObject({ state: 'CANCELED' });
    const rates = looks.map(({ vertices }) => (vertices as Json[])[1]?.['recordsInPerSec']);
    expect(Math.max(...(rates as number[]))).toBeGreaterThan(10);
    expect(looks.some(({ lastCheckpoint }) => lastCheckpoint !== null)).toBe(true);
  });

  it('job bottleneck names the vertex that the source waits for', async (test) => {
    const job = await startJob(test, flink, ['back-pressure']);
    await untilTasksRun(flink, job);
    const early = await drey(flink, 'job', 'bottleneck', job, '--fail-on', 'critical', '--json');
    expect(early.exit).toBe(8);
    const found = await waitUntil(CONCLUSIVE, async () => {
      const answer = await dreyJson(flink, 'job', 'bottleneck', job);
      return answer['isConclusive'] === true ? answer : undefined;
    });
    expect(found).toMatchObject({
      bottleneck: { name: 'count per key -> nothing: Writer' },
      vertices: [{ role: 'held-up' }, { role: 'bottleneck' }],
    });
    expect((found['findings'] as Json[])[0]).toMatchObject({
      rule: 'slow-vertex',
      severity: 'critical',
      evidence: { heldUp: 'Source: numbers' },
    });
    const check = await drey(flink, 'job', 'bottleneck', job, '--fail-on', 'critical');
    expect(check.exit).toBe(8);
    expect(check.stdout).toContain('is the bottleneck: busy');
  });

  it('job bottleneck finds none where the source is slow on purpose', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, job);
    const found = await waitUntil(CONCLUSIVE, async () => {
      const answer = await dreyJson(flink, 'job', 'bottleneck', job);
      return answer['isConclusive'] === true ? answer : undefined;
    });
    expect(found).toMatchObject({ bottleneck: null, findings: [{ rule: 'no-bottleneck' }] });
    const check = await drey(flink, 'job', 'bottleneck', job, '--fail-on', 'warning');
    expect(check.exit).toBe(0);
  });
});
