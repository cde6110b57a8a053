import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { FixedDelay } from '../../../src/engine/time/fixed-delay.ts';
import { SplitWatermarks } from '../../../src/engine/time/split-watermarks.ts';

function advance(watermarks: SplitWatermarks, split: number, millis: number[]): number[] {
  const before = new Float64Array(millis.length);
  watermarks.advance({ split, millis: Float64Array.from(millis), rowCount: millis.length }, before);
  return Array.from(before);
}

test('each row is judged by the highest time before it, minus the delay', () => {
  const watermarks = new SplitWatermarks(1, new FixedDelay(10));
  expect(advance(watermarks, 0, [100, 90, 130, 120])).toEqual([-Infinity, 90, 90, 120]);
  expect(watermarks.watermarkMs).toBe(120);
});

test('the source follows its slowest split', () => {
  const watermarks = new SplitWatermarks(2, new FixedDelay(0));
  advance(watermarks, 0, [100]);
  expect(watermarks.watermarkMs).toBe(-Infinity);
  expect(advance(watermarks, 1, [50, 70, 200])).toEqual([-Infinity, 50, 70]);
  expect(watermarks.watermarkMs).toBe(100);
});

test('a split that leaves does not hold the others back', () => {
  const watermarks = new SplitWatermarks(2, new FixedDelay(0));
  advance(watermarks, 0, [100]);
  watermarks.markIdle(1);
  expect(watermarks.watermarkMs).toBe(100);
});

test('when the last split leaves, the watermark stays', () => {
  const watermarks = new SplitWatermarks(1, new FixedDelay(0));
  advance(watermarks, 0, [100]);
  watermarks.end(0);
  expect(watermarks.watermarkMs).toBe(100);
});

test('an idle split that comes back with older rows does not lower the watermark', () => {
  const watermarks = new SplitWatermarks(2, new FixedDelay(0));
  advance(watermarks, 0, [100]);
  watermarks.markIdle(1);
  expect(advance(watermarks, 1, [10, 20])).toEqual([100, 100]);
  expect(watermarks.watermarkMs).toBe(100);
});

test('where batches are cut does not change the watermark before any row', () => {
  const rows = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: -1000, max: 1000 })));
  fc.assert(
    fc.property(rows, fc.nat({ max: 100 }), (input, delayMs) => {
      const single = new SplitWatermarks(3, new FixedDelay(delayMs));
      const expected = input.flatMap(([split, millis]) => advance(single, split, [millis]));
      const runs: [number, number[]][] = [];
      for (const [split, millis] of input) {
        const last = runs.at(-1);
        if (last !== undefined && last[0] === split) last[1].push(millis);
        else runs.push([split, [millis]]);
      }
      const batched = new SplitWatermarks(3, new FixedDelay(delayMs));
      expect(runs.flatMap(([split, millis]) => advance(batched, split, millis))).toEqual(expected);
      expect(batched.watermarkMs).toBe(single.watermarkMs);
    }),
  );
});

test('a split that is added holds the source back, in the place of one that has ended', () => {
  const watermarks = new SplitWatermarks(2, new FixedDelay(0));
  advance(watermarks, 0, [100]);
  advance(watermarks, 1, [200]);
  watermarks.end(0);
  expect(watermarks.watermarkMs).toBe(200);
  expect(watermarks.addSplit()).toBe(0);
  expect(watermarks.addSplit()).toBe(2);
  expect(advance(watermarks, 1, [300, 300])).toEqual([200, 200]);
  advance(watermarks, 0, [250]);
  advance(watermarks, 2, [230]);
  expect(watermarks.watermarkMs).toBe(230);
});

test('restored splits and the combined watermark go on as if nothing had been', () => {
  const events = fc.array(
    fc.record({
      split: fc.nat(2),
      what: fc.oneof(fc.nat(100), fc.constantFrom('idle' as const, 'restore' as const)),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(events, (all) => {
      const whole = new SplitWatermarks(3, new FixedDelay(5));
      let restored = new SplitWatermarks(3, new FixedDelay(5));
      for (const { split, what } of all) {
        if (what === 'restore') restored = restoredFrom(restored, [0, 1, 2]);
        else if (what === 'idle') for (const each of [whole, restored]) each.markIdle(split);
        else expect(advance(restored, split, [what])).toEqual(advance(whole, split, [what]));
        expect(restored.watermarkMs).toBe(whole.watermarkMs);
        expect(restored.isIdle).toBe(whole.isIdle);
      }
    }),
  );
});

function restoredFrom(before: SplitWatermarks, splits: readonly number[]): SplitWatermarks {
  const after = new SplitWatermarks(splits.length, new FixedDelay(5));
  for (const split of splits) {
    const writer = new StateWriter();
    before.snapshotSplit(split, writer);
    after.restoreSplit(split, new StateReader(writer.finish()));
  }
  after.restoreCombined(before.watermarkMs);
  return after;
}
