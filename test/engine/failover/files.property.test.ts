import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLatestSnapshot } from '../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import type { JobRecovery, JobSummary, RestoreFrom } from '../../../src/engine/minicluster.ts';
import { FileJobStorage } from '../../../src/engine/snapshots.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { runNaively } from '../../support/naive-pipeline.ts';
import { printedRows, shownRow } from '../../support/printed-rows.ts';
import { runs } from '../../support/property-runs.ts';
import { randomPipeline } from '../../support/random-pipeline.ts';
import { jobFolder, startOn, startSimulated } from '../../support/simulated-job.ts';

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const death = fc.record({
  steps: fc.integer({ min: 1, max: 900 }),
  parallelism: fc.constantFrom(1, 2, 3),
});
const checkpointDirectory = `${jobFolder}/checkpoints`;

/** As a user: what lies in the folder is gone on from, whatever it is. */
async function restoreFrom(platform: SimulatedPlatform): Promise<RestoreFrom | 'finished' | null> {
  const latest = await platform.drive(
    readLatestSnapshot(platform.files, checkpointDirectory, 'random'),
  );
  if (latest.kind === 'none') return null;
  if (latest.kind === 'finished') return 'finished';
  const { snapshot, location } = latest;
  const completedAtMs = snapshot.triggeredAtMs;
  return { snapshot, location, completedAtMs, isOwned: false, allowNonRestoredState: false };
}

function recoveryOf(platform: SimulatedPlatform, from: RestoreFrom | null): JobRecovery {
  return {
    ...recoveryWith(new MemoryStorage(), { intervalMs: 20, retainedMax: 2, restoreFrom: from }),
    storageOf: (job) =>
      new FileJobStorage(
        {
          platform,
          checkpointDirectory,
          savepointDirectory: null,
          retention: 'RETAIN_ON_CANCELLATION',
          dreyVersion: '0.0.0',
        },
        job,
      ),
    stopIs: 'suspended',
  };
}

function visibleRows({ disk }: SimulatedPlatform): string {
  if (disk.find(`${jobFolder}/out`) === null) return '';
  return disk
    .list(`${jobFolder}/out`)
    .filter((name) => !name.startsWith('.'))
    .map((name) => {
      const file = disk.find(`${jobFolder}/out/${name}`);
      return file?.kind === 'file' ? new TextDecoder().decode(disk.content(file)) : '';
    })
    .join('');
}

test('whenever the machine loses its power, what its disk holds leads to each row once', () =>
  withRealWorldShut(() =>
    fc.assert(
      fc.asyncProperty(
        randomPipeline,
        seed,
        fc.array(death, { minLength: 1, maxLength: 3 }),
        async ({ job, naive, events }, drawnSeed, deaths) => {
          const pipeline = job.pipeline.replace(
            '"connector":"print"',
            '"connector":"filesystem","path":"out","format":"json"',
          );
          const options = { seed: drawnSeed, fileLatencyMsMax: 4 };
          // The world is made by a job that does not run.
          const first = await startSimulated({ ...job, pipeline }, options);
          let platform = first.platform.crash('lose-unsynced');
          let summary: JobSummary | null = null;
          for (const { steps, parallelism } of [...deaths, { steps: Infinity, parallelism: 2 }]) {
            const from = await restoreFrom(platform);
            if (from === 'finished') break;
            const recovery = recoveryOf(platform, from);
            const handle = await startOn(platform, { pipeline, parallelism, recovery });
            handle.done.catch(() => undefined);
            if (steps === Infinity) summary = await platform.drive(handle.done);
            for (let step = 0; step < steps && summary === null; step++) {
              if (!(await platform.scheduler.step())) break;
            }
            platform = platform.crash('any');
          }
          const expected = runNaively(naive, events);
          expect(printedRows(visibleRows(platform), naive)).toEqual(
            expected.rows.map(shownRow).sort(),
          );
          if (summary !== null) expect(summary).toMatchObject({ recordsIn: events.length });
        },
      ),
      { numRuns: runs(30) },
    ),
  ));
