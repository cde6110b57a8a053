import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disposeSnapshot } from '../../../../src/engine/checkpoint/storage/dispose-snapshot.ts';
import { FileSnapshotStorage } from '../../../../src/engine/checkpoint/storage/file-snapshot-storage.ts';
import { listSnapshots } from '../../../../src/engine/checkpoint/storage/list-snapshots.ts';
import { readSnapshot } from '../../../../src/engine/checkpoint/storage/read-snapshot.ts';
import { createRealPlatform } from '../../../../src/platform/real/real-platform.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  expectedSnapshot,
  jobId,
  jobName,
  openStorage,
  savepointDirectory,
  savepointOrder,
  take,
  text,
} from './storage-world.ts';

describe('a listing', () => {
  it('names what is complete, incomplete and broken, below any folder of them', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    await world.drive(take(storage, checkpointOrder(2)));
    await world.drive(storage.begin(checkpointOrder(3)));
    await world.drive(take(storage, savepointOrder(4)));
    await world.drive(world.files.remove(`${directory}/${jobId}/chk-2/state-0`));
    const expected = [
      { kind: 'checkpoint', state: 'complete', manifest: { checkpointId: 1, jobName } },
      {
        kind: 'checkpoint',
        state: 'broken',
        manifest: { checkpointId: 2 },
        problem: { code: 'DREY_SNAPSHOT_CORRUPT' },
      },
      { kind: 'checkpoint', state: 'incomplete', manifest: null, problem: null },
    ];
    const list = (folder: string): ReturnType<typeof listSnapshots> =>
      world.drive(listSnapshots(world.files, folder));
    expect(await list(directory)).toMatchObject(expected);
    expect(await list(`${directory}/${jobId}`)).toMatchObject(expected);
    expect(await list(savepointDirectory)).toMatchObject([
      { kind: 'savepoint', state: 'complete', manifest: { checkpointId: 4 } },
    ]);
    await expect(list('/nowhere')).rejects.toMatchObject({ code: 'DREY_SNAPSHOT_NONE' });
  });
});

describe('disposing', () => {
  it('of a checkpoint of a pipeline that runs is refused', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const { location } = await world.drive(take(storage, checkpointOrder(1)));
    await expect(
      world.drive(disposeSnapshot(world.startAnother(), location)),
    ).rejects.toMatchObject({ exitCode: 11 });
    await world.drive(storage.close());
    await world.drive(disposeSnapshot(world, location));
    expect(world.disk.find(location)).toBeNull();
  });

  it('of what is not there is exit status 6', async () => {
    const world = createWorld();
    await expect(world.drive(disposeSnapshot(world, '/nothing'))).rejects.toMatchObject({
      code: 'DREY_SAVEPOINT_NOT_FOUND',
      exitCode: 6,
    });
  });

  it('of a damaged one deletes it, but none of the pieces it may have named', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const { location } = await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    await world.drive(storage.close());
    const file = await world.drive(world.files.openToWrite(`${location}/_metadata`));
    await world.drive(file.write(text('DREYSNAP')));
    await world.drive(disposeSnapshot(world, location));
    expect(world.disk.find(location)).toBeNull();
    expect(world.disk.list(`${directory}/${jobId}/shared`)).toHaveLength(1);
  });

  it('of a folder with anything else in it deletes nothing', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const { location } = await world.drive(take(storage, savepointOrder(1)));
    const file = await world.drive(world.files.openToWrite(`${location}/notes.txt`));
    await world.drive(file.write(text('mine')));
    await expect(world.drive(disposeSnapshot(world, location))).rejects.toMatchObject({
      code: 'DREY_SNAPSHOT_FOREIGN',
      message: expect.stringContaining('notes.txt'),
    });
    expect(await world.drive(readSnapshot(world.files, location))).toEqual(
      expectedSnapshot(savepointOrder(1)),
    );
  });
});

describe('on real files', () => {
  async function savepointIn(folder: string): Promise<string> {
    const storage = new FileSnapshotStorage({
      platform: createRealPlatform(),
      checkpointDirectory: join(folder, 'checkpoints'),
      jobId,
      jobName,
      dreyVersion: '0.0.0',
    });
    await storage.open();
    const order = { ...savepointOrder(1), targetDirectory: join(folder, 'savepoints') };
    const { location } = await take(storage, order, { written: ['p'] });
    await storage.close();
    return location;
  }

  it('a savepoint is read as it was taken, and disposed', async () => {
    const location = await savepointIn(temporaryFolder());
    const { files } = createRealPlatform();
    expect(await readSnapshot(files, location)).toEqual(
      expectedSnapshot(savepointOrder(1), { written: ['p'] }),
    );
    await disposeSnapshot(createRealPlatform(), location);
    expect(readdirSync(join(location, '..'))).toEqual([]);
  });

  it('nothing is deleted through a symbolic link', async () => {
    const folder = temporaryFolder();
    const location = await savepointIn(folder);
    const link = join(folder, 'link');
    symlinkSync(location, link);
    await expect(disposeSnapshot(createRealPlatform(), link)).rejects.toMatchObject({
      code: 'DREY_SNAPSHOT_FOREIGN',
    });
    expect(readdirSync(location)).toContain('_metadata');
  });

  it('nothing is deleted in a folder that drey did not make', async () => {
    const folder = temporaryFolder();
    const target = join(folder, 'savepoint-aaaaaa-0123456789ab');
    mkdirSync(target);
    writeFileSync(join(target, '_metadata'), 'of Flink');
    writeFileSync(join(target, 'state-0'), 'of Flink');
    await expect(disposeSnapshot(createRealPlatform(), target)).rejects.toMatchObject({
      code: 'DREY_SNAPSHOT_FOREIGN',
    });
    expect(readFileSync(join(target, 'state-0'), 'utf8')).toBe('of Flink');
  });
});
