/** Whole jobs over two sources, one of which falls silent, on the simulated clock. */
import { expect, test } from 'vitest';
import { startSimulated, type StartedJob } from '../../support/simulated-job.ts';

/** A row arrives on standard input every ten seconds. */
const LATENCY_MS = 10_000;

/** `made`: ten rows a second, a tenth of a second apart in event time, for 30 seconds. */
function pipelineOf(live: string, between = 'both: { union: [live, made] }', made = ''): string {
  const columns = 'columns: { id: BIGINT, ts: "AS TO_TIMESTAMP_LTZ(id, 3)" }';
  return `
pipeline: { name: job }
sources:
  live:
    connector: stdin
    ${columns}
    watermark: { column: ts${live} }
  made:
    connector: datagen
    rows-per-second: 10
    fields.n.kind: sequence
    fields.n.start: 0
    fields.n.end: 299
    columns: { n: BIGINT, id: AS n * 100, ts: "AS TO_TIMESTAMP_LTZ(n * 100, 3)" }
    watermark: { column: ts${made} }
transforms:
  made_too: { from: made, select: { id: id, ts: ts } }
  ${between.replace('made]', 'made_too]')}
  counted:
    window: { type: tumble, size: 1s }
    aggregate: { c: COUNT(*) }
sinks:
  result: { from: counted, connector: blackhole }
`;
}

function start(pipeline: string, ids: readonly number[]): Promise<StartedJob> {
  const input = ids.map((id) => new TextEncoder().encode(`{"id":${id}}\n`));
  return startSimulated(
    { pipeline, files: {} },
    { seed: 7, streams: { input, latencyMs: LATENCY_MS } },
  );
}

/** Results so far. */
async function stepUntil({ platform, handle }: StartedJob, atMs: number): Promise<number> {
  // What the start of the job has to do comes before the first event.
  await platform.drive(Promise.resolve());
  const { scheduler } = platform;
  scheduler.schedule(atMs - scheduler.nowMs, { label: 'look' }, () => undefined);
  while (scheduler.nowMs < atMs) await scheduler.step();
  return handle.progress().recordsOut;
}

async function finish({ platform, handle }: StartedJob) {
  const { recordsOut, lateRecords } = await platform.drive(handle.done);
  return { windows: recordsOut, late: lateRecords };
}

test('without a timeout a silent source holds the windows of all up', async () => {
  const job = await start(pipelineOf(''), [10_500]);
  expect(await stepUntil(job, 9_000)).toBe(0);
  expect(await finish(job)).toEqual({ windows: 30, late: 0 });
});

test('a source that is idle does not, and is waited for when it is back', async () => {
  const job = await start(pipelineOf(', idle-timeout: 2s'), [10_500, 20_500]);
  expect(await stepUntil(job, 1_900)).toBe(0);
  const early = await stepUntil(job, 9_000);
  expect(early).toBeGreaterThan(6);
  expect(early).toBeLessThan(10);
  expect(await finish(job)).toEqual({ windows: 30, late: 0 });
});

test('a row that comes after the others have gone on is late', async () => {
  const job = await start(pipelineOf(', idle-timeout: 2s'), [100]);
  expect(await finish(job)).toEqual({ windows: 30, late: 1 });
});

test('idleness passes operators of one input', async () => {
  const between = `kept: { from: live, where: id >= 0, select: { id: id + 0, ts: ts } }
  both: { union: [kept, made] }`;
  const job = await start(pipelineOf(', idle-timeout: 2s', between), [10_500]);
  expect(await stepUntil(job, 9_000)).toBeGreaterThan(6);
  expect(await finish(job)).toEqual({ windows: 30, late: 0 });
});

test('an aligned source waits for one that is silent, and not for one that is idle', async () => {
  const group = ', alignment: { group: g, max-drift: 1s }';
  const between = 'both: { union: [live, made] }';
  const job = await start(pipelineOf(`, idle-timeout: 2s${group}`, between, group), [10_500]);
  // Nothing is known of the other one, so a first row is all there is.
  await stepUntil(job, 1_900);
  expect(job.handle.progress().recordsIn).toBe(1);
  await stepUntil(job, 9_000);
  expect(job.handle.progress().recordsIn).toBeGreaterThan(80);
  expect(await finish(job)).toEqual({ windows: 30, late: 0 });
});

test('in whatever order they stand', async () => {
  const group = ', alignment: { group: g, max-drift: 1s }';
  const text = pipelineOf(`, idle-timeout: 2s${group}`, 'both: { union: [live, made] }', group);
  const [head, live, made, rest] = text.split(/(?=^ {2}live:|^ {2}made:|^transforms:)/m);
  const job = await start([head, made, live, rest].join(''), [10_500]);
  expect(await stepUntil(job, 9_000)).toBeGreaterThan(6);
  expect(await finish(job)).toEqual({ windows: 30, late: 0 });
});

test('a silent source without a timeout is not waited for before its first row', async () => {
  const group = ', alignment: { group: g, max-drift: 1s }';
  const between = 'both: { union: [live, made] }';
  const job = await start(pipelineOf(group, between, group), [1_500]);
  await stepUntil(job, 9_000);
  expect(job.handle.progress().recordsIn).toBeGreaterThan(80);
  // Then it is, until it ends.
  await stepUntil(job, 19_000);
  expect(job.handle.progress().recordsIn).toBeLessThan(110);
  expect(await finish(job)).toEqual({ windows: 30, late: 0 });
});
