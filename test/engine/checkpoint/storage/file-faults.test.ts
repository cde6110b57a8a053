import { describe, expect, it } from 'vitest';
import { readLatestSnapshot } from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import { listSnapshots } from '../../../../src/engine/checkpoint/storage/list-snapshots.ts';
import type { JobSnapshot } from '../../../../src/engine/checkpoint/job-snapshot.ts';
import { DreyError } from '../../../../src/errors/drey-error.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import type { FileFault } from '../../../../src/platform/simulated/file-faults.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  expectedSnapshot,
  jobName,
  openStorage,
  savepointDirectory,
  savepointOrder,
  storageOn,
  take,
} from './storage-world.ts';

const errnos = ['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EMFILE', 'EDQUOT'] as const;
/** More operations than any protocol here has. */
const OPERATIONS_MAX = 300;

const first = expectedSnapshot(checkpointOrder(1), { written: ['p'] });
const second = expectedSnapshot(checkpointOrder(2), { written: ['r'], reused: ['p'] });

type Outcome = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly error: unknown };

async function outcomeOf(world: SimulatedPlatform, work: Promise<unknown>): Promise<Outcome> {
  try {
    await world.drive(work);
    return { kind: 'done' };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

/** It says what happened to which file, in drey's words. */
function checkClear(outcome: Outcome): void {
  if (outcome.kind === 'done') return;
  expect(outcome.error).toBeInstanceOf(DreyError);
  expect(outcome.error).toMatchObject({ code: expect.stringMatching(/^DREY_FILE_/) });
}

async function latestOn(world: SimulatedPlatform): Promise<JobSnapshot | string> {
  const latest = await world.drive(readLatestSnapshot(world.files, directory, jobName));
  return latest.kind === 'found' ? latest.snapshot : latest.kind;
}

/** Calls `attempt` with a fault at each operation in turn, until one has no more. */
async function atEachOperation(
  fault: Omit<FileFault & { kind: 'nth' }, 'kind' | 'nth'>,
  attempt: (addFault: (world: SimulatedPlatform) => void) => Promise<SimulatedPlatform>,
): Promise<number> {
  for (let nth = 1; nth < OPERATIONS_MAX; nth++) {
    let hitsBefore = 0;
    const world = await attempt((on) => {
      hitsBefore = on.fileFaults.hits;
      on.fileFaults.add({ kind: 'nth', nth, ...fault });
    });
    if (world.fileFaults.hits === hitsBefore) return nth - 1;
  }
  throw new Error(`more than ${OPERATIONS_MAX} operations`);
}

describe.each(errnos)('%s at any operation', (errno) => {
  it.each([
    ['once', false],
    ['from then on', true],
  ])('%s declines a checkpoint and keeps the one before it', async (_, isPersistent) => {
    const operations = await atEachOperation({ errno, isPersistent }, async (addFault) => {
      const world = createWorld();
      const storage = await openStorage(world);
      await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
      addFault(world);
      const outcome = await outcomeOf(
        world,
        take(storage, checkpointOrder(2), { written: ['r'], reused: ['p'] }),
      );
      checkClear(outcome);
      world.fileFaults.clear();
      expect(world.files.openFiles).toBe(0);
      const latest = await latestOn(world);
      if (outcome.kind === 'done') expect(latest).toEqual(second);
      // Declined, and still there when the disk refused to take it back: then it is whole.
      else if (latest !== 'none' && typeof latest !== 'string' && latest.checkpointId === 2) {
        expect(latest).toEqual(second);
      } else expect(latest).toEqual(first);
      await world.drive(take(storage, checkpointOrder(3), { reused: ['p'] }));
      expect(await latestOn(world)).toEqual(
        expectedSnapshot(checkpointOrder(3), { reused: ['p'] }),
      );
      const listed = await world.drive(listSnapshots(world.files, directory));
      expect(listed.filter(({ state }) => state === 'broken')).toEqual([]);
      return world;
    });
    expect(operations).toBeGreaterThan(20);
  });
});

describe('a failing disk', () => {
  it.each([
    ['once', false],
    ['from then on', true],
  ])('%s while a savepoint is taken leaves none that is half', async (_, isPersistent) => {
    await atEachOperation({ errno: 'EIO', isPersistent }, async (addFault) => {
      const world = createWorld();
      const storage = await openStorage(world);
      await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
      addFault(world);
      const outcome = await outcomeOf(world, take(storage, savepointOrder(2), { reused: ['p'] }));
      checkClear(outcome);
      world.fileFaults.clear();
      const status = await world.drive(world.files.status(savepointDirectory));
      const listed =
        status === null ? [] : await world.drive(listSnapshots(world.files, savepointDirectory));
      expect(listed.filter(({ state }) => state === 'broken')).toEqual([]);
      if (outcome.kind === 'done') expect(listed).toMatchObject([{ state: 'complete' }]);
      return world;
    });
  });

  it.each([
    ['once', false],
    ['from then on', true],
  ])('%s while a checkpoint is discarded is made good later', async (_, isPersistent) => {
    await atEachOperation({ errno: 'EIO', isPersistent }, async (addFault) => {
      const world = createWorld();
      const storage = await openStorage(world);
      const done = await world.drive(take(storage, checkpointOrder(1), { written: ['p', 'q'] }));
      const kept = await world.drive(
        take(storage, checkpointOrder(2), { written: ['r'], reused: ['p'] }),
      );
      addFault(world);
      checkClear(await outcomeOf(world, storage.discard(done)));
      world.fileFaults.clear();
      expect(await latestOn(world)).toEqual(second);
      const listed = await world.drive(listSnapshots(world.files, directory));
      expect(listed.filter(({ state }) => state === 'broken')).toEqual([]);
      await world.drive(take(storage, checkpointOrder(3)));
      await world.drive(storage.discard(kept));
      const left = await world.drive(listSnapshots(world.files, directory));
      expect(left.map(({ manifest }) => manifest?.checkpointId)).toEqual([3]);
      expect(world.disk.list(`${directory}/${'a'.repeat(32)}/shared`)).toEqual([]);
      return world;
    });
  });

  it('while a storage is opened is reported, and the lock is free again', async () => {
    await atEachOperation({ errno: 'EIO', isPersistent: false }, async (addFault) => {
      const world = createWorld();
      addFault(world);
      const storage = storageOn(world);
      const outcome = await outcomeOf(world, storage.open());
      checkClear(outcome);
      world.fileFaults.clear();
      if (outcome.kind === 'failed') await openStorage(world);
      expect(world.files.openFiles).toBe(0);
      return world;
    });
  });

  it('that is full at some byte declines a checkpoint', async () => {
    for (let afterBytes = 0; ; afterBytes += 7) {
      const world = createWorld();
      const storage = await openStorage(world);
      await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
      world.fileFaults.add({ kind: 'full', afterBytes });
      const outcome = await outcomeOf(
        world,
        take(storage, checkpointOrder(2), { written: ['r'], reused: ['p'] }),
      );
      if (outcome.kind === 'done') break;
      expect(outcome.error).toMatchObject({ code: 'DREY_FILE_NO_SPACE' });
      world.fileFaults.clear();
      expect(await latestOn(world)).toEqual(first);
    }
  });

  it('whose folder is gone declines checkpoints until it is back', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    await world.drive(take(storage, checkpointOrder(1)));
    await world.drive(world.files.rename(directory, '/moved'));
    const outcome = await outcomeOf(world, take(storage, checkpointOrder(2)));
    expect(outcome).toMatchObject({ error: { code: 'DREY_FILE_NOT_FOUND' } });
    await world.drive(world.files.rename('/moved', directory));
    await world.drive(take(storage, checkpointOrder(3)));
    expect(await latestOn(world)).toEqual(expectedSnapshot(checkpointOrder(3)));
  });
});
