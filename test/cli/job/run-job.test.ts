import { describe, expect, test } from 'vitest';
import { runJob, type RunRequest } from '../../../src/cli/job/run-job.ts';
import { LOST, type ActingCluster } from '../../support/acting-cluster.ts';
import { Refusal } from '../../support/answering-cluster.ts';
import { smallJar } from '../../support/small-jar.ts';
import { actAsUsual, submissionCluster } from '../../support/submission-cluster.ts';

const OWN = 'c'.repeat(32);

function request(flags: Partial<RunRequest['flags']> = {}, path = smallJar()): RunRequest {
  return {
    jar: { kind: 'file', path },
    programArguments: ['two words', ''],
    flags: { 'allow-non-restored-state': false, detach: false, ...flags },
  };
}

describe('a job that is run from a file', () => {
  test('gets its arguments as they are, and leaves no jar', async () => {
    const { session, state, acted } = await submissionCluster();
    const result = await runJob(session, request({ parallelism: 3, configuration: ['a.b=c=d'] }));
    expect(result).toMatchObject({ state: 'RUNNING', restoredFrom: null });
    const [{ id, body } = { id: '', body: null }] = runsOf(acted);
    expect(body).toEqual({
      jobId: result.jobId,
      programArgsList: ['two words', ''],
      parallelism: 3,
      flinkConfiguration: { 'a.b': 'c=d' },
      allowNonRestoredState: false,
    });
    expect(id).toMatch(/_[0-9a-f]{12}-run-[0-9a-f]{8}-my_job\.jar$/);
    expect(state.jars).toEqual([]);
  });

  test.each([
    ['1.19.1', 'restoreMode'],
    ['1.20.3', 'claimMode'],
  ])('names its restore mode as %s does', async (version, field) => {
    const cluster = await submissionCluster(({ request: asked }) =>
      asked.endsWith('/checkpoints')
        ? { history: [], latest: { restored: { id: 3, external_path: 'file:/sp' } } }
        : undefined,
    );
    cluster.state.version = version;
    const flags = { 'from-savepoint': 'file:///sp', 'claim-mode': 'no-claim' };
    const result = await runJob(cluster.session, request(flags));
    expect(runsOf(cluster.acted)[0]?.body).toMatchObject({
      savepointPath: 'file:///sp',
      [field]: 'NO_CLAIM',
    });
    expect(result.restoredFrom).toBe('file:/sp');
  });

  test('is not called good when nothing proves that it was restored', async () => {
    const { session } = await submissionCluster(({ request: asked }) =>
      asked.endsWith('/checkpoints') ? { history: [], latest: { restored: null } } : undefined,
    );
    const run = runJob(session, request({ 'from-savepoint': 'file:///sp' }));
    await expect(run).rejects.toMatchObject({ code: 'DREY_JOB_NOT_RESTORED', exitCode: 6 });
  });

  test('takes a jar of the same content that was uploaded to stay, and leaves it', async () => {
    const { session, state, asked, acted } = await submissionCluster();
    const path = smallJar();
    await runJob(session, request({}, path));
    const hash = /_([0-9a-f]{12})-run-/.exec(runsOf(acted)[0]?.id ?? '')?.[1] ?? '';
    state.jars.push({ id: `x_${hash}-my_job.jar`, name: `${hash}-my_job.jar` });
    await runJob(session, request({}, path));
    expect(asked('POST /jars/upload')).toHaveLength(1);
    expect(runsOf(acted)[1]?.id).toBe(`x_${hash}-my_job.jar`);
    expect(state.jars).toHaveLength(1);
  });

  test('is refused before the upload where the cluster takes no programs', async () => {
    const { session, state, asked } = await submissionCluster();
    state.features['web-submit'] = false;
    await expect(runJob(session, request())).rejects.toMatchObject({
      code: 'DREY_FLINK_UNSUPPORTED',
      hint: expect.stringContaining('web.submit.enable') as string,
    });
    expect(asked('POST /jars/upload')).toEqual([]);
  });

  test('warns of a JobManager that has no room for programs', async () => {
    const { session, errorText } = await submissionCluster(({ request: asked }) =>
      asked === 'GET /jobmanager/metrics'
        ? [
            { id: 'Status.JVM.Memory.Metaspace.Used', value: '95' },
            { id: 'Status.JVM.Memory.Metaspace.Max', value: '100' },
          ]
        : undefined,
    );
    await runJob(session, request());
    expect(errorText()).toContain('metaspace of the JobManager is 95 % full');
  });
});

describe('when the answer is lost', () => {
  test('of the upload, the jar is found by its name and not sent again', async () => {
    const { session, state, asked } = await submissionCluster((acted, before) => {
      if (acted.request !== 'POST /jars/upload') return undefined;
      actAsUsual(acted, before);
      return LOST;
    });
    await runJob(session, request());
    expect(asked('POST /jars/upload')).toHaveLength(1);
    expect(state.jars).toEqual([]);
  });

  test('of the run, the job is found by its id and not started again', async () => {
    const { session, acted } = await submissionCluster((acted, state) => {
      if (!acted.request.endsWith('/run')) return undefined;
      actAsUsual(acted, state);
      return LOST;
    });
    const { jobId, state } = await runJob(session, request());
    expect(state).toBe('RUNNING');
    expect(runsOf(acted).map(({ body }) => (body as { jobId: string }).jobId)).toEqual([jobId]);
  });

  test('of the run that had no effect, it is sent again with the same id', async () => {
    let losses = 0;
    const { session, state, acted } = await submissionCluster(({ request: one }) =>
      one.endsWith('/run') && losses++ === 0 ? LOST : undefined,
    );
    const { jobId } = await runJob(session, request());
    expect(runsOf(acted)).toHaveLength(2);
    expect([...state.jobs.keys()]).toEqual([jobId]);
  });

  test('and the JobManager was replaced, it is unknown, and the jar stays', async () => {
    const { session, acted } = await submissionCluster(({ request: one }, state) => {
      if (!one.endsWith('/run')) return undefined;
      state.jars.length = 0;
      return LOST;
    });
    await expect(runJob(session, request())).rejects.toMatchObject({
      code: 'DREY_OUTCOME_UNKNOWN',
      exitCode: 10,
      hint: expect.stringContaining('drey job show') as string,
    });
    expect(runsOf(acted)).toHaveLength(1);
  });
});

describe("an id of one's own", () => {
  test('that a job has which runs starts no second one', async () => {
    const { session, state, asked, errorText } = await submissionCluster();
    state.jobs.set(OWN, 'RUNNING');
    expect(await runJob(session, request({ 'job-id': OWN.toUpperCase() }))).toMatchObject({
      jobId: OWN,
      state: 'RUNNING',
    });
    expect(asked('POST /jars/upload')).toEqual([]);
    expect(errorText()).toContain('is there already');
  });

  test('that a job had which has ended is refused', async () => {
    const { session, state } = await submissionCluster();
    state.jobs.set(OWN, 'FINISHED');
    await expect(runJob(session, request({ 'job-id': OWN }))).rejects.toMatchObject({
      code: 'DREY_JOB_STATE',
      details: { jobId: OWN, state: 'FINISHED' },
    });
  });

  test('that another one took meanwhile is joined', async () => {
    const { session, state } = await submissionCluster(({ request: one }, before) => {
      if (one.endsWith('/run')) before.jobs.set(OWN, 'RUNNING');
      return undefined;
    });
    const result = await runJob(session, request({ 'job-id': OWN }));
    expect(result).toMatchObject({ jobId: OWN, state: 'RUNNING' });
    expect(state.jars).toEqual([]);
  });

  test('must be one', async () => {
    const { session } = await submissionCluster();
    const run = runJob(session, request({ 'job-id': 'abc' }));
    await expect(run).rejects.toMatchObject({ code: 'DREY_USAGE' });
  });
});

describe('a program that is refused', () => {
  const trace = (said: string): Refusal =>
    new Refusal(
      400,
      `a.b.C: Could not execute application.\n\tat a.B.c(D.java:1)\nCaused by: java.lang.IllegalStateException: ${said}\n\tat a.B.c(D.java:1)`,
    );

  test('starts nothing, says why, and leaves no jar', async () => {
    const { session, state } = await submissionCluster(({ request: one }) =>
      one.endsWith('/run') ? trace('no topic') : undefined,
    );
    await expect(runJob(session, request())).rejects.toMatchObject({
      code: 'DREY_FLINK_REFUSED',
      message: 'no job was started: no topic',
      details: { refusal: 'program' },
    });
    expect(state.jars).toEqual([]);
  });

  test('after its job had started, which goes on, is not called a refusal', async () => {
    const { session, state } = await submissionCluster((acted, before) => {
      if (!acted.request.endsWith('/run')) return undefined;
      actAsUsual(acted, before);
      return trace('Cannot have more than 1 streaming jobs in a single environment.');
    });
    const error = await runJob(session, request()).catch((caught: unknown) => caught);
    const [id] = state.jobs.keys();
    expect(error).toMatchObject({
      code: 'DREY_PROGRAM_FAILED',
      exitCode: 6,
      hint: expect.stringContaining(`drey job cancel ${id} --yes`) as string,
      details: { jobId: id, state: 'RUNNING', refusal: 'several-jobs' },
    });
  });
});

describe('a job that was accepted', () => {
  test('and FAILED gives its deepest cause', async () => {
    const { session } = await submissionCluster((acted, state) => {
      if (acted.request.endsWith('/exceptions')) return exceptions('disk full');
      if (!acted.request.endsWith('/run')) return undefined;
      const answer = actAsUsual(acted, state);
      for (const id of state.jobs.keys()) state.jobs.set(id, 'FAILED');
      return answer;
    });
    await expect(runJob(session, request())).rejects.toMatchObject({
      code: 'DREY_JOB_FAILED',
      exitCode: 6,
      message: expect.stringContaining('FAILED: IOException: disk full (in count (1/1))') as string,
    });
  });

  test('is not waited for with --detach', async () => {
    const { session } = await submissionCluster((acted, state) => {
      if (!acted.request.endsWith('/run')) return undefined;
      const answer = actAsUsual(acted, state);
      for (const id of state.jobs.keys()) state.jobs.set(id, 'INITIALIZING');
      return answer;
    });
    expect(await runJob(session, request({ detach: true }))).toMatchObject({
      state: 'INITIALIZING',
    });
  });

  test('and is gone from the cluster is not waited for', async () => {
    const { session } = await submissionCluster((acted, state) => {
      if (!acted.request.endsWith('/run')) return undefined;
      const answer = actAsUsual(acted, state);
      state.jobs.clear();
      return answer;
    });
    await expect(runJob(session, request())).rejects.toMatchObject({ code: 'DREY_JOB_NOT_FOUND' });
  });
});

function exceptions(said: string): object {
  const stacktrace = `java.io.IOException: ${said}\n\tat a.B.c(D.java:1)`;
  const entry = { exceptionName: 'java.io.IOException', stacktrace, timestamp: 5 };
  return { exceptionHistory: { entries: [{ ...entry, taskName: 'count (1/1)' }] } };
}

interface Run {
  readonly id: string;
  readonly body: unknown;
}

function runsOf(acted: ActingCluster['acted']): readonly Run[] {
  return acted.flatMap(({ request: one, body }) => {
    const id = /^POST \/jars\/(.+)\/run$/.exec(one)?.[1];
    return id === undefined ? [] : [{ id, body }];
  });
}
