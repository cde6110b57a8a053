import { describe, expect, it } from 'vitest';
import { listSnapshots } from '../../../../src/engine/checkpoint/storage/list-snapshots.ts';
import { readSnapshot } from '../../../../src/engine/checkpoint/storage/read-snapshot.ts';
import { describeDisk } from '../../../../src/platform/simulated/crash-states.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  expectedSnapshot,
  fill,
  headers,
  jobId,
  openStorage,
  pieceContent,
  savepointOrder,
  storageOn,
  take,
  text,
} from './storage-world.ts';

const otherJobId = 'b'.repeat(32);
const shared = `${directory}/${jobId}/shared`;

/** Paths of all files, without those of locks. */
function filesOn(world: SimulatedPlatform): string[] {
  return describeDisk(world.disk)
    .split('\n')
    .filter((line) => line.startsWith('/') && !line.includes('/.lock-'))
    .map((line) => line.split(' ')[0] ?? '')
    .filter((path) => !path.endsWith('/'));
}

describe('a checkpoint in files', () => {
  it('is read as it was taken, from the layout of Flink', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const done = await world.drive(take(storage, checkpointOrder(1)));
    expect(done.location).toBe(`${directory}/${jobId}/chk-1`);
    expect(world.disk.list(done.location)).toEqual(['_metadata', 'state-0']);
    for (const path of [done.location, `${done.location}/_metadata`]) {
      expect(await world.drive(readSnapshot(world.files, path))).toEqual(
        expectedSnapshot(checkpointOrder(1)),
      );
    }
  });

  it('counts the bytes it wrote and those it refers to', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const first = await world.drive(take(storage, checkpointOrder(1), { written: ['p', 'q'] }));
    const second = await world.drive(
      take(storage, checkpointOrder(2), { written: ['r'], reused: ['p'] }),
    );
    const pieceBytes = pieceContent('p').length;
    expect(first.stateSizeBytes).toBe(first.checkpointedSizeBytes);
    expect(second.stateSizeBytes).toBe(first.stateSizeBytes);
    expect(second.checkpointedSizeBytes).toBe(second.stateSizeBytes - pieceBytes);
  });

  it('without any state is a manifest alone', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const pending = await world.drive(storage.begin(checkpointOrder(1)));
    const done = await world.drive(pending.complete(headers));
    expect(world.disk.list(done.location)).toEqual(['_metadata']);
    const snapshot = await world.drive(readSnapshot(world.files, done.location));
    expect(snapshot.operators.map(({ uid }) => uid)).toEqual(['agg', 'keyed', 'map']);
  });

  it('that is given up leaves nothing, and its id is not used again', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    const before = filesOn(world);
    const pending = await world.drive(storage.begin(checkpointOrder(2)));
    await world.drive(fill(pending, 2, { written: ['q'], reused: ['p'] }));
    await world.drive(pending.abort());
    expect(filesOn(world)).toEqual(before);
    expect(world.files.openFiles).toBe(0);
    const late = { kind: 'subtask', bytes: text('late') } as const;
    const refusal = { code: 'DREY_CHECKPOINT_FAILED' };
    await expect(world.drive(pending.add('map', 0, late))).rejects.toMatchObject(refusal);
    await expect(world.drive(pending.complete(headers))).rejects.toMatchObject(refusal);
    expect(filesOn(world)).toEqual(before);
  });

  it('that is given up while it is completed is whole or not there, and says which', async () => {
    const outcomes = new Set<string>();
    for (let steps = 0; steps < 40; steps++) {
      const world = createWorld();
      const storage = await openStorage(world);
      await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
      const pending = await world.drive(storage.begin(checkpointOrder(2)));
      await world.drive(fill(pending, 2, { reused: ['p'] }));
      const completion = pending.complete(headers).then(
        () => 'complete',
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'DREY_CHECKPOINT_FAILED' });
          return 'given up';
        },
      );
      for (let step = 0; step < steps; step++) await world.scheduler.step();
      await world.drive(pending.abort());
      const outcome = await world.drive(completion);
      outcomes.add(outcome);
      const listed = await world.drive(listSnapshots(world.files, directory));
      const second = listed.find(({ location }) => location.endsWith('chk-2'));
      if (outcome === 'given up') expect(second).toBeUndefined();
      else {
        expect(await world.drive(readSnapshot(world.files, second?.location ?? ''))).toEqual(
          expectedSnapshot(checkpointOrder(2), { reused: ['p'] }),
        );
      }
    }
    expect(outcomes.size).toBe(2);
  });

  it('with parts larger than the buffers is read as it was taken', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const pending = await world.drive(storage.begin(checkpointOrder(1)));
    const sizes = [1, 70_000, 200_000, 60_000, 60_000, 60_000, 60_000, 60_000, 9_000_000, 3];
    const contents = sizes.map((size, at) => new Uint8Array(size).fill(at + 1));
    for (const [group, bytes] of contents.entries()) {
      await world.drive(pending.add('agg', 0, { kind: 'key-group', group, bytes }));
    }
    const done = await world.drive(pending.complete(headers));
    const snapshot = await world.drive(readSnapshot(world.files, done.location));
    const parts = snapshot.operators[0]?.subtasks[0]?.parts ?? [];
    for (const [at, content] of contents.entries()) {
      const found = parts[at]?.bytes ?? text('missing');
      expect(Buffer.compare(found, content), `part ${at}`).toBe(0);
    }
  });

  it('refuses parts of operators that are not named, and of subtasks that are not there', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const wrong = [
      ['nobody', 0],
      ['map', 1],
    ] as const;
    for (const [index, [uid, subtask]] of wrong.entries()) {
      const pending = await world.drive(storage.begin(checkpointOrder(index + 1)));
      await world.drive(pending.add(uid, subtask, { kind: 'subtask', bytes: text('x') }));
      await expect(world.drive(pending.complete(headers))).rejects.toMatchObject({
        code: 'DREY_BUG',
      });
      await world.drive(pending.abort());
    }
    expect(await world.drive(listSnapshots(world.files, directory))).toEqual([]);
  });
});

describe('pieces', () => {
  it('stay as long as a checkpoint that is kept refers to them', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const first = await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    const second = await world.drive(
      take(storage, checkpointOrder(2), { written: ['q'], reused: ['p'] }),
    );
    await world.drive(storage.discard(first));
    expect(world.disk.list(shared)).toHaveLength(2);
    const third = await world.drive(take(storage, checkpointOrder(3), { reused: ['q'] }));
    await world.drive(storage.discard(second));
    expect(world.disk.list(shared)).toHaveLength(1);
    expect(await world.drive(readSnapshot(world.files, third.location))).toEqual(
      expectedSnapshot(checkpointOrder(3), { reused: ['q'] }),
    );
  });

  it('stay while a checkpoint that may refer to them is being written', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const first = await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    const slow = await world.drive(storage.begin(checkpointOrder(2)));
    await world.drive(take(storage, checkpointOrder(3)));
    await world.drive(storage.discard(first));
    await world.drive(fill(slow, 2, { reused: ['p'] }));
    const second = await world.drive(slow.complete(headers));
    expect(await world.drive(readSnapshot(world.files, second.location))).toEqual(
      expectedSnapshot(checkpointOrder(2), { reused: ['p'] }),
    );
    await world.drive(storage.discard(second));
    expect(world.disk.list(shared)).toEqual([]);
  });

  it('of a checkpoint that was given up cannot be used again', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const pending = await world.drive(storage.begin(checkpointOrder(1)));
    await world.drive(fill(pending, 1, { written: ['p'] }));
    await world.drive(pending.abort());
    await expect(
      world.drive(take(storage, checkpointOrder(2), { reused: ['p'] })),
    ).rejects.toMatchObject({ code: 'DREY_BUG' });
  });

  it('are copied into a savepoint, which stands for itself wherever it is moved', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const first = await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    const savepoint = await world.drive(take(storage, savepointOrder(2), { reused: ['p'] }));
    expect(savepoint.location).toMatch(/^\/savepoints\/savepoint-aaaaaa-[0-9a-f]{12}$/);
    await world.drive(storage.discard(first));
    await world.drive(world.files.rename(savepoint.location, '/moved'));
    expect(await world.drive(readSnapshot(world.files, '/moved'))).toEqual(
      expectedSnapshot(savepointOrder(2), { reused: ['p'] }),
    );
  });
});

describe('a checkpoint directory', () => {
  it('can be moved as a whole', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    await world.drive(take(storage, checkpointOrder(2), { reused: ['p'] }));
    await world.drive(storage.close());
    await world.drive(world.files.rename(directory, '/elsewhere'));
    const location = `/elsewhere/${jobId}/chk-2`;
    expect(await world.drive(readSnapshot(world.files, location))).toEqual(
      expectedSnapshot(checkpointOrder(2), { reused: ['p'] }),
    );
  });

  it('loses what a run that died has left, and nothing else, when the next one starts', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    const kept = filesOn(world);
    const pending = await world.drive(storage.begin(checkpointOrder(2)));
    await world.drive(fill(pending, 2, { written: ['q'] }));
    const next = world.crash('keep-all');
    await openStorage(next, { jobId: otherJobId });
    const marker = `${directory}/${otherJobId}/_drey`;
    expect(filesOn(next)).toEqual([...kept, marker].sort());
  });

  it('keeps the leftovers of other pipelines, which may be at work', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const pending = await world.drive(storage.begin(checkpointOrder(1)));
    await world.drive(fill(pending, 1, { written: ['q'] }));
    const before = filesOn(world);
    const other = world.startAnother();
    await openStorage(other, { jobId: otherJobId, jobName: 'trending' });
    expect(filesOn(other)).toEqual(expect.arrayContaining(before));
    const done = await world.drive(pending.complete(headers));
    expect(await world.drive(readSnapshot(world.files, done.location))).toEqual(
      expectedSnapshot(checkpointOrder(1), { written: ['q'] }),
    );
  });

  it('keeps pieces that nobody seems to need while a manifest cannot be read', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const done = await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    const next = world.crash('keep-all');
    const file = await next.drive(next.files.openToWrite(`${done.location}/_metadata`));
    await next.drive(file.write(text('DREYSNAP and no more')));
    await openStorage(next, { jobId: otherJobId });
    expect(next.disk.list(shared)).toHaveLength(1);
  });

  it('counts the runs of a pipeline, whatever the clock says', async () => {
    const world = createWorld();
    await openStorage(world);
    const next = world.crash('keep-all');
    const storage = await openStorage(next, { jobId: otherJobId });
    const done = await next.drive(take(storage, checkpointOrder(1)));
    const [listed] = await next.drive(listSnapshots(next.files, directory));
    expect(listed).toMatchObject({
      location: done.location,
      state: 'complete',
      manifest: { runNumber: 2, jobName: 'uv', dreyVersion: '0.0.0' },
    });
  });

  it('takes a storage of the same job again, with its checkpoints', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const first = await world.drive(take(storage, checkpointOrder(1), { written: ['p'] }));
    const next = world.crash('lose-unsynced');
    const again = await openStorage(next);
    const second = await next.drive(take(again, checkpointOrder(2), { reused: ['p'] }));
    await next.drive(again.discard(first));
    expect(await next.drive(readSnapshot(next.files, second.location))).toEqual(
      expectedSnapshot(checkpointOrder(2), { reused: ['p'] }),
    );
    await next.drive(again.discard(second));
    expect(next.disk.list(shared)).toEqual([]);
  });

  it('is refused when it cannot be written, and works again afterwards', async () => {
    const world = createWorld();
    world.fileFaults.add({ kind: 'nth', nth: 1, errno: 'EACCES', isPersistent: true });
    await expect(world.drive(storageOn(world).open())).rejects.toMatchObject({
      code: 'DREY_FILE_DENIED',
    });
    world.fileFaults.clear();
    await openStorage(world);
    expect(world.files.openFiles).toBe(0);
  });
});
