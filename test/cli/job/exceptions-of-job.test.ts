import { describe, expect, test } from 'vitest';
import { exceptionsOfJob, failureOf } from '../../../src/cli/job/exceptions-of-job.ts';
import { exceptionsView } from '../../../src/cli/job/exceptions-view.ts';
import { decodeJobExceptions } from '../../../src/flink/model/job-exceptions.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';
import { answeringCluster } from '../../support/answering-cluster.ts';
import { recordedVersions } from '../../support/flink-recordings.ts';
import { recordedFailedJob, recordedRunningJob } from '../../support/recorded-job.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };

describe.each(recordedVersions)('the failed job of %s', (version) => {
  test('has the cause of its task, and where that ran', async () => {
    const { jobId, answers } = recordedFailedJob(version);
    const { session, asked } = await answeringCluster(answers);
    const result = await exceptionsOfJob(session, { job: jobId, entriesMax: 5 });
    expect(result).toMatchObject({ jobId, state: 'FAILED', isTruncated: false });
    expect(result.exceptions).toHaveLength(1);
    const [failure] = result.exceptions;
    expect(failure).toMatchObject({
      exception: 'RuntimeException',
      message: 'boom at 201',
      taskName: expect.stringContaining('count -> Filter -> Sink: out (1/1)') as string,
      concurrent: [],
    });
    expect(failure?.endpoint).toMatch(/^localhost:\d+$/);
    expect(failure?.atMs).toBeGreaterThan(1.7e12);
    expect(asked).toContain(`/jobs/${jobId}/exceptions?maxExceptions=5`);
  });

  test('is one line in the table, with the trace below it when it is asked for', async () => {
    const { jobId, answers } = recordedFailedJob(version);
    const { session } = await answeringCluster(answers);
    const result = await exceptionsOfJob(session, { job: jobId, entriesMax: 5 });
    const short = renderView(exceptionsView(result, false), 'text', plain);
    expect(short).toContain('RuntimeException: boom at 201');
    expect(short).not.toContain('TickJob.java');
    const long = renderView(exceptionsView(result, true), 'text', plain);
    expect(long).toContain('\n      at TickJob$Count.processElement(TickJob.java:14)\n');
  });
});

test.each(recordedVersions)('a job of %s that runs has not failed', async (version) => {
  const { jobId, answers } = recordedRunningJob(version);
  const { session } = await answeringCluster(answers);
  const result = await exceptionsOfJob(session, { job: jobId, entriesMax: 5 });
  expect(result.exceptions).toEqual([]);
  const text = renderView(exceptionsView(result, false), 'text', plain);
  expect(text).toBe('job tick is RUNNING and has not failed\n');
});

const task = (name: string, message: string) => ({
  exceptionName: 'java.lang.IllegalStateException',
  stacktrace: `java.lang.IllegalStateException: ${message}\n\tat a.B.c(B.java:1)\n`,
  timestamp: 10,
  taskName: name,
  endpoint: 'host:1',
  taskManagerId: 'tm-1',
  failureLabels: { type: 'USER' },
});

/** As a job that has used up its restarts: its own exception wraps that of the task. */
const given = {
  exceptionName: 'org.apache.flink.runtime.JobException',
  stacktrace:
    'org.apache.flink.runtime.JobException: Recovery is suppressed by FixedDelay(max=3)\n\tat x.Y.z(Y.java:1)\nCaused by: java.lang.IllegalStateException: disk is full\n\t... 3 more\n',
  timestamp: 20,
  failureLabels: {},
  concurrentExceptions: [
    task('map (1/2)', 'disk is full'),
    task('map (2/2)', 'connection lost \u001b[31m'),
  ],
};

const [entry] = decodeJobExceptions({
  exceptionHistory: { entries: [given], truncated: false },
}).entries;

test('the place is that of the task with the same cause, the time that of the job', () => {
  const failure = entry === undefined ? null : failureOf(entry);
  expect(failure).toMatchObject({
    atMs: 20,
    exception: 'IllegalStateException',
    message: 'disk is full',
    chain: ['Recovery is suppressed by FixedDelay(max=3)', 'disk is full'],
    taskName: 'map (1/2)',
    taskManagerId: 'tm-1',
    endpoint: 'host:1',
  });
});

test('tasks that failed along with it stand below, made visible', () => {
  const failure = entry === undefined ? [] : [failureOf(entry)];
  const result = { jobId: '' as never, name: 'j', state: 'FAILED', isTruncated: true };
  const text = renderView(exceptionsView({ ...result, exceptions: failure }, false), 'text', plain);
  expect(text).toContain('  within: Recovery is suppressed by FixedDelay(max=3)\n');
  expect(text).toContain(
    '  along with map (2/2): IllegalStateException: connection lost \\x1b[31m\n',
  );
  expect(text).toContain('The cluster has older ones: --entries 4 shows more.');
});

test('entries come newest first and no more than were asked for', async () => {
  const { jobId, answers } = recordedFailedJob('2.3.0');
  const entries = [10, 30, 20].map((timestamp) => ({ ...task('map', 'm'), timestamp }));
  const { session } = await answeringCluster({
    ...answers,
    [`/jobs/${jobId}/exceptions`]: { exceptionHistory: { entries, truncated: false } },
  });
  const result = await exceptionsOfJob(session, { job: jobId, entriesMax: 2 });
  expect(result.exceptions.map(({ atMs }) => atMs)).toEqual([30, 20]);
  expect(result.isTruncated).toBe(true);
  expect(result.exceptions[0]?.labels).toEqual({ type: 'USER' });
});

test('a long cause is cut in the table and stands whole below it', () => {
  const long = 'x'.repeat(500);
  const entries = [{ ...task(`${'Calc, '.repeat(30)}(1/1)`, long), concurrentExceptions: [] }];
  const [only] = decodeJobExceptions({ exceptionHistory: { entries, truncated: false } }).entries;
  const exceptions = only === undefined ? [] : [failureOf(only)];
  const result = { jobId: '' as never, name: 'j', state: 'FAILED', isTruncated: false };
  const text = renderView(exceptionsView({ ...result, exceptions }, false), 'text', plain);
  const [, row = '', , title, taskLine] = text.split('\n');
  expect(row.length).toBeLessThan(240);
  expect(title).toBe(`1. IllegalStateException: ${long}`);
  expect(taskLine).toBe(`  task: ${'Calc, '.repeat(30)}(1/1)`);
});
