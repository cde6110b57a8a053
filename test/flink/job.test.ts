import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'vitest';
import { describe, expect, it } from 'vitest';
import type { FlinkUnderTest } from '../peers/flink-under-test.ts';
import {
  call,
  cancelJob,
  jobEntry,
  realFlinks,
  startJob,
  untilState,
  untilTasksRun,
  type Json,
} from './real-flink.ts';
import { drey, dreyJson } from './run-drey.ts';
import { uniqueJar } from './unique-jar.ts';

describe.concurrent.each(realFlinks())('with Flink $version', (flink) => {
  it('job run starts a job, hands its arguments over as they are and leaves no jar', async (test) => {
    const words = ['two words', `it's "quoted"`, '', '--json', 'ünï $HOME *'];
    const name = jobName();
    const { jar, hash } = uniqueJar(test, flink);
    const job = await run(test, { ...flink, jar }, [], ['ok', '--name', name, '--', ...words]);
    const shown = words.map((word) => ` <${word}>`).join('');
    expect(job).toMatchObject({ name: `${name}${shown}`, state: 'RUNNING', restoredFrom: null });
    expect((await jobEntry(flink, job.jobId))?.['tasks']).toMatchObject({ total: 2, running: 2 });
    const { body } = await call(flink, 'GET /jars');
    expect((body['files'] as Json[]).filter((file) => file['name'].startsWith(hash))).toEqual([]);
  });

  it('job run with an id of its own starts no second job', async (test) => {
    const id = randomBytes(16).toString('hex');
    const name = jobName();
    const args = ['ok', '--name', name];
    const first = await run(test, flink, ['--job-id', id], args);
    const second = await run(test, flink, ['--job-id', id], args);
    expect([first.jobId, second.jobId]).toEqual([id, id]);
    const jobs = (await call(flink, 'GET /jobs/overview')).body['jobs'] as Json[];
    expect(jobs.filter((job) => job['name'] === name)).toHaveLength(1);
    await cancelJob(flink, id);
    await untilState(flink, id, 'CANCELED');
    const third = await refused(flink, 'job', 'run', flink.jar, '--job-id', id, '--', ...args);
    expect(third).toMatchObject({ code: 'DREY_JOB_STATE', exit: 5 });
  });

  it('job run tells why a program starts no job', async (test) => {
    const thrown = await refused(flink, 'job', 'run', flink.jar, '--', 'main-throws');
    expect(thrown).toMatchObject({
      code: 'DREY_FLINK_REFUSED',
      message: 'no job was started: main failed: main throws, as the mode says',
    });
    const { jar, hash } = uniqueJar(test, flink);
    const missing = await refused(flink, 'job', 'run', jar, '-c', 'no.Such', '--', 'ok');
    expect(missing).toMatchObject({ exit: 5, details: { refusal: 'entry-class' } });
    const { body } = await call(flink, 'GET /jars');
    expect((body['files'] as Json[]).filter((file) => file['name'].startsWith(hash))).toEqual([]);
    expect(missing['message']).toContain("'no.Such' was not found in the jar");
  });

  it('job run says that the first of two jobs of a program goes on', async (test) => {
    const args = ['two-executes', '--name', jobName()];
    const error = await refused(flink, 'job', 'run', flink.jar, '--', ...args);
    const { jobId } = error['details'];
    test.onTestFinished(() => cancelJob(flink, jobId));
    expect(error).toMatchObject({ code: 'DREY_PROGRAM_FAILED', exit: 6 });
    expect(error['details']).toMatchObject({ refusal: 'several-jobs', state: 'RUNNING' });
    expect(error['hint']).toContain(`drey job cancel ${jobId}`);
    expect(await jobEntry(flink, jobId)).toMatchObject({ state: 'RUNNING' });
  });

  it('a stopped job goes on from its savepoint, which is proved', async (test) => {
    const before = await run(test, flink, [], ['ok', '--name', jobName()]);
    const stopped = await dreyJson(flink, 'job', 'stop', before.jobId);
    expect(stopped).toMatchObject({ jobId: before.jobId, state: 'FINISHED' });
    const { location } = stopped as { location: string };
    expect(existsSync(`${fileURLToPath(location)}/_metadata`)).toBe(true);
    const after = await run(test, flink, ['-s', location], ['ok', '--name', jobName()]);
    expect(after).toMatchObject({ state: 'RUNNING', restoredFrom: location });

    const renamed = ['--', 'ok', '--name', jobName(), '--count-uid', 'renamed'];
    const left = await refused(flink, 'job', 'run', flink.jar, '-s', location, ...renamed);
    expect(left['details'].refusal).toBe('state-not-restored');
    expect(left['hint']).toContain('--allow-non-restored-state');
    const flags = ['-s', location, '--allow-non-restored-state', '--claim-mode', 'no-claim'];
    const allowed = await run(test, flink, flags, renamed.slice(1));
    expect(allowed).toMatchObject({ restoredFrom: location });
  });

  it('job run does not start from a savepoint that is not there', async () => {
    const words = ['-s', 'file:///no/such/savepoint', '--', 'ok', '--name', jobName()];
    const error = await refused(flink, 'job', 'run', flink.jar, ...words);
    expect(error).toMatchObject({ exit: 5 });
    expect(error['message']).toContain('/no/such/savepoint');
    expect(error['details'].refusal).toBe('savepoint');
  });

  it('job stop tells the savepoint of a job that then fails, and what failed', async (test) => {
    const job = await startJob(test, flink, ['fail-on-stop', '--restarts', '3']);
    await untilTasksRun(flink, job);
    const error = await refused(flink, 'job', 'stop', job);
    expect(error).toMatchObject({ code: 'DREY_JOB_STOP_FAILED', exit: 6 });
    const { location } = error['details'];
    expect(existsSync(`${fileURLToPath(location)}/_metadata`)).toBe(true);
    expect(error['message']).toContain(location);
    expect(error['details']).toMatchObject({
      state: 'FAILED',
      taskException: 'closing fails, as the mode says',
    });
    const again = await refused(flink, 'job', 'stop', job);
    expect(again).toMatchObject({ code: 'DREY_JOB_STATE', exit: 5 });
    expect(again['details'].location).toBe(location);
  });

  it('job stop tells why no savepoint came about, and that the job goes on', async (test) => {
    const job = await startJob(test, flink, ['fail-snapshot', '--restarts', '3']);
    await untilTasksRun(flink, job);
    const error = await refused(flink, 'job', 'stop', job);
    expect(error).toMatchObject({ code: 'DREY_JOB_STOP_FAILED', exit: 6 });
    expect(error['message']).toContain('the state cannot be written, as the mode says');
    expect(error['details'].location).toBeNull();
    await untilTasksRun(flink, job);
  });

  it('job stop with --detach gives the operation that savepoints are followed by', async (test) => {
    const job = await startJob(test, flink, ['slow-snapshot', '1000']);
    await untilTasksRun(flink, job);
    const { triggerId } = await dreyJson(flink, 'job', 'stop', job, '--detach');
    const { body } = await call(flink, `GET /jobs/${job}/savepoints/${triggerId}`);
    expect(body['status'].id).toBe('IN_PROGRESS');
    expect(await dreyJson(flink, 'job', 'wait', job)).toMatchObject({ state: 'FINISHED' });
  });

  it('job cancel ends several jobs, once', async (test) => {
    const jobs = [await startJob(test, flink, ['ok']), await startJob(test, flink, ['ok'])];
    const unasked = await refused(flink, 'job', 'cancel', ...jobs);
    expect(unasked).toMatchObject({ exit: 2 });
    const planned = await dreyJson(flink, 'job', 'cancel', ...jobs, '--dry-run');
    expect(planned).toMatchObject({ dryRun: true });
    const cancelled = await dreyJson(flink, 'job', 'cancel', ...jobs, '--yes');
    expect(cancelled['jobs']).toMatchObject(jobs.map((jobId) => ({ jobId, state: 'CANCELED' })));
    const again = await dreyJson(flink, 'job', 'cancel', ...jobs, '--yes');
    expect(again['jobs']).toHaveLength(2);
  });

  it('job cancel refuses a job that has finished', async (test) => {
    const job = await startJob(test, flink, ['finish']);
    expect(await dreyJson(flink, 'job', 'wait', job, '--for', 'finished')).toMatchObject({
      jobId: job,
      state: 'FINISHED',
    });
    const error = await refused(flink, 'job', 'cancel', job, '--yes');
    expect(error).toMatchObject({ code: 'DREY_JOB_STATE', exit: 5 });
    const { jobs } = await dreyJson(flink, 'job', 'cancel', job, '--yes', '--if-exists');
    expect(jobs).toMatchObject([{ state: 'FINISHED' }]);
  });

  it('job wait ends with 7 at its limit and says how to go on', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, job);
    const words = ['job', 'wait', job, '--for', 'finished', '--timeout', '4s'];
    const error = await refused(flink, ...words);
    expect(error).toMatchObject({ code: 'DREY_STILL_RUNNING', exit: 7 });
    expect(error['hint']).toContain(`drey job wait ${job} --for FINISHED`);
  });

  it('job wait ends with the reason of a job that fails', async (test) => {
    const job = await startJob(test, flink, ['fail', '--records', '100']);
    const error = await refused(flink, 'job', 'wait', job);
    expect(error).toMatchObject({ code: 'DREY_JOB_FAILED', exit: 6 });
    expect(error['message']).toContain('record 100 cannot be counted');
    expect(error['details'].taskName).toContain('count per key');
  });

  it('job show has the last failure of a job that runs again, and what it was restored from', async (test) => {
    // Restarts after two checkpoints.
    const words = ['fail', '--records', '500', '--restarts', '9', '--checkpoint-interval', '300'];
    const job = await startJob(test, flink, words);
    const seen = await untilRestarted(flink, job);
    expect(seen).toMatchObject({
      jobId: job,
      lastException: { message: 'record 500 cannot be counted', exception: expect.any(String) },
      restoredFrom: { isSavepoint: false, location: expect.stringContaining(`${job}/chk-`) },
      checkpoints: { latestCompleted: { location: expect.stringContaining(`${job}/chk-`) } },
      webUrl: expect.stringContaining(job),
    });
    expect((seen['vertices'] as Json[]).map(({ name }) => name)).toEqual([
      'Source: numbers',
      'count per key -> nothing: Writer',
    ]);
    const { stdout } = await drey(flink, 'job', 'show', job);
    expect(stdout).toContain('IllegalArgumentException: record 500 cannot be counted');
    expect(stdout).toMatch(/^restored from +file:/m);
  });

  it('job rescale says what the default scheduler cannot do', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    const error = await refused(flink, 'job', 'rescale', job, '--parallelism', '2');
    expect(error).toMatchObject({ code: 'DREY_FLINK_UNSUPPORTED', exit: 5 });
    expect(error['hint']).toContain('jobmanager.scheduler: adaptive');
  });
});

interface Started extends Json {
  readonly jobId: string;
}

/** Starts a job of the peer's jar by drey; cancelled when the test ends. */
async function run(
  test: Pick<TestContext, 'onTestFinished'>,
  flink: FlinkUnderTest,
  ...[flags, args]: [readonly string[], readonly string[]]
): Promise<Started> {
  const started = await dreyJson(flink, 'job', 'run', flink.jar, ...flags, '--', ...args);
  const jobId = String(started['jobId']);
  test.onTestFinished(() => cancelJob(flink, jobId));
  return { ...started, jobId };
}

/** The error of a command that must fail. */
async function refused(flink: FlinkUnderTest, ...words: readonly string[]): Promise<Json> {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  const { exit, stdout } = await drey(flink, ...own, '--json', ...words.slice(own.length));
  const error = (JSON.parse(stdout) as { error?: Json }).error;
  if (error === undefined) throw new Error(`drey ${words.join(' ')} did not fail: ${stdout}`);
  expect(error['exit']).toBe(exit);
  return error;
}

/** As `job show` shows it once it has state again after a failure. */
async function untilRestarted(flink: FlinkUnderTest, job: string): Promise<Json> {
  for (let looks = 0; looks < 40; looks++) {
    const seen = await dreyJson(flink, 'job', 'show', job);
    if (seen['restoredFrom'] !== null && seen['lastException'] !== null) return seen;
  }
  throw new Error(`job ${job} was not restored`);
}

let names = 0;

function jobName(): string {
  return `by drey ${process.pid} ${++names}`;
}
