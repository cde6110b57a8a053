import { expect, test } from 'vitest';
import { lockFolderName } from '../../../../src/engine/checkpoint/storage/checkpoint-lock.ts';
import { encodeHolder } from '../../../../src/engine/checkpoint/storage/lock-holder.ts';
import { readLatestSnapshot } from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import { worldOnDisk } from '../../../support/world-on-disk.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  fill,
  headers,
  jobId,
  jobName,
  openStorage,
  storageOn,
} from './storage-world.ts';

test('a run that was taken over while it wrote its manifest does not give it its name', async () => {
  const world = createWorld();
  const sleeper = await openStorage(world);
  const pending = await world.drive(sleeper.begin(checkpointOrder(1)));
  await world.drive(fill(pending, 1));
  const open = world.files.openToWrite.bind(world.files);
  const other = { host: 'elsewhere', processId: 7, processToken: 'x', renewedAtMs: 0 };
  world.files.openToWrite = async (path, options) => {
    if (path.endsWith('_metadata.new')) {
      const lock = await open(`${directory}/${lockFolderName(jobName)}/2`);
      await lock.write(encodeHolder({ ...other, state: 'held' }));
    }
    return open(path, options);
  };
  await expect(world.drive(pending.complete(headers))).rejects.toMatchObject({
    code: 'DREY_CHECKPOINT_FENCED',
  });
  expect(world.disk.list(`${directory}/${jobId}/chk-1`)).not.toContain('_metadata');
});

test('a run that wakes with its manifest written completes nothing of which files are gone', async () => {
  const world = createWorld();
  const sleeper = await openStorage(world);
  const pending = await world.drive(sleeper.begin(checkpointOrder(1)));
  await world.drive(fill(pending, 1));
  // It sleeps before the manifest gets its name: the call never comes back.
  const rename = world.files.rename.bind(world.files);
  world.files.rename = (from, to) =>
    to.endsWith('_metadata') ? new Promise(() => undefined) : rename(from, to);
  pending.complete(headers).catch(() => undefined);
  await world.runUntilIdle().catch(() => undefined);
  world.files.rename = rename;
  const folder = `${directory}/${jobId}/chk-1`;
  expect(world.disk.list(folder)).toContain('_metadata.new');

  // The next run has removed a first file of it when the sleeper wakes.
  const next = worldOnDisk(world.disk);
  const remove = next.files.remove.bind(next.files);
  const wakings: Promise<unknown>[] = [];
  next.files.remove = async (path) => {
    await remove(path);
    if (!path.startsWith(folder) || wakings.length > 0) return;
    const waking = next.files.rename(`${folder}/_metadata.new`, `${folder}/_metadata`);
    wakings.push(waking.catch((error: unknown) => error));
    await Promise.all(wakings);
  };
  await next.drive(storageOn(next, { jobId: 'f'.repeat(32) }).open());
  expect(await Promise.all(wakings)).toEqual([expect.any(Error)]);
  const latest = await next.drive(readLatestSnapshot(next.files, directory, jobName));
  expect(latest).toEqual({ kind: 'none' });
});
