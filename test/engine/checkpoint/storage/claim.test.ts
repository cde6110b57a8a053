import { describe, expect, it } from 'vitest';
import type { FileSnapshotStorage } from '../../../../src/engine/checkpoint/storage/file-snapshot-storage.ts';
import { listSnapshots } from '../../../../src/engine/checkpoint/storage/list-snapshots.ts';
import { readSnapshot } from '../../../../src/engine/checkpoint/storage/read-snapshot.ts';
import type { CompletedSnapshot } from '../../../../src/engine/checkpoint/snapshot-storage.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { checkAllCrashes, worldOnDisk } from '../../../support/world-on-disk.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  expectedSnapshot,
  fill,
  headers,
  jobId,
  openStorage,
  savepointOrder,
  storageOn,
  take,
} from './storage-world.ts';

const nextJobId = 'b'.repeat(32);
const oldShared = `${directory}/${jobId}/shared`;
const newShared = `${directory}/${nextJobId}/shared`;

interface Restored {
  readonly world: SimulatedPlatform;
  /** Of the new run. */
  readonly storage: FileSnapshotStorage;
  readonly old: CompletedSnapshot;
}

/** A run whose last snapshot, of two pieces, the next run has been restored from. */
async function restored(
  isOwned: boolean,
  kind: 'checkpoint' | 'savepoint' = 'checkpoint',
  checkpointDirectory = directory,
): Promise<Restored> {
  const world = createWorld();
  const before = await openStorage(world);
  await world.drive(take(before, checkpointOrder(1), { written: ['p', 'q'] }));
  const order = kind === 'checkpoint' ? checkpointOrder(2) : savepointOrder(2);
  const old = await world.drive(take(before, order, { reused: ['p', 'q'] }));
  await world.drive(before.close());
  const storage = await openStorage(world, { jobId: nextJobId, checkpointDirectory });
  const snapshot = await world.drive(readSnapshot(world.files, old.location));
  await world.drive(storage.adopt(snapshot, old.location, isOwned));
  return { world, storage, old };
}

async function locations(world: SimulatedPlatform): Promise<readonly string[]> {
  const listed = await world.drive(listSnapshots(world.files, directory));
  expect(listed.filter(({ state }) => state !== 'complete')).toEqual([]);
  return listed.map(({ location }) => location.slice(directory.length + 1));
}

describe('a restore without a claim', () => {
  it('needs what it was restored from until its first checkpoint, and not after', async () => {
    const { world, storage, old } = await restored(false);
    const third = await world.drive(take(storage, checkpointOrder(3), { reused: ['p'] }));
    expect(third.checkpointedSizeBytes).toBe(third.stateSizeBytes);
    const fourth = await world.drive(take(storage, checkpointOrder(4), { reused: ['p'] }));
    expect(fourth.checkpointedSizeBytes).toBeLessThan(fourth.stateSizeBytes);
    // Nothing of the old run is touched, and nothing of it is needed.
    expect(world.disk.list(oldShared)).toHaveLength(1);
    expect(await locations(world)).toContain(`${jobId}/chk-2`);
    await world.drive(world.files.rename(`${directory}/${jobId}`, '/gone'));
    for (const { location, checkpointId } of [third, fourth]) {
      expect(await world.drive(readSnapshot(world.files, location))).toEqual(
        expectedSnapshot(checkpointOrder(checkpointId), { reused: ['p'] }, nextJobId),
      );
    }
    expect(old.location).toBe(`${directory}/${jobId}/chk-2`);
  });

  it('copies pieces of a savepoint, too', async () => {
    const { world, storage, old } = await restored(false, 'savepoint');
    const third = await world.drive(take(storage, checkpointOrder(3), { reused: ['q'] }));
    await world.drive(world.files.rename(old.location, '/gone'));
    expect(await world.drive(readSnapshot(world.files, third.location))).toEqual(
      expectedSnapshot(checkpointOrder(3), { reused: ['q'] }, nextJobId),
    );
  });
});

describe('a savepoint that was not claimed', () => {
  it('is never discarded', async () => {
    const { world, storage, old } = await restored(false, 'savepoint');
    await expect(world.drive(storage.discard(old))).rejects.toMatchObject({ code: 'DREY_BUG' });
    expect(world.disk.find(old.location)).not.toBeNull();
  });
});

describe('a restore with a claim', () => {
  it('refers to the pieces where they lie, and removes the old checkpoint', async () => {
    const { world, storage, old } = await restored(true);
    const third = await world.drive(
      take(storage, checkpointOrder(3), { written: ['r'], reused: ['p'] }),
    );
    expect(third.checkpointedSizeBytes).toBeLessThan(third.stateSizeBytes);
    await world.drive(storage.discard(old));
    expect(world.disk.find(old.location)).toBeNull();
    expect(await world.drive(readSnapshot(world.files, third.location))).toEqual(
      expectedSnapshot(checkpointOrder(3), { written: ['r'], reused: ['p'] }, nextJobId),
    );
  });

  it('deletes claimed pieces when no checkpoint of any job needs them', async () => {
    const { world, storage, old } = await restored(true);
    const third = await world.drive(take(storage, checkpointOrder(3), { reused: ['p'] }));
    await world.drive(storage.discard(old));
    await world.drive(take(storage, checkpointOrder(4), { written: ['r'] }));
    await world.drive(storage.discard(third));
    // The first checkpoint of the old run was not claimed and still needs them.
    expect(world.disk.list(oldShared)).toHaveLength(1);
    expect(await locations(world)).toEqual([`${jobId}/chk-1`, `${nextJobId}/chk-4`]);
    expect(world.disk.list(newShared)).toHaveLength(1);
  });

  it('deletes claimed pieces with the last checkpoint that needs them', async () => {
    const world = createWorld();
    const before = await openStorage(world);
    const old = await world.drive(take(before, checkpointOrder(1), { written: ['p'] }));
    await world.drive(before.close());
    const storage = await openStorage(world, { jobId: nextJobId });
    const snapshot = await world.drive(readSnapshot(world.files, old.location));
    await world.drive(storage.adopt(snapshot, old.location, true));
    const second = await world.drive(take(storage, checkpointOrder(2), { reused: ['p'] }));
    await world.drive(storage.discard(old));
    expect(world.disk.list(oldShared)).toHaveLength(1);
    await world.drive(take(storage, checkpointOrder(3)));
    await world.drive(storage.discard(second));
    expect(world.disk.list(oldShared)).toEqual([]);
  });

  it('survives another start: what it refers to is no leftover of the old run', async () => {
    const { world, storage, old } = await restored(true);
    const third = await world.drive(take(storage, checkpointOrder(3), { reused: ['p'] }));
    await world.drive(storage.discard(old));
    const next = world.crash('lose-unsynced');
    await openStorage(next, { jobId: 'd'.repeat(32) });
    expect(await next.drive(readSnapshot(next.files, third.location))).toEqual(
      expectedSnapshot(checkpointOrder(3), { reused: ['p'] }, nextJobId),
    );
  });

  it('of a savepoint copies its pieces and removes it', async () => {
    const { world, storage, old } = await restored(true, 'savepoint');
    const third = await world.drive(take(storage, checkpointOrder(3), { reused: ['q'] }));
    await world.drive(storage.discard(old));
    expect(world.disk.find(old.location)).toBeNull();
    expect(await world.drive(readSnapshot(world.files, third.location))).toEqual(
      expectedSnapshot(checkpointOrder(3), { reused: ['q'] }, nextJobId),
    );
  });

  it('from another checkpoint directory copies the pieces: both can be moved', async () => {
    const { world, storage, old } = await restored(true, 'checkpoint', '/other');
    const third = await world.drive(take(storage, checkpointOrder(3), { reused: ['q'] }));
    await world.drive(storage.discard(old));
    expect(world.disk.find(old.location)).toBeNull();
    await world.drive(world.files.rename(directory, '/gone'));
    expect(await world.drive(readSnapshot(world.files, third.location))).toEqual(
      expectedSnapshot(checkpointOrder(3), { reused: ['q'] }, nextJobId),
    );
  });

  it('keeps the old checkpoint until it is discarded', async () => {
    const { world, storage, old } = await restored(true);
    await world.drive(take(storage, savepointOrder(3), { reused: ['p'] }));
    await world.drive(take(storage, checkpointOrder(4)));
    await world.drive(storage.close());
    expect(await world.drive(readSnapshot(world.files, old.location))).toEqual(
      expectedSnapshot(checkpointOrder(2), { reused: ['p', 'q'] }),
    );
  });

  it('leaves the old checkpoint or the new one whole, whenever the power fails', async () => {
    const { world, storage, old } = await restored(true);
    const third = expectedSnapshot(checkpointOrder(3), { reused: ['p'] }, nextJobId);
    const second = expectedSnapshot(checkpointOrder(2), { reused: ['p', 'q'] });
    await checkAllCrashes(
      world,
      async () => {
        await take(storage, checkpointOrder(3), { reused: ['p'] });
        await storage.discard(old);
      },
      async ({ disk, isDone }) => {
        const next = worldOnDisk(disk);
        const listed = await next.drive(listSnapshots(next.files, directory));
        expect(listed.filter(({ state }) => state === 'broken')).toEqual([]);
        const isThere = (name: string): boolean =>
          listed.some(({ location, state }) => location.endsWith(name) && state === 'complete');
        if (isThere(`${nextJobId}/chk-3`)) {
          const location = `${directory}/${nextJobId}/chk-3`;
          expect(await next.drive(readSnapshot(next.files, location))).toEqual(third);
        } else {
          expect(isDone).toBe(false);
          expect(await next.drive(readSnapshot(next.files, old.location))).toEqual(second);
        }
      },
    );
  });
});

it('what a run goes on from stays when power fails, also when its name was not durable yet', async () => {
  const world = createWorld();
  const sleeper = await openStorage(world);
  const pending = await world.drive(sleeper.begin(checkpointOrder(1)));
  await world.drive(fill(pending, 1));
  // It sleeps when the manifest has got its name, before that is durable.
  const syncFolder = world.files.syncFolder.bind(world.files);
  const folder = `${directory}/${jobId}/chk-1`;
  world.files.syncFolder = (path) =>
    path === folder && world.disk.list(folder).includes('_metadata')
      ? new Promise(() => undefined)
      : syncFolder(path);
  pending.complete(headers).catch(() => undefined);
  await world.runUntilIdle().catch(() => undefined);
  world.files.syncFolder = syncFolder;

  const storage = storageOn(world, { jobId: nextJobId });
  const snapshot = await world.drive(readSnapshot(world.files, folder));
  await world.drive(storage.adopt(snapshot, folder, true));
  const after = world.crash('lose-unsynced');
  expect((await after.drive(readSnapshot(after.files, folder))).checkpointId).toBe(1);
});
