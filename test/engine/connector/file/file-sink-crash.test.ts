import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crashStates, describeDisk } from '../../../../src/platform/simulated/crash-states.ts';
import type { SimulatedDisk } from '../../../../src/platform/simulated/disk.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import { runs } from '../../../support/property-runs.ts';
import { worldOnDisk } from '../../../support/world-on-disk.ts';
import {
  hiddenNames,
  restoredSink,
  rowsUpTo,
  runJob,
  sinkOf,
  snapshotOf,
  Store,
  visibleRows,
  writeRows,
  type SinkJob,
} from './sink-job.ts';

function worldOf(files: Record<string, string> = {}): SimulatedPlatform {
  return createSimulatedPlatform({ seed: 1, files, fileLatencyMsMax: 0 });
}

const job: SinkJob = {
  rowCount: 10,
  parallelism: 1,
  rowsPerCheckpoint: 2,
  lostEvery: 3,
  repeatsCheckpoints: true,
};

/** After a crash: what is visible, at once and after two restores. */
async function checkRestores(
  disk: SimulatedDisk,
  { latest }: Pick<Store, 'latest'>,
  options: Pick<SinkJob, 'parallelism' | 'sink'>,
): Promise<void> {
  const world = worldOnDisk(disk);
  const covered = rowsUpTo(latest?.rowCount ?? 0);
  const left = visibleRows(world);
  expect(covered).toEqual(expect.arrayContaining(left));
  expect(new Set(left).size).toBe(left.length);
  if (latest === null) return;
  for (let time = 0; time < 2; time++) {
    const { parallelism } = options;
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const sink = restoredSink(world, latest.states, { ...options.sink, subtask, parallelism });
      await world.drive(sink.open());
    }
    expect(visibleRows(world)).toEqual(covered);
    expect(hiddenNames(world)).toEqual([]);
  }
}

/**
 * Runs `work`, and after each of its steps calls `check` for every state of the disk that a crash
 * can leave, with the checkpoint that is complete then. Returns how many there were.
 */
async function checkCrashes(
  world: SimulatedPlatform,
  store: Store,
  work: Promise<unknown>,
  check: (disk: SimulatedDisk) => Promise<void>,
): Promise<number> {
  const seen = new Set<string>();
  do {
    for (const disk of crashStates(world.disk)) {
      const key = `${store.latest?.checkpointId}\n${describeDisk(disk)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      await check(disk);
    }
  } while (await world.scheduler.step());
  await work;
  return seen.size;
}

describe('after a crash at any moment, in any state of the disk', () => {
  const layouts = [
    { parallelism: 1, restoredAt: 1 },
    { parallelism: 2, restoredAt: 1 },
    { parallelism: 2, restoredAt: 3 },
  ];
  test.each(layouts)('a restore shows exactly the rows of the checkpoint: %o', async (layout) => {
    const world = worldOf();
    const store = new Store();
    const sink = { partBytes: 12 };
    const work = runJob(world, store, { ...job, parallelism: layout.parallelism, sink });
    const options = { parallelism: layout.restoredAt, sink };
    const stateCount = await checkCrashes(world, store, work, (disk) =>
      checkRestores(disk, store, options),
    );
    expect(stateCount).toBeGreaterThan(30);
    for (const disk of crashStates(world.disk)) {
      expect(visibleRows(worldOnDisk(disk))).toEqual(rowsUpTo(job.rowCount));
    }
  });

  test('of a restore, another restore shows the same', async () => {
    const before = worldOf();
    const store = new Store();
    await before.drive(
      (async () => {
        const sink = sinkOf(before, { partBytes: 5 });
        await sink.open();
        await writeRows(sink, 'row0');
        snapshotOf(sink, 1);
        await writeRows(sink, 'row1');
        await writeRows(sink, 'row2');
        const states = [snapshotOf(sink, 2)];
        await sink.recovery.durable();
        await writeRows(sink, 'row3');
        store.latest = { checkpointId: 2, rowCount: 3, states };
      })(),
    );
    const world = worldOnDisk(before.disk);
    const options = { parallelism: 1 };
    const work = restoredSink(world, store.latest!.states).open();
    const stateCount = await checkCrashes(world, store, work, (disk) =>
      checkRestores(disk, store, options),
    );
    expect(stateCount).toBeGreaterThan(5);
  });

  test('old rows are replaced once, when the first checkpoint is complete', async () => {
    const world = worldOf({ '/out/part-old-0-0': 'old\n' });
    const store = new Store();
    const sink = { existing: 'replace' } as const;
    await checkCrashes(world, store, runJob(world, store, { ...job, sink }), async (disk) => {
      const next = worldOnDisk(disk);
      if (store.latest === null) {
        expect(visibleRows(next)).toEqual(['old']);
        return;
      }
      await next.drive(restoredSink(next, store.latest.states, sink).open());
      expect(visibleRows(next)).toEqual(rowsUpTo(store.latest.rowCount));
    });
  });
});

test('killed at any steps, restored at any parallelism, the rows are those of one run', async () => {
  const lives = fc.array(
    fc.record({
      steps: fc.nat(120),
      parallelism: fc.integer({ min: 1, max: 3 }),
      isFromSavepoint: fc.boolean(),
    }),
    { maxLength: 4 },
  );
  const shape = fc.record({
    seed: fc.nat(),
    rowsPerCheckpoint: fc.integer({ min: 1, max: 4 }),
    lostEvery: fc.nat(3),
    repeatsCheckpoints: fc.boolean(),
    lostAreSavepoints: fc.boolean(),
    partBytes: fc.integer({ min: 1, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(lives, shape, async (killed, { seed, partBytes, ...rest }) => {
      let world = createSimulatedPlatform({ seed });
      const store = new Store();
      const whole = { ...rest, rowCount: 9, sink: { partBytes, existing: 'append' as const } };
      for (const { steps, ...life } of killed) {
        void runJob(world, store, { ...whole, ...life });
        for (let step = 0; step < steps; step++) await world.scheduler.step();
        world = world.crash('any');
        expect(rowsUpTo(store.latest?.rowCount ?? 0)).toEqual(
          expect.arrayContaining(visibleRows(world)),
        );
      }
      await world.drive(runJob(world, store, { ...whole, parallelism: 2 }));
      expect(visibleRows(world)).toEqual(rowsUpTo(9));
    }),
    { numRuns: runs(300) },
  );
});
