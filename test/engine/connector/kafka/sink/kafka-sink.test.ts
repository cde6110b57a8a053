import { describe, expect, it } from 'vitest';
import type { KafkaSinkSpec } from '../../../../../src/engine/connector/kafka/sink/kafka-sink-spec.ts';
import {
  atLeastOnce,
  committedValues,
  exactlyOnce,
  kafkaSinkOf,
  restoredKafkaSink,
  snapshotOf,
  writeRows,
  runIn,
  valuesOfRows,
} from './kafka-sink-job.ts';

describe('an exactly-once sink', () => {
  it('shows rows when the checkpoint that covers them is committed, and not before', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      await writeRows(sink, [{ row: 'b' }]);
      await sink.recovery.durable();
      expect(await committedValues(world)).toEqual([]);
      await sink.recovery.commitUpTo(1);
      expect(await committedValues(world)).toEqual(valuesOfRows('a'));
      await sink.close();
      expect(await committedValues(world)).toEqual(valuesOfRows('a'));
    });
  });

  it('shows at the end of the input what no checkpoint covers', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      await writeRows(sink, [{ row: 'b' }]);
      await sink.commit();
      await sink.close();
      expect(await committedValues(world)).toEqual(valuesOfRows('a', 'b'));
    });
  });

  it('shows rows of a checkpoint that never completed with the next one', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      await writeRows(sink, [{ row: 'b' }]);
      const states = [snapshotOf(sink, 2)];
      await sink.close();
      const next = restoredKafkaSink(world, states);
      await next.open();
      expect(await committedValues(world)).toEqual(valuesOfRows('a', 'b'));
      await next.close();
    });
  });

  it('shows rows once however often their snapshot is restored', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const states = [snapshotOf(sink, 1)];
      await sink.recovery.commitUpTo(1);
      for (let time = 0; time < 3; time++) {
        const next = restoredKafkaSink(world, states);
        await next.open();
        await writeRows(next, [{ row: `after ${time}` }]);
        snapshotOf(next, 2);
        await next.recovery.commitUpTo(2);
        await next.close();
      }
      const after = valuesOfRows('after 0', 'after 1', 'after 2');
      expect(await committedValues(world)).toEqual([valuesOfRows('a')[0], ...after]);
    });
  });

  it('commits what any parallelism has left, at any other', async () => {
    for (const [before, after] of [
      [3, 1],
      [3, 2],
      [1, 3],
    ] as const) {
      await runIn(async (world) => {
        const states = [];
        for (let subtask = 0; subtask < before; subtask++) {
          const sink = kafkaSinkOf(world, exactlyOnce, { subtask, parallelism: before });
          await sink.open();
          await writeRows(sink, [{ row: `of ${subtask}` }]);
          states.push(snapshotOf(sink, 1, subtask));
        }
        for (let subtask = 0; subtask < after; subtask++) {
          const place = { subtask, parallelism: after };
          const sink = restoredKafkaSink(world, states, exactlyOnce, place);
          await sink.open();
        }
        const rows = valuesOfRows(
          ...Array.from({ length: before }, (_, subtask) => `of ${subtask}`),
        );
        const shown = await committedValues(world);
        expect(shown).toHaveLength(rows.length);
        expect(new Set(shown)).toEqual(new Set(rows));
      });
    }
  });

  it('is at its end when another run has taken over, and changes nothing', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      const other = kafkaSinkOf(world);
      await other.open();
      await expect(sink.recovery.commitUpTo(1)).rejects.toMatchObject({
        code: 'DREY_KAFKA_FENCED',
        exitCode: 11,
      });
      await writeRows(other, [{ row: 'b' }]);
      snapshotOf(other, 1);
      await other.recovery.commitUpTo(1);
      expect(await committedValues(world)).toEqual(valuesOfRows('b'));
    });
  });

  it('takes over under the names that the snapshot says when they are others now', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const states = [snapshotOf(sink, 1)];
      for (const spec of [
        { ...exactlyOnce, topic: 'other' },
        { ...atLeastOnce, topic: 'other' },
      ] satisfies readonly KafkaSinkSpec[]) {
        const next = restoredKafkaSink(world, states, spec);
        await next.open();
        await next.close();
      }
      expect(await committedValues(world)).toEqual(valuesOfRows('a'));
      expect(await committedValues(world, 'other')).toEqual([]);
      await expect(sink.recovery.commitUpTo(1)).rejects.toMatchObject({
        code: 'DREY_KAFKA_FENCED',
      });
    });
  });

  it('refuses restored rows of which nothing tells whether they were committed', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const states = [snapshotOf(sink, 1)];
      await sink.recovery.commitUpTo(1);
      await sink.close();
      await new Promise<void>((resolve) => {
        world.timers.after(8 * 86_400_000, resolve);
      });
      await expect(restoredKafkaSink(world, states).open()).rejects.toMatchObject({
        code: 'DREY_KAFKA_SINK_OUTCOME_UNKNOWN',
        exitCode: 10,
      });
      const { guarantee } = exactlyOnce;
      if (guarantee.kind !== 'exactly-once') throw new Error('it is');
      const skipping = { ...guarantee, expiredMarker: 'skip' } as const;
      const next = restoredKafkaSink(world, states, { ...exactlyOnce, guarantee: skipping });
      await next.open();
      expect(await committedValues(world)).toEqual(valuesOfRows('a'));
    });
  });

  it('knows after any time what was committed where a topic keeps its markers', async () => {
    await runIn(async (world) => {
      const { guarantee } = exactlyOnce;
      if (guarantee.kind !== 'exactly-once') throw new Error('it is');
      const keeping = { ...exactlyOnce, guarantee: { ...guarantee, markerTopic: 'markers' } };
      const sink = kafkaSinkOf(world, keeping);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      await sink.recovery.commitUpTo(1);
      await writeRows(sink, [{ row: 'b' }]);
      snapshotOf(sink, 2);
      world.kafkaCluster.faults.arm({ kind: 'lost', requests: ['EndTxn'] });
      await sink.recovery.commitUpTo(2);
      await writeRows(sink, [{ row: 'c' }]);
      const states = [snapshotOf(sink, 3)];
      await sink.close();
      for (const restored of ['first', 'second']) {
        await new Promise<void>((resolve) => {
          world.timers.after(30 * 86_400_000, resolve);
        });
        const next = restoredKafkaSink(world, states, keeping);
        await next.open();
        await next.close();
        expect(await committedValues(world), restored).toEqual(valuesOfRows('a', 'b', 'c'));
      }
    });
  });

  it('keeps its marker when it has no rows for longer than offsets are kept', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const states = [snapshotOf(sink, 1)];
      for (let day = 1; day < 20; day++) {
        await sink.recovery.commitUpTo(day);
        await new Promise<void>((resolve) => {
          world.timers.after(86_400_000, resolve);
        });
        snapshotOf(sink, day + 1);
      }
      await sink.close();
      await restoredKafkaSink(world, states).open();
      expect(await committedValues(world)).toEqual(valuesOfRows('a'));
    });
  });
});
