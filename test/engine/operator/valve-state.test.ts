import { expect, test } from 'vitest';
import { readValve, writeValve } from '../../../src/engine/operator/valve-state.ts';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../src/engine/state/snapshot-parts.ts';
import { WatermarkValve } from '../../../src/engine/time/watermark-valve.ts';

const maxParallelism = 128;

/** Valves of this many inputs that are restored from those of all old subtasks. */
function restored(
  old: readonly WatermarkValve[],
  parallelism: number,
  inputCount = 2,
): readonly WatermarkValve[] {
  const states = old.map((valve, subtask) => {
    const parts = new SnapshotParts({ checkpointId: 1, isSavepoint: false, maxParallelism });
    writeValve(parts, valve);
    return { subtask, parts: parts.finish() };
  });
  return Array.from({ length: parallelism }, (_, subtask) => {
    const valve = new WatermarkValve(inputCount);
    readValve(new RestoredParts(states, { subtask, parallelism, maxParallelism }), valve);
    return valve;
  });
}

/** `Infinity`: the input has ended. */
function valveAt(...watermarks: readonly number[]): WatermarkValve {
  const valve = new WatermarkValve(watermarks.length);
  for (const [input, watermarkMs] of watermarks.entries()) valve.advance(input, watermarkMs);
  return valve;
}

test('at the same parallelism each subtask goes on with its own', () => {
  const [first, second] = restored([valveAt(10, 20), valveAt(40, 30)], 2);
  expect([first!.watermarkMs, second!.watermarkMs]).toEqual([10, 30]);
  expect(first!.advance(0, 15)).toBe(true);
  expect(first!.watermarkMs).toBe(15);
});

test('at another one each input is where the last subtask is', () => {
  const [valve] = restored([valveAt(10, 20), valveAt(40, 15)], 1);
  expect(valve!.watermarkMs).toBe(10);
  expect(valve!.advance(0, 30)).toBe(true);
  expect(valve!.watermarkMs).toBe(15);
});

test('an input has ended when it has for all', () => {
  const [both] = restored([valveAt(10, Infinity), valveAt(12, Infinity)], 1);
  both!.advance(0, 50);
  expect(both!.watermarkMs).toBe(50);
  const [one] = restored([valveAt(10, Infinity), valveAt(12, 11)], 1);
  one!.advance(0, 50);
  expect(one!.watermarkMs).toBeLessThan(50);
});

test('an input is idle when none expects rows of it, and the valve when all inputs are', () => {
  const idle = valveAt(10, 20);
  idle.setIdle(0, true);
  const busy = valveAt(10, 20);
  expect(restored([idle, idle], 1)[0]!.advance(1, 25)).toBe(true);
  expect(restored([idle, busy], 1)[0]!.advance(1, 25)).toBe(false);
  idle.setIdle(1, true);
  expect(restored([idle, idle], 3).map(({ isIdle }) => isIdle)).toEqual([true, true, true]);
  expect(restored([idle, busy], 1)[0]!.isIdle).toBe(false);
});

test('of another number of inputs it keeps the watermark and waits for all of them', () => {
  const [valve] = restored([valveAt(10, 20)], 1, 3);
  expect(valve!.watermarkMs).toBe(10);
  for (const input of [0, 1]) expect(valve!.advance(input, 30)).toBe(false);
  expect(valve!.advance(2, 25)).toBe(true);
  expect(valve!.watermarkMs).toBe(25);
});
