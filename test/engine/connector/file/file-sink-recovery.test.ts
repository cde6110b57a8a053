import { describe, expect, test } from 'vitest';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import {
  completeOf,
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

describe('checkpoints', () => {
  test('show rows when they are complete, all of those before them', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const sink = sinkOf(world);
        await sink.open();
        await writeRows(sink, 'a');
        snapshotOf(sink, 1);
        await sink.recovery.durable();
        await writeRows(sink, 'b');
        snapshotOf(sink, 2);
        await sink.recovery.durable();
        await writeRows(sink, 'c');
        expect(visibleRows(world)).toEqual([]);
        await sink.recovery.commitUpTo(2);
        expect(visibleRows(world)).toEqual(['a', 'b']);
        await sink.recovery.commitUpTo(1);
        await sink.recovery.commitUpTo(2);
        expect(visibleRows(world)).toEqual(['a', 'b']);
        await sink.commit();
        expect(visibleRows(world)).toEqual(['a', 'b', 'c']);
      })(),
    );
  });

  test('without rows begin no part, and what a snapshot names is left by close', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const sink = sinkOf(world);
        await sink.open();
        await completeOf(sink, 1);
        expect(world.disk.list('/out')).toEqual([]);
        await writeRows(sink, 'a');
        snapshotOf(sink, 2);
        await writeRows(sink, 'b');
        await sink.close();
        expect(hiddenNames(world)).toHaveLength(1);
      })(),
    );
  });

  test('that never complete are covered by the next, in its snapshot', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const sink = sinkOf(world);
        await sink.open();
        await writeRows(sink, 'a');
        snapshotOf(sink, 1);
        await sink.recovery.durable();
        await writeRows(sink, 'b');
        const states = [snapshotOf(sink, 2)];
        await sink.recovery.durable();
        await sink.close();
        await restoredSink(world, states).open();
        expect(visibleRows(world)).toEqual(['a', 'b']);
      })(),
    );
  });
});

test('a part that cannot be closed keeps no other one open', async () => {
  const world = worldOf();
  const sink = sinkOf(world);
  await world.drive(sink.open());
  await world.drive(writeRows(sink, 'a'));
  snapshotOf(sink, 1);
  await world.drive(writeRows(sink, 'b'));
  const errno = 'EDQUOT';
  world.fileFaults.add({ kind: 'nth', nth: 1, errno, isPersistent: false, operation: 'close' });
  await expect(world.drive(sink.close())).rejects.toMatchObject({ code: 'DREY_FILE_NO_SPACE' });
  expect(world.files.openFiles).toBe(0);
  expect(hiddenNames(world)).toHaveLength(1);
});

const job: SinkJob = { rowCount: 10, parallelism: 1, rowsPerCheckpoint: 2, lostEvery: 2 };

/** Runs again and again until one attempt comes to the end; each time what is visible is checked. */
async function runToEnd(world: SimulatedPlatform, store: Store, whole: SinkJob): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      await world.drive(runJob(world, store, whole));
      expect(visibleRows(world)).toEqual(rowsUpTo(whole.rowCount));
      return attempt;
    } catch (failure) {
      expect(failure).not.toMatchObject({ code: 'DREY_BUG' });
      expect(attempt).toBeLessThan(4);
      const covered = rowsUpTo(store.latest?.rowCount ?? 0);
      expect(covered).toEqual(expect.arrayContaining(visibleRows(world)));
      world.fileFaults.clear();
    }
  }
}

describe('an operation that fails', () => {
  test.each(['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE', 'EDQUOT'])(
    'with %s, whichever it is, once or from then on, loses and doubles no row',
    async (errno) => {
      let hitCount = 0;
      for (const isPersistent of [false, true]) {
        for (let nth = 1; ; nth++) {
          const world = worldOf();
          world.fileFaults.add({ kind: 'nth', nth, errno, isPersistent });
          await runToEnd(world, new Store(), { ...job, parallelism: 2 });
          if (world.fileFaults.hits === 0) break;
          hitCount++;
        }
      }
      expect(hitCount).toBeGreaterThan(60);
    },
  );

  test('when it is a sync, declines this checkpoint and all later ones', async () => {
    const world = worldOf();
    const sink = sinkOf(world);
    await world.drive(sink.open());
    await world.drive(writeRows(sink, 'a'));
    snapshotOf(sink, 1);
    world.fileFaults.add({
      kind: 'nth',
      nth: 1,
      errno: 'EIO',
      isPersistent: false,
      operation: 'sync',
    });
    await expect(world.drive(sink.recovery.durable())).rejects.toMatchObject({
      code: 'DREY_FILE_IO_ERROR',
    });
    await world.drive(writeRows(sink, 'b'));
    snapshotOf(sink, 2);
    await expect(world.drive(sink.recovery.durable())).rejects.toMatchObject({
      code: 'DREY_FILE_IO_ERROR',
    });
  });

  test('when it is the sync of a commit, leaves the parts in later snapshots', async () => {
    const world = worldOf();
    const sink = sinkOf(world);
    await world.drive(sink.open());
    await world.drive(writeRows(sink, 'a'));
    snapshotOf(sink, 1);
    await world.drive(sink.recovery.durable());
    world.fileFaults.add({
      kind: 'nth',
      nth: 1,
      errno: 'EIO',
      isPersistent: false,
      operation: 'sync-folder',
    });
    const isRefused = { code: 'DREY_FILE_IO_ERROR' };
    await expect(world.drive(sink.recovery.commitUpTo(1))).rejects.toMatchObject(isRefused);
    await expect(world.drive(sink.recovery.commitUpTo(1))).rejects.toMatchObject(isRefused);
    const states = [snapshotOf(sink, 2)];
    await world.drive(sink.close());
    await world.drive(restoredSink(world, states).open());
    expect(visibleRows(world)).toEqual(['a']);
  });
});

test('what an attempt removed stays away when power fails after the next one has begun', async () => {
  const world = worldOf();
  const opened = (): Promise<ReturnType<typeof sinkOf>> => {
    const sink = sinkOf(world);
    return sink.open().then(() => sink);
  };
  await world.drive(
    (async () => {
      const first = await opened();
      await writeRows(first, 'a');
      // Another file's name becomes durable, and with the folder that of the part.
      await world.files.syncFolder('/out');
      await first.close();
      expect(hiddenNames(world)).toEqual([]);
      await opened();
    })(),
  );
  expect(hiddenNames(world.crash('lose-unsynced'))).toEqual([]);
});

describe('a restore', () => {
  test('leaves nothing for an attempt that was given up and wakes up', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const zombie = sinkOf(world);
        await zombie.open();
        await writeRows(zombie, 'a');
        const states = await completeOf(zombie, 1);
        await writeRows(zombie, 'b');
        snapshotOf(zombie, 2);
        await zombie.recovery.durable();
        const next = restoredSink(world, states);
        await next.open();
        await expect(zombie.recovery.commitUpTo(2)).rejects.toMatchObject({
          code: 'DREY_SINK_PART_MISSING',
          exitCode: 12,
        });
        await zombie.close();
        await zombie.recovery.commitUpTo(2);
        await writeRows(next, 'b');
        await completeOf(next, 3);
        expect(visibleRows(world)).toEqual(['a', 'b']);
      })(),
    );
  });

  test('gives no part the name of an earlier one, however often it is done', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const first = sinkOf(world);
        await first.open();
        await writeRows(first, 'a');
        const states = await completeOf(first, 1);
        await first.close();
        for (let time = 0; time < 5; time++) {
          const sink = restoredSink(world, states);
          await sink.open();
          await writeRows(sink, `time ${time}`);
          await completeOf(sink, 2);
          await sink.close();
        }
        // Five lives from one snapshot are five continuations, and none overwrites another.
        expect(visibleRows(world)).toHaveLength(6);
      })(),
    );
  });

  test('goes on when finished files were taken away, and not when a hidden one is gone', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const sink = sinkOf(world);
        await sink.open();
        await writeRows(sink, 'a');
        const committed = await completeOf(sink, 1);
        const [name] = world.disk.list('/out').filter((each) => !each.startsWith('.'));
        await world.files.rename(`/out/${name}`, '/work/taken');
        await restoredSink(world, committed).open();
        await writeRows(sink, 'b');
        const states = [snapshotOf(sink, 2)];
        await sink.recovery.durable();
        await world.files.remove(`/out/${hiddenNames(world)[0]}`);
        await expect(restoredSink(world, states).open()).rejects.toMatchObject({
          code: 'DREY_SINK_PART_MISSING',
          exitCode: 12,
        });
      })(),
    );
  });

  test('refuses a part that is not whole', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const sink = sinkOf(world);
        await sink.open();
        await writeRows(sink, 'abc');
        const states = [snapshotOf(sink, 1)];
        await sink.recovery.durable();
        const cut = await world.files.openToWrite(`/out/${hiddenNames(world)[0]}`);
        await cut.close();
        const message = expect.stringContaining('has 0 bytes, not 4');
        await expect(restoredSink(world, states).open()).rejects.toMatchObject({ message });
      })(),
    );
  });

  test('knows its own finished files at another parallelism, and refuses those of others', async () => {
    const world = worldOf();
    const store = new Store();
    const whole = { rowCount: 8, rowsPerCheckpoint: 2 };
    for (const [parallelism, rowCount] of [
      [2, 4],
      [1, 6],
      [3, 8],
    ] as const) {
      await world.drive(runJob(world, store, { ...whole, rowCount, parallelism }));
    }
    expect(visibleRows(world)).toEqual(rowsUpTo(8));
    const other = await world.drive(world.files.openToWrite('/out/part-ffffffffffffffff-0-0'));
    await world.drive(other.close());
    const sink = restoredSink(world, store.latest!.states);
    await expect(world.drive(sink.open())).rejects.toMatchObject({
      code: 'DREY_SINK_FOLDER_TAKEN',
    });
  });

  test('leaves what another run that may be alive has begun', async () => {
    const world = worldOf();
    const append = { existing: 'append' } as const;
    await world.drive(
      (async () => {
        const sink = sinkOf(world, append);
        await sink.open();
        await writeRows(sink, 'a');
        const states = await completeOf(sink, 1);
        await writeRows(sink, 'lost');
        const alive = sinkOf(world, append);
        await alive.open();
        await writeRows(alive, 'b');
        const next = restoredSink(world, states, append);
        await next.open();
        expect(hiddenNames(world)).toHaveLength(1);
        await alive.commit();
        expect(visibleRows(world)).toEqual(['a', 'b']);
      })(),
    );
  });

  test('finds parts in a folder that was moved, and those of a folder that is another now', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const sink = sinkOf(world);
        await sink.open();
        await writeRows(sink, 'a');
        const states = [snapshotOf(sink, 1)];
        await sink.recovery.durable();
        const other = restoredSink(world, states, { path: '/other' });
        await other.open();
        expect([visibleRows(world), visibleRows(world, '/other')]).toEqual([['a'], []]);
        await writeRows(sink, 'b');
        const later = [snapshotOf(sink, 2)];
        await sink.recovery.durable();
        await world.files.createFolder('/moved');
        for (const name of world.disk.list('/out')) {
          await world.files.rename(`/out/${name}`, `/moved/${name}`);
        }
        await world.files.remove('/out');
        await restoredSink(world, later, { path: '/moved' }).open();
        expect(visibleRows(world, '/moved')).toEqual(['a', 'b']);
      })(),
    );
  });
});
