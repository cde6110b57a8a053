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

  test('behind a savepoint that nobody went on from leaves nothing of it in the end', async () => {
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
        expect(hiddenNames(world)).toHaveLength(1);
        await writeRows(second, 'b');
        await completeOf(second, 3);
        expect(hiddenNames(world)).toEqual([]);
        // Its rows are visible, so the savepoint can still be gone on from.
        await restoredSink(world, savepoint).open();
        expect(visibleRows(world)).toEqual(['a', 'b']);
      })(),
    );
  });
});
