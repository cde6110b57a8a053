import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckpointBarrier } from '../../../src/engine/channel/contract.ts';
import { runs } from '../../support/property-runs.ts';
import { drawFrom, type Draw } from '../batch/random-values.ts';
import { Network, type Cut, type Sizes } from './network.ts';
import { allRows, rowsUpTo, sinkOf, type Row } from './network-rows.ts';

const anySizes = fc.record({
  sources: fc.integer({ min: 1, max: 3 }),
  middle: fc.integer({ min: 1, max: 4 }),
  sinks: fc.integer({ min: 1, max: 4 }),
});
const anySeed = fc.integer();

type Mode = 'aligned' | 'unaligned' | 'in time' | 'at least once';

function barrierOf(checkpointId: number, mode: Mode, network: Network): CheckpointBarrier {
  return {
    checkpointId,
    isSavepoint: false,
    triggeredAtMs: network.nowMs,
    isExactlyOnce: mode !== 'at least once',
    alignedTimeoutMs: mode === 'unaligned' ? 0 : mode === 'in time' ? 20 : Infinity,
  };
}

/** Runs with checkpoints at random moments, one at a time, of which some are given up. */
function runWithCheckpoints(network: Network, draw: Draw, modes: readonly Mode[]): void {
  let checkpointId = 0;
  do {
    if (network.pendingIds.length === 0 && draw(12) === 0) {
      network.trigger(barrierOf(++checkpointId, modes[draw(modes.length)]!, network));
    }
    if (draw(60) === 0) for (const id of network.pendingIds) network.abort(id);
  } while (network.step());
}

const sorted = (rows: readonly Row[]): string[] => rows.map((row) => row.join()).sort();

/** Rows of one key of one source come in the order in which they were sent, and to the owner. */
function checkSinks(sinks: readonly (readonly Row[])[]): void {
  for (const [index, rows] of sinks.entries()) {
    const lastId = new Map<string, number>();
    for (const [key, source, id] of rows) {
      const name = `${source}/${key}`;
      expect(id).toBeGreaterThan(lastId.get(name) ?? -1);
      lastId.set(name, id);
    }
    expect(new Set(sinkOf(rows, sinks.length))).toEqual(new Set(rows.length === 0 ? [] : [index]));
  }
}

/** What of the rows before the barriers is neither in a sink nor in flight. */
function restoredToEnd(cut: Cut, draw: Draw, sizes: Sizes): readonly (readonly Row[])[] {
  const network = new Network(draw, sizes, cut);
  network.runToEnd();
  expect(network.hasEnded).toBe(true);
  return network.sinkRows;
}

describe('whatever the order of steps', () => {
  test('each row comes once, in order, to the owner of its key', () => {
    fc.assert(
      fc.property(anySeed, anySizes, (seed, sizes) => {
        const network = new Network(drawFrom(seed), sizes);
        network.runToEnd();
        expect(network.hasEnded).toBe(true);
        expect(sorted(network.sinkRows.flat())).toEqual(sorted(allRows(sizes.sources)));
        checkSinks(network.sinkRows);
      }),
      { numRuns: runs(40) },
    );
  });

  test('checkpoints of all kinds end, and change nothing', () => {
    fc.assert(
      fc.property(anySeed, anySizes, (seed, sizes) => {
        const draw = drawFrom(seed);
        const network = new Network(draw, sizes);
        runWithCheckpoints(network, draw, ['aligned', 'unaligned', 'in time', 'at least once']);
        expect(network.hasEnded).toBe(true);
        expect(network.pendingIds).toEqual([]);
        expect(sorted(network.sinkRows.flat())).toEqual(sorted(allRows(sizes.sources)));
        checkSinks(network.sinkRows);
      }),
      { numRuns: runs(40) },
    );
  });

  test('an aligned cut has in its sinks what the sources had sent', () => {
    fc.assert(
      fc.property(anySeed, anySizes, (seed, sizes) => {
        const draw = drawFrom(seed);
        const network = new Network(draw, sizes);
        runWithCheckpoints(network, draw, ['aligned']);
        for (const { positions, sinks } of network.completed) {
          expect(sorted(sinks.flat())).toEqual(sorted(rowsUpTo(positions)));
        }
      }),
      { numRuns: runs(40) },
    );
  });

  test('an at-least-once cut lacks nothing that the sources had sent', () => {
    fc.assert(
      fc.property(anySeed, anySizes, (seed, sizes) => {
        const draw = drawFrom(seed);
        const network = new Network(draw, sizes);
        runWithCheckpoints(network, draw, ['at least once']);
        for (const { positions, sinks } of network.completed) {
          const got = new Set(sorted(sinks.flat()));
          expect(sorted(rowsUpTo(positions)).filter((row) => !got.has(row))).toEqual([]);
        }
      }),
      { numRuns: runs(40) },
    );
  });

  test('restored from any cut, at any parallelism, each row has come once and in order', () => {
    let partsInFlight = 0;
    fc.assert(
      fc.property(anySeed, anySizes, anySizes, (seed, sizes, later) => {
        const draw = drawFrom(seed);
        const network = new Network(draw, sizes);
        runWithCheckpoints(network, draw, ['aligned', 'unaligned', 'in time']);
        for (const cut of network.completed) {
          const now = { ...later, sources: sizes.sources };
          const sinks = restoredToEnd(cut, draw, now);
          expect(sorted(sinks.flat())).toEqual(sorted(allRows(sizes.sources)));
          checkSinks(sinks);
        }
        partsInFlight += network.partsInFlight;
      }),
      { numRuns: runs(40) },
    );
    expect(partsInFlight).toBeGreaterThan(0);
  });
});
