import { describe, expect, test } from 'vitest';
import {
  isOver,
  JobWatch,
  watchExitStatus,
  type WatchedJob,
} from '../../../src/cli/job/watch-job.ts';
import { WatchHistory, watchLineView, watchView } from '../../../src/cli/job/watch-view.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';
import { answeringCluster, Refusal, Turns } from '../../support/answering-cluster.ts';
import { recordedVersions } from '../../support/flink-recordings.ts';
import { recordedFailedJob } from '../../support/recorded-job.ts';
import { heldUpJob, JOB, jobDetails, NOW_MS, restartedJob } from './two-vertex-job.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };
const line = (job: WatchedJob): string => renderView(watchLineView(job), 'text', plain);

async function look(answers: Parameters<typeof answeringCluster>[0] = {}): Promise<WatchedJob> {
  const { session } = await answeringCluster({ ...heldUpJob, ...answers });
  return new JobWatch('j').look(session);
}

test('a look has the vertices from source to sink, with their load', async () => {
  const job = await look();
  expect(job).toMatchObject({ state: 'RUNNING', atMs: NOW_MS, durationMs: 61_000, restarts: 0 });
  expect(job.vertices).toMatchObject([
    {
      name: 'Source: numbers',
      recordsInPerSec: null,
      recordsOutPerSec: 49,
      busyShareMax: 0.02,
      backPressuredShareMax: 0.98,
      watermarkLagMs: null,
    },
    {
      name: 'count -> sink',
      recordsInPerSec: 48,
      recordsOutPerSec: null,
      busyShareMax: 1,
      backPressuredShareMax: 0,
      watermarkLagMs: 9000,
    },
  ]);
});

test('the age of a checkpoint is by the clock of the JobManager', async () => {
  const { lastCheckpoint, checkpointsFailed } = await look();
  expect(lastCheckpoint).toEqual({
    id: 7,
    completedAtMs: NOW_MS - 3000,
    ageMs: 3000,
    durationMs: 2000,
    checkpointedSizeBytes: 1024,
    stateSizeBytes: 2048,
  });
  expect(checkpointsFailed).toBe(1);
});

test('a job without checkpoints is watched all the same', async () => {
  const job = await look({ [`/jobs/${JOB}/checkpoints`]: new Refusal(404, 'not enabled') });
  expect(job.lastCheckpoint).toBeNull();
  expect(line(job)).toContain('checkpoint none yet');
});

test('a restart shortly before is told with its cause, an old one is not', async () => {
  const job = await look(restartedJob);
  expect(job).toMatchObject({ restarts: 2, stateDurationMs: 42_000 });
  expect(job.failure).toMatchObject({ message: 'disk is full', taskName: 'count -> sink (1/1)' });
  const screen = (shown: WatchedJob) =>
    renderView(watchView(shown, new WatchHistory()), 'text', plain);
  expect(screen(job)).toContain(
    'last failure, 50 s ago\nIOException: disk is full in count -> sink (1/1)\n',
  );
  expect(screen({ ...job, atMs: NOW_MS + 300_000 })).not.toContain('disk is full');
});

test('the first figures of a vertex, which are wrong, are not shown', async () => {
  const job = await look({ [`/jobs/${JOB}`]: jobDetails({ vertexDurationMs: 10_000 }) });
  expect(job.vertices.map(({ busyShareMax }) => busyShareMax)).toEqual([null, null]);
});

test('rates come from the counters once these have changed twice', async () => {
  const counts = [0, 100, 300].map((records, index) =>
    jobDetails({ read: records, written: records * 2, nowMs: NOW_MS + index * 10_000 }),
  );
  const { session } = await answeringCluster({
    ...heldUpJob,
    [`/jobs/${JOB}`]: new Turns(...counts),
  });
  const watch = new JobWatch('j');
  const seen: (number | null | undefined)[] = [];
  for (const _ of counts) seen.push((await watch.look(session)).vertices[1]?.recordsInPerSec);
  expect(seen).toEqual([48, 48, 20]);
});

test('the job is looked for once: a later one of its name is another job', async () => {
  const { session, asked } = await answeringCluster(heldUpJob);
  const watch = new JobWatch('j');
  await watch.look(session);
  await watch.look(session);
  expect(asked.filter((target) => target === '/jobs/overview')).toHaveLength(1);
});

describe.each(recordedVersions)('the failed job of %s', (version) => {
  test('ends the watching with 6 and the cause', async () => {
    const { jobId, answers } = recordedFailedJob(version);
    const { session } = await answeringCluster({
      ...answers,
      [`/jobs/${jobId}/metrics`]: [],
    });
    const job = await new JobWatch(jobId).look(session);
    expect(isOver(job)).toBe(true);
    expect(watchExitStatus(job)).toBe(6);
    expect(job.failure).toMatchObject({ exception: 'RuntimeException', message: 'boom at 201' });
    expect(line(job)).toMatch(/Z {2}FAILED after .* RuntimeException: boom at 201\n$/);
    const screen = renderView(watchView(job, new WatchHistory()), 'text', plain);
    expect(screen).toMatch(/\nfailed, .* ago\nRuntimeException: boom at 201 in count -> Filter/);
  });
});

test.each([
  ['RUNNING', false, 0],
  ['RESTARTING', false, 0],
  ['SUSPENDED', false, 0],
  ['FINISHED', true, 0],
  ['CANCELED', true, 0],
  ['FAILED', true, 6],
])('%s: over %s, exit %d', async (state, over, exit) => {
  const job = { ...(await look()), state };
  expect(isOver(job)).toBe(over);
  expect(watchExitStatus(job)).toBe(exit);
});

test('a line of a log has what matters, with the worst vertices by name', async () => {
  expect(line(await look())).toBe(
    [
      '2023-11-14 22:13:20Z',
      'RUNNING for 42 s',
      'restarts 0',
      'in 49/s',
      'out 48/s',
      'busy 100 % (count -> sink)',
      'back-pressured 98 % (Source: numbers)',
      'watermark lag 9.0 s',
      'checkpoint 7 (took 2.0 s, 2.00 KiB, 3.0 s ago), 1 failed\n',
    ].join('  '),
  );
});

test('a screen has lines of what was seen before, and fits into 80 columns', async () => {
  const history = new WatchHistory();
  const job = await look();
  for (const [id, durationMs] of [
    [7, 2000],
    [8, 4000],
  ] as const) {
    const lastCheckpoint = job.lastCheckpoint && { ...job.lastCheckpoint, id, durationMs };
    history.remember({ ...job, lastCheckpoint });
  }
  const screen = renderView(watchView(job, history), 'text', plain);
  expect(screen).toMatch(/^checkpoint +7 \(took 2\.0 s, .*\), 1 failed {2}▅█$/m);
  expect(screen).toMatch(/^count -> sink +48 +- +██ +█{8} 100 % /m);
  const widths = screen.split('\n').map((text) => text.length);
  expect(Math.max(...widths.slice(6))).toBeLessThanOrEqual(80);
});
