import { expect, test } from 'vitest';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { startSimulated } from '../../support/simulated-job.ts';

const pipeline = `
pipeline: { name: watched }
sources:
  events:
    connector: filesystem
    path: ./in
    format: json
    source.monitor-interval: 1s
    columns: { id: BIGINT }
sinks:
  out: { from: events, connector: filesystem, path: ./out, format: json }
`;

async function addFile(platform: SimulatedPlatform, id: number): Promise<void> {
  const file = await platform.files.openToWrite(`/work/in/.${id}`);
  await file.write(new TextEncoder().encode(`{"id": ${id}}\n`));
  await file.close();
  await platform.files.rename(`/work/in/.${id}`, `/work/in/${id}.jsonl`);
}

function visible({ disk }: SimulatedPlatform): string[] {
  return disk
    .list('/work/out')
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => {
      const node = disk.find(`/work/out/${name}`);
      if (node?.kind !== 'file') throw new Error(`${name} is no file`);
      return new TextDecoder().decode(disk.content(node)).split('\n').slice(0, -1);
    })
    .sort();
}

test.each([1, 2])(
  'a job takes files as they come until it is stopped (parallelism %i)',
  async (n) => {
    await withRealWorldShut(async () => {
      const recovery = recoveryWith(new MemoryStorage(), { intervalMs: 500 });
      const files = { 'in/0.jsonl': '{"id": 0}\n' };
      const job = { pipeline, files, parallelism: n, recovery };
      const { platform, handle } = await startSimulated(job, { seed: 1 });
      for (const id of [1, 2, 3]) {
        platform.timers.after(id * 1500, () => void addFile(platform, id));
      }
      platform.timers.after(8000, () => {
        handle.stop();
      });
      const summary = await platform.drive(handle.done);
      expect(summary).toMatchObject({ state: 'CANCELED', recordsIn: 4 });
      expect(visible(platform)).toEqual([0, 1, 2, 3].map((id) => `{"id":${id}}`));
      expect(platform.files.openFiles).toBe(0);
    });
  },
);

test('without checkpoints it is refused', async () => {
  const started = startSimulated({ pipeline, files: { 'in/0.jsonl': '' } }, { seed: 1 });
  await expect(started).rejects.toMatchObject({ code: 'DREY_SINK_NEVER_COMMITS', exitCode: 3 });
});
