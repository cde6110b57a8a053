import { describe, expect, test } from 'vitest';
import { createSimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import {
  completeOf,
  hiddenNames,
  restoredSink,
  sinkOf,
  snapshotOf,
  visibleRows,
  writeRows,
} from './sink-job.ts';

const worldOf = (): ReturnType<typeof createSimulatedPlatform> =>
  createSimulatedPlatform({ seed: 1, fileLatencyMsMax: 0 });

describe('a restore', () => {
  test('from the checkpoint before a savepoint leaves what that needs, until its rows are out', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const first = sinkOf(world);
        await first.open();
        await writeRows(first, 'a');
        const checkpoint = await completeOf(first, 1);
        await writeRows(first, 'b');
        const savepoint = [snapshotOf(first, 2, { isSavepoint: true })];
        await first.recovery.durable();
        await first.close();
        const second = restoredSink(world, checkpoint);
        await second.open();
        await second.close();
        expect(visibleRows(world)).toEqual(['a']);

        const third = restoredSink(world, savepoint);
        await third.open();
        expect(visibleRows(world)).toEqual(['a', 'b']);
      })(),
    );
  });

  test('from the checkpoint before it takes nothing of a savepoint, however far it comes', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const first = sinkOf(world);
        await first.open();
        await writeRows(first, 'a');
        const checkpoint = await completeOf(first, 1);
        await writeRows(first, 'b', 'c');
        const savepoint = [snapshotOf(first, 2, { isSavepoint: true })];
        await first.recovery.durable();
        await first.close();
        const second = restoredSink(world, checkpoint);
        await second.open();
        // Its next checkpoint lies before the savepoint in the input, though it counts on.
        await writeRows(second, 'b');
        await completeOf(second, 3);
        await second.commit();
        expect(visibleRows(world)).toEqual(['a', 'b']);
        expect(hiddenNames(world)).toHaveLength(1);

        await restoredSink(world, savepoint).open();
        expect(visibleRows(world)).toContain('c');
        expect(hiddenNames(world)).toEqual([]);
      })(),
    );
  });
});

test('a savepoint that cannot name its parts costs no later checkpoint', async () => {
  const world = worldOf();
  const sink = sinkOf(world);
  await world.drive(sink.open());
  await world.drive(writeRows(sink, 'a'));
  snapshotOf(sink, 1, { isSavepoint: true });
  const fault = { nth: 1, errno: 'EIO', isPersistent: false, operation: 'rename' } as const;
  world.fileFaults.add({ kind: 'nth', ...fault });
  await expect(world.drive(sink.recovery.durable())).rejects.toMatchObject({
    code: 'DREY_FILE_IO_ERROR',
  });
  await world.drive(completeOf(sink, 2));
  expect(visibleRows(world)).toEqual(['a']);
});
