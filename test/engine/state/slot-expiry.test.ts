import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlotExpiry } from '../../../src/engine/state/slot-expiry.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { runs } from '../../support/property-runs.ts';

function touch(expiry: SlotExpiry, ids: readonly number[], nowMs: number): void {
  expiry.touch(Int32Array.from(ids), ids.length, nowMs);
}

/** All that a cleaning up at this time gives, in order of the ids. */
function allExpired(expiry: SlotExpiry, nowMs: number): number[] {
  const ids: number[] = [];
  while (expiry.nextExpiryMs <= nowMs) ids.push(...expiry.expired(nowMs));
  return ids.sort((a, b) => a - b);
}

/** Restored, where ids have moved, as they may when keys get new ones. */
function moved(
  expiry: SlotExpiry,
  ids: readonly number[],
  { ttlMs, by = 1_000 }: { readonly ttlMs: number; readonly by?: number },
): SlotExpiry {
  const writer = new StateWriter();
  expiry.writeTimes(writer, Int32Array.from(ids));
  const copy = new SlotExpiry(ttlMs);
  copy.readTimes(
    new StateReader(writer.finish()),
    Int32Array.from(ids, (id) => id + by),
  );
  return copy;
}

/** More ids than a test uses. */
const ids = Array.from({ length: 300 }, (_none, id) => id);

function restored(expiry: SlotExpiry, ttlMs: number): SlotExpiry {
  return moved(expiry, ids, { ttlMs, by: 0 });
}

test('an id expires when its time to live is over, counted from the last touch', () => {
  const expiry = new SlotExpiry(1000);
  touch(expiry, [3, 5], 0);
  touch(expiry, [5], 400);
  expect(expiry.isExpired(3, 999)).toBe(false);
  expect(expiry.isExpired(3, 1000)).toBe(true);
  expect(expiry.isExpired(5, 1399)).toBe(false);
  expect(expiry.isExpired(5, 1400)).toBe(true);
});

test('an id that was never touched, or was forgotten, does not expire', () => {
  const expiry = new SlotExpiry(1000);
  touch(expiry, [3], 0);
  expiry.forget(3);
  expiry.forget(1_000_000);
  for (const id of [0, 3, 1_000_000]) expect(expiry.isExpired(id, 1e15)).toBe(false);
  expect(allExpired(expiry, 1e15)).toEqual([]);
  expect(expiry.nextExpiryMs).toBe(Infinity);
});

test('with a time to live of 0 nothing expires', () => {
  const expiry = new SlotExpiry(0);
  touch(expiry, [1, 2], 0);
  expect(expiry.isExpired(1, 1e15)).toBe(false);
  expect(expiry.nextExpiryMs).toBe(Infinity);
  expect(expiry.expired(1e15)).toHaveLength(0);
  expect(restored(expiry, 0).nextExpiryMs).toBe(Infinity);
});

test('cleaning up gives each expired id once', () => {
  const expiry = new SlotExpiry(1000);
  touch(expiry, [0, 1, 2, 70], 0);
  touch(expiry, [1], 500);
  expect(expiry.nextExpiryMs).toBe(1000);
  expect(allExpired(expiry, 999)).toEqual([]);
  expect(allExpired(expiry, 1000)).toEqual([0, 2, 70]);
  expect(expiry.nextExpiryMs).toBe(1500);
  expect(allExpired(expiry, 1500)).toEqual([1]);
  expect(expiry.nextExpiryMs).toBe(Infinity);
  touch(expiry, [2], 2000);
  expect(allExpired(expiry, 3000)).toEqual([2]);
});

test('ids that expire one by one do not cost a pass each', () => {
  const expiry = new SlotExpiry(1000);
  for (let id = 0; id < 100; id++) touch(expiry, [id], id);
  expect(allExpired(expiry, 1000)).toEqual([0]);
  expect(expiry.nextExpiryMs).toBe(1250);
  expect(expiry.isExpired(1, 1001)).toBe(true);
  expect(allExpired(expiry, 1250)).toHaveLength(99);
});

test('a call looks at a bounded number of ids, and a pass sees what is touched meanwhile', () => {
  const count = 200_000;
  const expiry = new SlotExpiry(1000);
  touch(
    expiry,
    Array.from({ length: count }, (_, id) => id),
    0,
  );
  const first = expiry.expired(1000).length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(count);
  expect(expiry.nextExpiryMs).toBeLessThanOrEqual(1000);
  // Behind and before the position of the pass.
  touch(expiry, [0, count - 1], 1000);
  expect(allExpired(expiry, 1000)).toHaveLength(count - first - 1);
  expect(expiry.nextExpiryMs).toBe(2000);
  expect(allExpired(expiry, 2000)).toEqual([0, count - 1]);
});

test('a snapshot keeps the times; the time to live is that of the one it is restored into', () => {
  const expiry = new SlotExpiry(1000);
  touch(expiry, [2, 4], 100);
  touch(expiry, [4], 300);
  const same = restored(expiry, 1000);
  expect(same.nextExpiryMs).toBe(1100);
  expect(allExpired(same, 1100)).toEqual([2]);
  expect(same.isExpired(4, 1300)).toBe(true);
  const shorter = restored(expiry, 50);
  expect(allExpired(shorter, 350)).toEqual([2, 4]);
});

test('times of chosen ids come back under new ids', () => {
  const expiry = new SlotExpiry(1000);
  touch(expiry, [2, 4, 6], 100);
  touch(expiry, [4], 300);
  const copy = moved(expiry, [2, 4, 999], { ttlMs: 1000 });
  expect(copy.nextExpiryMs).toBe(1100);
  expect(allExpired(copy, 1100)).toEqual([1_002]);
  expect(allExpired(copy, 1_000_000)).toEqual([1_004]);
});

test('what was kept for ever gets its time to live when it is touched', () => {
  const copy = moved(new SlotExpiry(0), [1, 2], { ttlMs: 1000 });
  expect(copy.nextExpiryMs).toBe(Infinity);
  touch(copy, [1_002], 50);
  expect(allExpired(copy, 1050)).toEqual([1_002]);
  expect(moved(copy, [2], { ttlMs: 0 }).nextExpiryMs).toBe(Infinity);
});

test('after any touches exactly the ids that are expired are cleaned up', () => {
  const steps = fc.array(
    fc.record({
      afterMs: fc.nat({ max: 600 }),
      ids: fc.array(fc.nat({ max: 200 }), { maxLength: 10 }),
      isRestored: fc.boolean(),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (events) => {
      let expiry = new SlotExpiry(1000);
      const times = new Map<number, number>();
      let nowMs = 0;
      for (const { afterMs, ids, isRestored } of events) {
        nowMs += afterMs;
        if (isRestored) expiry = restored(expiry, 1000);
        for (const id of allExpired(expiry, nowMs)) {
          expect(times.get(id)! + 1000).toBeLessThanOrEqual(nowMs);
          times.delete(id);
        }
        for (const [id, touchedMs] of times) {
          expect(expiry.isExpired(id, nowMs)).toBe(touchedMs + 1000 <= nowMs);
          // Cleaned up a quarter of the time to live later, at the latest, when there is a pass.
          expect(expiry.nextExpiryMs).toBeLessThanOrEqual(Math.max(nowMs, touchedMs + 1000) + 250);
        }
        touch(expiry, ids, nowMs);
        for (const id of ids) times.set(id, nowMs);
      }
      expect(allExpired(expiry, nowMs + 2000)).toEqual([...times.keys()].sort((a, b) => a - b));
    }),
    { numRuns: runs(200) },
  );
});
