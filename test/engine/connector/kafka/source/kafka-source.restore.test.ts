/**
 * However a log is cut into batches and fetches, and wherever a source is restored, its rows are
 * those of a file of the same lines.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../../support/property-runs.ts';
import type { KafkaSource } from '../../../../../src/engine/connector/kafka/source/kafka-source.ts';
import type { SplitReader } from '../../../../../src/engine/connector/contract.ts';
import { positionOf, SourceWorld, type WorldOptions } from './source-world.ts';

/** What one record is, and what becomes of it. */
const record = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('row'),
      text: fc.string({ unit: 'binary', maxLength: 60 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('long'),
      text: fc.string({ minLength: 400, maxLength: 900 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('dead'),
      text: fc.stringMatching(/^[a-z\n{]{1,12}$/),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('null', 'empty'), text: fc.constant('') }),
  },
);
type Drawn = { readonly kind: string; readonly text: string };

const batch = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 12 }),
  fate: fc.constantFrom('plain', 'plain', 'committed', 'aborted'),
  gap: fc.constantFrom(0, 0, 0, 3),
  isPretty: fc.boolean(),
  hasKeys: fc.boolean(),
});
const log = fc.record({
  batches: fc.array(batch, { maxLength: 12 }),
  fetchBytes: fc.integer({ min: 1, max: 3000 }),
  batchesMax: fc.constantFrom(1, 2, Infinity),
  cutBytes: fc.constantFrom(0, 0, 10, 61, 80),
  areaBytes: fc.integer({ min: 16, max: 4000 }),
  isCommitted: fc.boolean(),
});

type Log = typeof log extends fc.Arbitrary<infer T> ? T : never;

function valueOf({ kind, text }: Drawn, id: number, isPretty: boolean): string | null {
  if (kind === 'null') return null;
  if (kind === 'empty') return '';
  if (kind === 'dead') return text;
  return isPretty ? JSON.stringify({ id, text }, null, 1) : JSON.stringify({ id, text });
}

/** Fills the log; answers which ids a reader must see, in order, and which offsets are dead. */
function fill(
  world: SourceWorld,
  drawn: Log,
): { readonly rows: unknown[]; readonly dead: number[] } {
  const [partition] = world.kafka.topic('events');
  const rows: unknown[] = [];
  const dead: number[] = [];
  let id = 0;
  for (const [index, { records, fate, gap, isPretty, hasKeys }] of drawn.batches.entries()) {
    const base = partition!.highWatermark + gap;
    const isRead = fate !== 'aborted' || !drawn.isCommitted;
    const values = records.map((each, at) => {
      id++;
      const value = valueOf(each, id, isPretty);
      if (isRead && value !== null && value !== '') {
        if (each.kind === 'dead') dead.push(base + at);
        else rows.push([BigInt(id), each.text]);
      }
      return { value, key: hasKeys ? `\n{"k":${id}}` : null, timestampMs: id * 1000 };
    });
    const isTransactional = fate !== 'plain';
    const producerId = isTransactional ? index : -1;
    partition!.append(values, { gap, producerId, isTransactional });
    if (!isTransactional) continue;
    if (fate === 'aborted') partition!.aborted.push({ producerId, firstOffset: base });
    partition!.appendMarker(producerId, fate === 'aborted' ? 'abort' : 'commit');
  }
  Object.assign(world.kafka, { batchesMax: drawn.batchesMax, cutBytes: drawn.cutBytes });
  return { rows, dead };
}

function optionsOf({ fetchBytes, areaBytes, isCommitted }: Log): WorldOptions {
  return {
    properties: {
      'max.partition.fetch.bytes': String(fetchBytes),
      'isolation.level': isCommitted ? 'read_committed' : 'read_uncommitted',
    },
    options: { areaBytes },
  };
}

describe('a Kafka source', () => {
  test('reads the same rows however the log is cut', async () => {
    await fc.assert(
      fc.asyncProperty(log, async (drawn) => {
        const world = new SourceWorld();
        const { rows, dead } = fill(world, drawn);
        expect(await world.readAll(world.source(optionsOf(drawn)))).toEqual(rows);
        expect(offsetsOf(world)).toEqual(dead);
      }),
      { numRuns: runs(150) },
    );
  });

  test('goes on after every poll where it was', async () => {
    await fc.assert(
      fc.asyncProperty(log, async (drawn) => {
        const world = new SourceWorld();
        const { rows, dead } = fill(world, drawn);
        const read: unknown[] = [];
        let { source, reader } = await openFresh(world, drawn);
        for (;;) {
          const polled = await world.pollOnce(source, reader);
          if (polled === null) break;
          read.push(...polled);
          const position = positionOf(reader);
          await source.close();
          const restored = { names: ['events-0'], own: ['events-0'], discoveries: [] };
          source = world.source(optionsOf(drawn));
          const place = { subtask: 0, parallelism: 1, restored };
          [reader] = (await world.open(source, place)) as [SplitReader];
          reader.restoreState(position);
        }
        await source.close();
        expect(read).toEqual(rows);
        expect(offsetsOf(world)).toEqual(dead);
      }),
      { numRuns: runs(80) },
    );
  });
});

/** Of the dead records; one run reports lines after values that can be no lines. */
function offsetsOf(world: SourceWorld): number[] {
  return world.dead.map(({ position }) => position).sort((a, b) => a - b);
}

async function openFresh(
  world: SourceWorld,
  drawn: Log,
): Promise<{ source: KafkaSource; reader: SplitReader }> {
  const source = world.source(optionsOf(drawn));
  const [reader] = await world.open(source);
  return { source, reader: reader! };
}
