import { expect, test } from 'vitest';
import { startJob, type JobHandle } from '../../../src/engine/minicluster.ts';
import { platformOf } from '../../../src/cli/run/place-files.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { planOf } from '../../pipeline/load-text.ts';
import { SimulatedHdfs } from '../../support/simulated-hdfs.ts';
import { recoveryInFiles, restoreLatest, stepUntil } from '../../support/savepoint-world.ts';
import { outputOf } from '../../support/simulated-job.ts';

const pipeline = (path: string): string => `
pipeline: { name: reading, config: { drey.hdfs.http-address: "one:1; two:1" } }
sources:
  s: { connector: filesystem, path: "${path}", format: json, columns: { id: INT } }
sinks:
  out: { connector: print, from: s }
`;

/** Long lines, so that a file is read in several blocks. */
const line = (id: number): string => `${JSON.stringify({ id, fill: 'x'.repeat(1_000) })}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join('');

const files = {
  '/in/a.jsonl': lines(0, 1_500),
  '/in/below/b.jsonl': lines(1_500, 2_600),
  '/in/below/.hidden': 'no json',
};

async function start(
  platform: SimulatedPlatform,
  path: string,
  restoreFrom: Awaited<ReturnType<typeof restoreLatest>> = null,
) {
  const plan = await planOf(pipeline(path));
  const placed = await platformOf(plan, platform);
  const recovery = recoveryInFiles(platform, { intervalMs: 5, restoreFrom });
  return startJob(toStreamGraph(plan), placed, { recovery });
}

function idsOf(platform: SimulatedPlatform): ReadonlySet<number> {
  const texts = outputOf(platform).split('\n').slice(0, -1);
  return new Set(texts.map((text) => (JSON.parse(text) as { readonly id: number }).id));
}

/** Behind a checkpoint that knows of rows. */
async function stopInTheMiddle(platform: SimulatedPlatform, job: JobHandle): Promise<void> {
  const now = () => job.summary('RUNNING');
  await stepUntil(platform, job, () => now().recordsIn > 800);
  const { completed } = now().checkpoints;
  await stepUntil(platform, job, () => now().checkpoints.completed > completed + 1);
  job.stop();
  await platform.drive(job.done);
}

test.each([
  ['hdfs://cluster/in/a.jsonl', 1_500],
  ['hdfs://cluster/in/', 2_600],
  ['webhdfs://nn:9870/in/**/*.jsonl', 2_600],
  ['hdfs://cluster/in/{below,above}/../below/?.jsonl', 1_100],
])('a source reads %s', async (path, count) => {
  const hdfs = new SimulatedHdfs(files);
  const platform = createSimulatedPlatform({ seed: 2, http: hdfs.respond });
  await platform.drive((await start(platform, path)).done);
  expect(idsOf(platform).size).toBe(count);
});

test('a job that is restored goes on where it was in a file of HDFS', async () => {
  const hdfs = new SimulatedHdfs(files);
  const platform = createSimulatedPlatform({ seed: 2, http: hdfs.respond });
  const job = await start(platform, 'hdfs://cluster/in');
  await stopInTheMiddle(platform, job);
  const before = idsOf(platform).size;
  expect(before).toBeLessThan(2_600);
  hdfs.asked.length = 0;
  const restored = await restoreLatest(platform, 'reading');
  await platform.drive((await start(platform, 'hdfs://cluster/in', restored)).done);
  expect(idsOf(platform).size).toBe(2_600);
  // Only the head and the tail before the position are read again.
  expect(outputOf(platform).split('\n').length - 1).toBeLessThan(2_600 + before);
});

test('a file of HDFS that has been replaced ends a restored job', async () => {
  const hdfs = new SimulatedHdfs(files);
  const platform = createSimulatedPlatform({ seed: 2, http: hdfs.respond });
  const job = await start(platform, 'hdfs://cluster/in');
  await stopInTheMiddle(platform, job);
  const restored = await restoreLatest(platform, 'reading');
  for (const path of Object.keys(hdfs.contents)) hdfs.contents[path] = lines(5_000, 7_600);
  const again = await start(platform, 'hdfs://cluster/in', restored);
  const failure = await platform.drive(
    again.done.then(
      () => null,
      (error: unknown) => error,
    ),
  );
  expect(failure).toMatchObject({
    code: 'DREY_FILE_CHANGED',
    message: expect.stringContaining('hdfs://cluster/in/'),
  });
});

test('a path that names no host is refused', async () => {
  for (const path of ['hdfs:///in', 'webhdfs://', 'hdfs://u@h/in']) {
    await expect(planOf(pipeline(path))).rejects.toThrow('DREY_PIPELINE_VALUE');
  }
});
