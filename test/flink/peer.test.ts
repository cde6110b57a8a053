import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tryProgram } from '../peers/run-program.ts';
import { waitUntil } from '../peers/wait-until.ts';
import {
  call,
  cancelJob,
  jobEntry,
  realFlinks,
  runJar,
  savepoint,
  startJob,
  untilState,
  untilTasksRun,
  type Json,
} from './real-flink.ts';

describe.concurrent.each(realFlinks())('Flink $version', (flink) => {
  it('has all its parts', async () => {
    const config = await call(flink, 'GET /config');
    expect(config.body).toMatchObject({ 'flink-version': flink.version, 'refresh-interval': 3000 });
    const gateway = await fetch(`${flink.gatewayUrl}/v1/info`);
    expect(await gateway.json()).toMatchObject({ version: flink.version });
    const managers = (await call(flink, 'GET /taskmanagers')).body['taskmanagers'];
    expect(managers).toHaveLength(1);
    for (const path of [`taskmanagers/${managers[0].id}`, 'jobmanager']) {
      const { logs } = (await call(flink, `GET /${path}/logs`)).body as { logs: Json[] };
      const full = logs.filter(({ name, size }) => name.endsWith('.log') && size > 0);
      expect(full.length, path).toBeGreaterThan(0);
    }
  });

  it('comes with its own command line', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'listed']);
    await untilTasksRun(flink, job);
    const { program, arguments: first, env } = flink.flinkCommand;
    const listed = await tryProgram(program, [...first, 'list'], { env });
    expect(listed.exit).toBe(0);
    expect(listed.stdout).toContain(`${job} : listed (RUNNING)`);
  });

  it('ok runs until it is stopped, which leaves a savepoint', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, job);
    const { body } = await call(flink, `GET /jobs/${job}`);
    const names = (body['vertices'] as Json[]).map(({ name }) => name);
    expect(names).toEqual(['Source: numbers', 'count per key -> nothing: Writer']);
    const first = await savepoint(flink, job, 'savepoints');
    expectSavepointIn(first['location'], flink.savepointFolder);
    const last = await savepoint(flink, job, 'stop');
    expectSavepointIn(last['location'], flink.savepointFolder);
    await untilState(flink, job, 'FINISHED');
  });

  it('finish comes to its end', async (test) => {
    const job = await startJob(test, flink, ['finish']);
    await untilState(flink, job, 'FINISHED');
  });

  it('fail fails with the reason at the bottom', async (test) => {
    const job = await startJob(test, flink, ['fail', '--records', '7']);
    await untilState(flink, job, 'FAILED');
    expect(await exceptionText(job)).toContain('record 7 cannot be counted');
  });

  it('fails again after each restart', async (test) => {
    const job = await startJob(test, flink, ['fail', '--records', '7', '--restarts', '2']);
    await untilState(flink, job, 'FAILED');
    const { body } = await call(flink, `GET /jobs/${job}/exceptions`);
    expect(body['exceptionHistory'].entries).toHaveLength(3);
  });

  it('back-pressure holds the source up', async (test) => {
    const job = await startJob(test, flink, ['back-pressure']);
    await untilTasksRun(flink, job);
    const [source, count] = (await call(flink, `GET /jobs/${job}`)).body['vertices'] as Json[];
    const held = await untilPressure(job, source?.['id'], 'high');
    expect(held['busyRatio']).toBeLessThan(0.2);
    const subtask = await untilPressure(job, count?.['id'], 'ok');
    expect(subtask['busyRatio']).toBeGreaterThan(0.9);
  });

  it('slow-snapshot makes a savepoint wait', async (test) => {
    const job = await startJob(test, flink, ['slow-snapshot', '2000']);
    await untilTasksRun(flink, job);
    const startedAtMs = performance.now();
    const { location } = await savepoint(flink, job, 'savepoints');
    expectSavepointIn(location, flink.savepointFolder);
    expect(performance.now() - startedAtMs).toBeGreaterThan(2000);
  });

  it('fail-on-stop fails after the savepoint, whatever the restart strategy', async (test) => {
    const job = await startJob(test, flink, ['fail-on-stop', '--restarts', '5']);
    await untilTasksRun(flink, job);
    const cause = causeOf(await savepoint(flink, job, 'stop'));
    const [, location = ''] = /A savepoint has been created at: (\S+),/.exec(cause) ?? [];
    expect(cause).toContain('StopWithSavepointStoppingException');
    expectSavepointIn(location, flink.savepointFolder);
    await untilState(flink, job, 'FAILED');
    expect(await exceptionText(job)).toContain('closing fails, as the mode says');
  });

  it('fail-snapshot fails each savepoint and checkpoint and goes on', async (test) => {
    const job = await startJob(test, flink, ['fail-snapshot', '--restarts', '5']);
    await untilTasksRun(flink, job);
    const cause = causeOf(await savepoint(flink, job, 'savepoints'));
    expect(cause).toContain('IOException: the state cannot be written, as the mode says');
    await waitUntil({ what: 'a failed checkpoint', timeoutMs: 20_000 }, async () => {
      const { body } = await call(flink, `GET /jobs/${job}/checkpoints`);
      const entry = body['latest'].failed as Json | null;
      return entry !== null && !entry['is_savepoint'] ? true : undefined;
    });
    expect(await jobEntry(flink, job)).toMatchObject({ state: 'RUNNING' });
    expect(causeOf(await savepoint(flink, job, 'stop'))).toContain('the state cannot be written');
    await untilTasksRun(flink, job);
  });

  it('two-executes is refused although its first job runs', async (test) => {
    const name = `two ${randomUUID()}`;
    const { status, body } = await runJar(flink, ['two-executes', '--name', name]);
    const jobs = (await call(flink, 'GET /jobs/overview')).body['jobs'] as Json[];
    const started = jobs.filter((job) => job['name'] === name);
    test.onTestFinished(async () => {
      for (const { jid } of started) await cancelJob(flink, String(jid));
    });
    expect(status).toBe(400);
    expect(body['errors'].join()).toMatch(/Cannot have more than (one execute|1 streaming jobs)/);
    expect(started).toHaveLength(1);
  });

  it('main-throws is refused with its reason', async () => {
    const { status, body } = await runJar(flink, ['main-throws']);
    expect(status).toBe(400);
    expect(body['errors'].join()).toContain('main throws, as the mode says');
  });

  it('arguments arrive as they were given', async (test) => {
    const args = ['two words', `it's "quoted"`, '', '--name', 'a\\b $HOME *', 'ünï 世界'];
    const job = await startJob(test, flink, ['finish', '--name', 'a  b', '--', ...args]);
    const shown = args.map((argument) => ` <${argument}>`).join('');
    expect(await jobEntry(flink, job)).toMatchObject({ name: `a  b${shown}` });
  });

  it('state of another operator uid is restored only when that is allowed', async (test) => {
    const before = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, before);
    const savepointPath = (await savepoint(flink, before, 'stop'))['location'] as string;
    const args = ['ok', '--count-uid', 'renamed'];
    const refused = await runJar(flink, args, { savepointPath });
    expect(refused.status).toBe(400);
    expect(refused.body['errors'].join()).toContain('you can set the --allowNonRestoredState');
    const allowed = { savepointPath, allowNonRestoredState: true };
    await untilTasksRun(flink, await startJob(test, flink, args, allowed));
  });

  async function exceptionText(job: string): Promise<string> {
    return JSON.stringify((await call(flink, `GET /jobs/${job}/exceptions`)).body);
  }

  /** Figures of the one subtask, once the level is as expected: it begins as `ok`. */
  function untilPressure(job: string, vertex: string, level: string): Promise<Json> {
    const wait = { what: `back pressure ${level} at ${vertex}`, timeoutMs: 30_000 };
    return waitUntil(wait, async () => {
      const { body } = await call(flink, `GET /jobs/${job}/vertices/${vertex}/backpressure`);
      const subtask = body['subtasks']?.[0] as Json | undefined;
      const isThere = body['backpressure-level'] === level && subtask !== undefined;
      return isThere ? subtask : undefined;
    });
  }
});

function causeOf(operation: Json): string {
  return String(operation['failure-cause']?.['stack-trace']);
}

function expectSavepointIn(location: string, folder: string): void {
  const path = fileURLToPath(location);
  expect(path.startsWith(join(folder, 'savepoint-'))).toBe(true);
  expect(existsSync(join(path, '_metadata'))).toBe(true);
}
