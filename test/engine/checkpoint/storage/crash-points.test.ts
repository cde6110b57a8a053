import { describe, expect, it } from 'vitest';
import { disposeSnapshot } from '../../../../src/engine/checkpoint/storage/dispose-snapshot.ts';
import type { FileSnapshotStorage } from '../../../../src/engine/checkpoint/storage/file-snapshot-storage.ts';
import type { CompletedSnapshot } from '../../../../src/engine/checkpoint/snapshot-storage.ts';
import { readLatestSnapshot } from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import {
  listSnapshots,
  type ListedSnapshot,
} from '../../../../src/engine/checkpoint/storage/list-snapshots.ts';
import {
  readManifest,
  readSnapshot,
} from '../../../../src/engine/checkpoint/storage/read-snapshot.ts';
import { pathOfFile } from '../../../../src/engine/checkpoint/storage/snapshot-layout.ts';
import type { JobSnapshot } from '../../../../src/engine/checkpoint/job-snapshot.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { checkAllCrashes, worldOnDisk, type CrashCheck } from '../../../support/world-on-disk.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  expectedSnapshot,
  fill,
  headers,
  jobId,
  jobName,
  openStorage,
  savepointDirectory,
  savepointOrder,
  take,
} from './storage-world.ts';

const nextJobId = 'c'.repeat(32);

const first = expectedSnapshot(checkpointOrder(1), { written: ['p', 'q'] });
const second = expectedSnapshot(checkpointOrder(2), { written: ['r'], reused: ['p'] });

/** One checkpoint of two pieces, and the storage that took it. */
interface Prepared {
  readonly world: SimulatedPlatform;
  readonly storage: FileSnapshotStorage;
  readonly done: CompletedSnapshot;
}

async function prepared(): Promise<Prepared> {
  const world = createWorld();
  const storage = await openStorage(world);
  const done = await world.drive(take(storage, checkpointOrder(1), { written: ['p', 'q'] }));
  return { world, storage, done };
}

async function latestOn(world: SimulatedPlatform): Promise<JobSnapshot | string> {
  const latest = await world.drive(readLatestSnapshot(world.files, directory, jobName));
  return latest.kind === 'found' ? latest.snapshot : latest.kind;
}

/** After the next run has started nothing is there that no manifest refers to. */
async function checkNextRun(world: SimulatedPlatform, expected: JobSnapshot): Promise<void> {
  await openStorage(world, { jobId: nextJobId });
  expect(await latestOn(world)).toEqual(expected);
  const listed = await world.drive(listSnapshots(world.files, directory));
  expect(listed.filter(({ state }) => state !== 'complete')).toEqual([]);
  const needed = new Set<string>();
  for (const { location } of listed) {
    const { files } = await world.drive(readManifest(world.files, location));
    for (const file of files) needed.add(pathOfFile(location, file));
  }
  const folder = `${directory}/${jobId}/shared`;
  for (const name of world.disk.list(folder)) expect(needed).toContain(`${folder}/${name}`);
}

/** Complete and whole, or not complete; gives which. */
async function wholeOrNone(
  world: SimulatedPlatform,
  listed: ListedSnapshot | undefined,
  expected: JobSnapshot,
): Promise<boolean> {
  if (listed === undefined || listed.state === 'incomplete') return false;
  expect(listed.problem).toBeNull();
  expect(await world.drive(readSnapshot(world.files, listed.location))).toEqual(expected);
  return true;
}

describe('a crash at any moment', () => {
  it('while a checkpoint is taken leaves the one before it, or the new one', async () => {
    const { world, storage } = await prepared();
    const found = new Set<string>();
    const states = await checkAllCrashes(
      world,
      () => take(storage, checkpointOrder(2), { written: ['r'], reused: ['p'] }),
      async ({ disk, isDone }) => {
        const next = worldOnDisk(disk);
        const latest = await latestOn(next);
        const isSecond = typeof latest !== 'string' && latest.checkpointId === 2;
        expect(latest).toEqual(isSecond ? second : first);
        if (isDone) expect(isSecond).toBe(true);
        await checkNextRun(next, isSecond ? second : first);
        found.add(isSecond ? 'new' : 'old');
      },
    );
    expect([...found].sort()).toEqual(['new', 'old']);
    expect(states).toBeGreaterThan(20);
  });

  it('while a checkpoint is given up leaves the one before it', async () => {
    const { world, storage } = await prepared();
    const pending = await world.drive(storage.begin(checkpointOrder(2)));
    await world.drive(fill(pending, 2, { written: ['r'], reused: ['p'] }));
    await checkAllCrashes(
      world,
      () => pending.abort(),
      ({ disk }) => checkNextRun(worldOnDisk(disk), first),
    );
  });

  it('while a failed completion is given up leaves nothing half taken', async () => {
    const { world, storage } = await prepared();
    const pending = await world.drive(storage.begin(checkpointOrder(2)));
    await world.drive(fill(pending, 2, { written: ['r'], reused: ['p'] }));
    // The last sync of the folder, after the manifest has its name.
    world.fileFaults.add({
      kind: 'nth',
      nth: 4,
      errno: 'EIO',
      isPersistent: false,
      operation: 'sync-folder',
    });
    await expect(world.drive(pending.complete(headers))).rejects.toMatchObject({
      code: 'DREY_FILE_IO_ERROR',
    });
    expect(world.disk.list(`${directory}/${jobId}/chk-2`)).toContain('_metadata');
    await checkAllCrashes(
      world,
      () => pending.abort(),
      async ({ disk, isDone }) => {
        const next = worldOnDisk(disk);
        const latest = await latestOn(next);
        const isSecond = typeof latest !== 'string' && latest.checkpointId === 2;
        if (isDone) expect(isSecond).toBe(false);
        await checkNextRun(next, isSecond ? second : first);
      },
    );
  });

  it('while checkpoints are discarded leaves each whole or not complete, and newer ones whole', async () => {
    const { world, storage, done } = await prepared();
    const next = await world.drive(
      take(storage, checkpointOrder(2), { written: ['r'], reused: ['p'] }),
    );
    await world.drive(take(storage, checkpointOrder(3), { reused: ['r'] }));
    const third = expectedSnapshot(checkpointOrder(3), { reused: ['r'] });
    // The files of the first one's pieces go with the second, which still needs them.
    const work = async (): Promise<void> => {
      await storage.discard(done);
      await storage.discard(next);
    };
    await checkAllCrashes(world, work, async ({ disk }) => {
      const left = worldOnDisk(disk);
      const listed = await left.drive(listSnapshots(left.files, directory));
      for (const [location, expected] of [
        [done.location, first],
        [next.location, second],
      ] as const) {
        await wholeOrNone(
          left,
          listed.find((one) => one.location === location),
          expected,
        );
      }
      await checkNextRun(left, third);
    });
    expect(world.disk.list(`${directory}/${jobId}/shared`)).toHaveLength(1);
  });

  it('while a savepoint is taken leaves none or the whole one', async () => {
    const { world, storage } = await prepared();
    const expected = expectedSnapshot(savepointOrder(2), { written: ['s'], reused: ['p'] });
    const found = new Set<boolean>();
    await checkAllCrashes(
      world,
      () => take(storage, savepointOrder(2), { written: ['s'], reused: ['p'] }),
      async ({ disk, isDone }: CrashCheck) => {
        const next = worldOnDisk(disk);
        const isThere = (await next.drive(next.files.status(savepointDirectory))) !== null;
        const listed = isThere
          ? await next.drive(listSnapshots(next.files, savepointDirectory))
          : [];
        const isWhole = await wholeOrNone(next, listed[0], expected);
        if (isDone) expect(isWhole).toBe(true);
        found.add(isWhole);
        await checkNextRun(next, first);
      },
    );
    expect(found.size).toBe(2);
  });

  it('while a savepoint is disposed leaves it whole or not complete', async () => {
    const { world, storage } = await prepared();
    const savepoint = await world.drive(take(storage, savepointOrder(2), { reused: ['p'] }));
    const expected = expectedSnapshot(savepointOrder(2), { reused: ['p'] });
    const found = new Set<boolean>();
    await checkAllCrashes(
      world,
      () => disposeSnapshot(world, savepoint.location),
      async ({ disk }) => {
        const next = worldOnDisk(disk);
        const [listed] = await next.drive(listSnapshots(next.files, savepointDirectory));
        const isWhole = await wholeOrNone(next, listed, expected);
        // What is half deleted can be deleted.
        if (!isWhole && listed !== undefined) {
          await next.drive(disposeSnapshot(next, listed.location));
          expect(next.disk.find(listed.location)).toBeNull();
        }
        found.add(isWhole);
      },
    );
    expect(found.size).toBe(2);
    expect(world.disk.list(savepointDirectory)).toEqual([]);
  });

  it('while a checkpoint is disposed leaves it whole or not complete, and others whole', async () => {
    const { world, storage, done } = await prepared();
    await world.drive(take(storage, checkpointOrder(2), { written: ['r'] }));
    const other = expectedSnapshot(checkpointOrder(2), { written: ['r'] });
    await world.drive(storage.close());
    await checkAllCrashes(
      world,
      () => disposeSnapshot(world, done.location),
      async ({ disk }) => {
        const next = worldOnDisk(disk);
        const listed = await next.drive(listSnapshots(next.files, directory));
        await wholeOrNone(
          next,
          listed.find(({ location }) => location === done.location),
          first,
        );
        await checkNextRun(next, other);
      },
    );
    expect(world.disk.list(`${directory}/${jobId}/shared`)).toHaveLength(1);
  });

  it('while leftovers of a crash are removed leaves what is complete', async () => {
    const { world, storage } = await prepared();
    const pending = await world.drive(storage.begin(checkpointOrder(2)));
    await world.drive(fill(pending, 2, { written: ['r'] }));
    const next = world.crash('keep-all');
    await checkAllCrashes(
      next,
      () => openStorage(next, { jobId: nextJobId }),
      ({ disk }) => checkNextRun(worldOnDisk(disk), first),
    );
  });

  it('while a job is marked as finished leaves its checkpoint or the mark', async () => {
    const { world, storage } = await prepared();
    const found = new Set<string>();
    await checkAllCrashes(
      world,
      () => storage.markFinished(),
      async ({ disk, isDone }) => {
        const latest = await latestOn(worldOnDisk(disk));
        if (latest !== 'finished') expect(latest).toEqual(first);
        if (isDone) expect(latest).toBe('finished');
        found.add(latest === 'finished' ? 'finished' : 'checkpoint');
      },
    );
    expect(found.size).toBe(2);
  });

  it('while a lock is taken over lets the next run take it', async () => {
    const { world } = await prepared();
    world.kill();
    const second = world.startAnother();
    await checkAllCrashes(
      second,
      () => openStorage(second, { jobId: nextJobId }),
      async ({ disk }) => {
        const next = worldOnDisk(disk);
        await checkNextRun(next, first);
      },
    );
  });
});
