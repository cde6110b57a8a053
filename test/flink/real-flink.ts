/**
 * The clusters that `npm run test:flink` has started, and the few calls that every test of them
 * needs: run the job of test/peers/job, wait for its state, cancel it. Plain fetch, no drey: what
 * is tested must not prove itself.
 */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import type { TestContext } from 'vitest';
import type { FlinksUnderTest, FlinkUnderTest } from '../peers/flink-under-test.ts';
import { waitUntil } from '../peers/wait-until.ts';

/** A JSON object of Flink's; a test reads what it knows to be there. */
export type Json = { readonly [key: string]: any }; // oxlint-disable-line typescript/no-explicit-any

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

const REQUEST_TIMEOUT_MS = 30_000;
const STATE_TIMEOUT_MS = 30_000;

export function realFlinks(): readonly FlinkUnderTest[] {
  const text = process.env['DREY_TEST_FLINKS'];
  if (text === undefined) throw new Error('no clusters: run these tests by `npm run test:flink`');
  return Object.values(JSON.parse(text) as FlinksUnderTest);
}

/** `request` is method and path, as in `GET /overview`; an error status is an answer too. */
export async function call(
  flink: Pick<FlinkUnderTest, 'restUrl'>,
  request: string,
  body?: unknown,
): Promise<Answer> {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(`${flink.restUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

/** Id of the uploaded jar. */
export async function uploadJar(flink: FlinkUnderTest, jar = flink.jar): Promise<string> {
  const form = new FormData();
  form.append('jarfile', await openAsBlob(jar), basename(jar));
  const response = await fetch(`${flink.restUrl}/jars/upload`, { method: 'POST', body: form });
  const { filename } = (await response.json()) as { filename: string };
  return basename(filename);
}

/** The answer to one run of the peer job; `request` are further fields of the call. */
export async function runJar(
  flink: FlinkUnderTest,
  args: readonly string[],
  request: Json = {},
): Promise<Answer> {
  const jar = await uploadJar(flink);
  try {
    return await call(flink, `POST /jars/${jar}/run`, { programArgsList: args, ...request });
  } finally {
    await call(flink, `DELETE /jars/${jar}`);
  }
}

/** Id of a job that was accepted; cancelled when the test ends, so that its slot is free again. */
export async function startJob(
  test: Pick<TestContext, 'onTestFinished'>,
  flink: FlinkUnderTest,
  ...[args, request]: [args: readonly string[], request?: Json]
): Promise<string> {
  const { status, body } = await runJar(flink, args, request);
  if (status !== 200) throw new Error(`the job was refused with ${status}: ${body['errors']}`);
  const job = String(body['jobid']);
  test.onTestFinished(() => cancelJob(flink, job));
  return job;
}

export async function cancelJob(flink: FlinkUnderTest, job: string): Promise<void> {
  const { status } = await call(flink, `PATCH /jobs/${job}?mode=cancel`, {});
  // It has ended already, or was forgotten.
  const isGone = status === 409 || status === 404;
  if (status !== 202 && !isGone) throw new Error(`cancel of ${job} answered ${status}`);
}

/** A job is RUNNING before its tasks are; savepoints need all of them. */
export async function untilTasksRun(flink: FlinkUnderTest, job: string): Promise<void> {
  const wait = { what: `the tasks of job ${job} to run`, timeoutMs: STATE_TIMEOUT_MS };
  await waitUntil(wait, async () => {
    const tasks = (await jobEntry(flink, job))?.['tasks'];
    return tasks !== undefined && tasks.running === tasks.total ? true : undefined;
  });
}

export async function untilState(flink: FlinkUnderTest, job: string, state: string): Promise<void> {
  const wait = { what: `job ${job} to be ${state}`, timeoutMs: STATE_TIMEOUT_MS };
  await waitUntil(wait, async () =>
    (await jobEntry(flink, job))?.['state'] === state ? true : undefined,
  );
}

/** The overview is live, other endpoints lag by up to 3 s. */
export async function jobEntry(flink: FlinkUnderTest, job: string): Promise<Json | undefined> {
  const { body } = await call(flink, 'GET /jobs/overview');
  return (body['jobs'] as Json[]).find(({ jid }) => jid === job);
}

/**
 * What became of a savepoint or of a stop with one: `operation` has a `location` or a
 * `failure-cause`. `request` is one of `savepoints` and `stop`.
 */
export async function savepoint(
  flink: FlinkUnderTest,
  job: string,
  ...[request, body = {}]: ['savepoints' | 'stop', Json?]
): Promise<Json> {
  const accepted = await call(flink, `POST /jobs/${job}/${request}`, body);
  const trigger = String(accepted.body['request-id']);
  const wait = { what: `savepoint ${trigger} of job ${job}`, timeoutMs: STATE_TIMEOUT_MS };
  return waitUntil(wait, async () => {
    const answer = await call(flink, `GET /jobs/${job}/savepoints/${trigger}`);
    return answer.body['status'].id === 'COMPLETED'
      ? (answer.body['operation'] as Json)
      : undefined;
  });
}
