import { describe, expect, test } from 'vitest';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import {
  hiddenNames,
  restoredSink,
  sinkOf,
  snapshotOf,
  visibleRows,
  writeRows,
} from './sink-job.ts';

function worldOf(): SimulatedPlatform {
  return createSimulatedPlatform({ seed: 1, fileLatencyMsMax: 0 });
}

describe('a run that slept while another one took over', () => {
  const fenced = (): Promise<void> => Promise.reject(new Error('fenced'));

  test('removes nothing of it at its start, from nothing or from a snapshot', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const sink = sinkOf(world);
        await sink.open();
        await writeRows(sink, 'a');
        const states = [snapshotOf(sink, 1)];
        await sink.recovery.durable();
        await sink.recovery.commitUpTo(1);
        await writeRows(sink, 'b');
        snapshotOf(sink, 2);
        await sink.recovery.durable();
        const checkAllowed = fenced;
        await expect(sinkOf(world, { checkAllowed }).open()).rejects.toThrow('fenced');
        const stale = restoredSink(world, states, { checkAllowed });
        await expect(stale.open()).rejects.toThrow('fenced');
        await sink.recovery.commitUpTo(2);
        expect(visibleRows(world)).toEqual(['a', 'b']);
      })(),
    );
  });

  test.each([false, true])(
    'takes only what it saw before it asked for leftovers (restored: %s)',
    async (isRestored) => {
      const world = worldOf();
      await world.drive(
        (async () => {
          const first = sinkOf(world);
          await first.open();
          const states = [snapshotOf(first, 1)];
          await first.recovery.durable();
          await writeRows(first, 'lost');
          const other = restoredSink(world, states);
          const checkAllowed = async (): Promise<void> => {
            await other.open();
            await writeRows(other, 'b');
            snapshotOf(other, 2);
            await other.recovery.durable();
          };
          const stale = isRestored
            ? restoredSink(world, states, { checkAllowed })
            : sinkOf(world, { checkAllowed });
          await stale.open();
          await other.recovery.commitUpTo(2);
          expect(visibleRows(world)).toEqual(['b']);
          expect(hiddenNames(world)).toEqual([]);
        })(),
      );
    },
  );

  test('shows no rows at the end of its input that no checkpoint covers', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        let asked = 0;
        const checkAllowed = (): Promise<void> => (asked++ === 0 ? Promise.resolve() : fenced());
        const sink = sinkOf(world, { checkAllowed });
        await sink.open();
        await writeRows(sink, 'a');
        await expect(sink.commit()).rejects.toThrow('fenced');
        await sink.close();
        expect(world.disk.list('/out')).toEqual([]);
      })(),
    );
  });

  test('is noticed when it shows rows while the next one removes what it had begun', async () => {
    const world = worldOf();
    await world.drive(
      (async () => {
        const sink = sinkOf(world);
        await sink.open();
        await writeRows(sink, 'a');
        const checkAllowed = (): Promise<void> => sink.commit();
        const next = sinkOf(world, { checkAllowed });
        await expect(next.open()).rejects.toMatchObject({ code: 'DREY_SINK_FOLDER_TAKEN' });
        expect(visibleRows(world)).toEqual(['a']);
      })(),
    );
  });
});
