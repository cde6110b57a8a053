import { expect, test } from 'vitest';
import {
  readLatestSnapshot,
  type LatestSnapshot,
} from '../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import type { SnapshotOrder } from '../../../src/engine/checkpoint/snapshot-storage.ts';
import { lockFolderName } from '../../../src/engine/checkpoint/storage/checkpoint-lock.ts';
import { FileJobStorage } from '../../../src/engine/failover/file-job-storage.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  jobName,
  savepointDirectory,
  savepointOrder,
  take,
} from '../checkpoint/storage/storage-world.ts';

const first = 'a'.repeat(32);
const second = 'b'.repeat(32);

function storageOf(world: SimulatedPlatform, jobId: string): FileJobStorage {
  return new FileJobStorage(
    {
      platform: world,
      checkpointDirectory: directory,
      savepointDirectory,
      retention: 'RETAIN_ON_CANCELLATION',
      dreyVersion: '0.0.0',
    },
    { jobId, jobName },
  );
}

/** A run that takes these, and is then stopped. */
async function run(
  world: SimulatedPlatform,
  jobId: string,
  orders: readonly SnapshotOrder[],
): Promise<readonly string[]> {
  const storage = storageOf(world, jobId);
  await world.drive(storage.open());
  const locations: string[] = [];
  for (const order of orders) locations.push((await world.drive(take(storage, order))).location);
  await world.drive(storage.jobEnded('suspended', []));
  await world.drive(storage.close());
  return locations;
}

const lastSavepoint = (checkpointId: number): SnapshotOrder => ({
  ...savepointOrder(checkpointId),
  isLast: true,
});

function latestOn(world: SimulatedPlatform): Promise<LatestSnapshot> {
  return world.drive(readLatestSnapshot(world.files, directory, jobName));
}

async function locationOn(world: SimulatedPlatform): Promise<string> {
  const latest = await latestOn(world);
  return latest.kind === 'found' ? latest.location : latest.kind;
}

test('the latest of a run that stopped with a savepoint elsewhere is that savepoint', async () => {
  const world = createWorld();
  const [, savepoint] = await run(world, first, [checkpointOrder(1), lastSavepoint(2)]);
  expect(savepoint).toMatch(/^\/savepoints\//);
  expect(await locationOn(world)).toBe(savepoint);
});

test('a savepoint elsewhere with which the job went on is none of the latest', async () => {
  const world = createWorld();
  const [checkpoint] = await run(world, first, [checkpointOrder(1), savepointOrder(2)]);
  expect(await locationOn(world)).toBe(checkpoint);
});

test('what a later run has taken is newer than the savepoint of a stop', async () => {
  const world = createWorld();
  await run(world, first, [checkpointOrder(1), lastSavepoint(2)]);
  const [checkpoint] = await run(world, second, [checkpointOrder(1)]);
  expect(await locationOn(world)).toBe(checkpoint);
});

test('a later run that died before its first checkpoint goes on from the savepoint again', async () => {
  const world = createWorld();
  const [, savepoint] = await run(world, first, [checkpointOrder(1), lastSavepoint(2)]);
  await run(world, second, []);
  expect(await locationOn(world)).toBe(savepoint);
});

test('a savepoint of a stop that is gone is an error, and nothing older is offered', async () => {
  const world = createWorld();
  const [, savepoint] = await run(world, first, [checkpointOrder(1), lastSavepoint(2)]);
  await world.drive(world.files.rename(savepoint!, '/moved'));
  await expect(latestOn(world)).rejects.toMatchObject({
    exitCode: 12,
    hint: expect.stringContaining('--restore PATH') as string,
    details: { path: savepoint, older: null },
  });
});

test('a pointer that names no savepoint is refused by its name', async () => {
  const world = createWorld();
  await run(world, first, [checkpointOrder(1), lastSavepoint(2)]);
  const path = `${directory}/${first}/STOPPED`;
  const file = await world.drive(world.files.openToWrite(path));
  await world.drive(file.write(Buffer.from('{}')));
  await world.drive(file.close());
  await expect(latestOn(world)).rejects.toMatchObject({
    code: 'DREY_SNAPSHOT_CORRUPT',
    message: expect.stringContaining(path) as string,
  });
});

test('a run that was taken over before it had marked its end removes none of its checkpoints', async () => {
  const world = createWorld();
  const storage = storageOf(world, first);
  await world.drive(storage.open());
  const snapshot = await world.drive(take(storage, checkpointOrder(1)));
  // Only the mark of the end lies between the two questions.
  let asked = 0;
  storage.checkAllowed = async () => {
    if (++asked === 2) {
      const file = await world.files.openToWrite(`${directory}/${lockFolderName(jobName)}/2`);
      await file.close();
    }
    await FileJobStorage.prototype.checkAllowed.call(storage);
  };
  const ended = world.drive(storage.jobEnded('finished', [snapshot]));
  await expect(ended).rejects.toMatchObject({ code: 'DREY_CHECKPOINT_FENCED' });
  expect(world.disk.find(`${snapshot.location}/_metadata`)).not.toBeNull();
});
