import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteSink } from '../../../src/engine/state/backend/byte-sink.ts';
import { ByteSource } from '../../../src/engine/state/backend/byte-source.ts';
import { TimerQueue } from '../../../src/engine/time/timer-queue.ts';
import { runs } from '../../support/property-runs.ts';

interface Timer {
  readonly key: number;
  readonly timeMs: number;
}

test('fires by time, and in the order of registration at one time', () => {
  const queue = new TimerQueue();
  queue.register(3, 20);
  queue.register(2, 10);
  queue.register(1, 20);
  queue.register(9, 10);
  expect(drain(queue)).toEqual([
    { key: 2, timeMs: 10 },
    { key: 9, timeMs: 10 },
    { key: 3, timeMs: 20 },
    { key: 1, timeMs: 20 },
  ]);
});

test('registering a timer twice gives one timer', () => {
  const queue = new TimerQueue();
  expect(queue.register(1, 10)).toBe(true);
  expect(queue.register(1, 10)).toBe(false);
  expect(queue.size).toBe(1);
});

test('a timer that was deleted can be registered again, behind the others of its time', () => {
  const queue = new TimerQueue();
  queue.register(1, 10);
  queue.register(2, 10);
  expect(queue.delete(1, 10)).toBe(true);
  expect(queue.delete(1, 10)).toBe(false);
  queue.register(1, 10);
  expect(drain(queue).map(({ key }) => key)).toEqual([2, 1]);
});

test('times before 1970 and far ahead are times like others', () => {
  const queue = new TimerQueue();
  const times = [Number.MAX_SAFE_INTEGER, -1, 0, -9_000_000_000_000, 253_402_300_799_999];
  for (const timeMs of times) queue.register(7, timeMs);
  expect(drain(queue).map(({ timeMs }) => timeMs)).toEqual(times.sort((a, b) => a - b));
});

test('moving timers does not make the queue larger', () => {
  const queue = new TimerQueue();
  for (let key = 0; key < 60; key++) queue.register(key, key);
  const { sizeBytes } = queue;
  for (let round = 1; round < 1000; round++) {
    for (let key = 0; key < 60; key++) {
      queue.delete(key, (round - 1) * 7 + key);
      queue.register(key, round * 7 + key);
    }
  }
  expect(queue.size).toBe(60);
  expect(queue.sizeBytes).toBe(sizeBytes);
});

type Step = 'register' | 'delete' | 'next' | 'restore';
const step = fc.record({
  kind: fc.constantFrom<Step>('register', 'register', 'register', 'delete', 'next', 'restore'),
  key: fc.nat({ max: 12 }),
  timeMs: fc.integer({ min: -6, max: 6 }),
});

test('is a sorted list without doubles, whatever is done', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      let queue = new TimerQueue();
      const expected: Timer[] = [];
      for (const { kind, key, timeMs } of steps) {
        const index = expected.findIndex((each) => each.key === key && each.timeMs === timeMs);
        if (kind === 'register') {
          expect(queue.register(key, timeMs)).toBe(index < 0);
          if (index < 0) expected.push({ key, timeMs });
        } else if (kind === 'delete') {
          expect(queue.delete(key, timeMs)).toBe(index >= 0);
          if (index >= 0) expected.splice(index, 1);
        } else if (kind === 'restore') {
          queue = restored(queue);
        } else if (expected.length > 0) {
          const first = inOrder(expected)[0]!;
          expect({ key: queue.nextKey, timeMs: queue.nextMs }).toEqual(first);
          queue.removeNext();
          expected.splice(expected.indexOf(first), 1);
        }
      }
      expect(drain(queue)).toEqual(inOrder(expected));
    }),
    { numRuns: runs(200) },
  );
});

/** 1e5 in ordinary runs; a million in the long ones. */
const MANY = Math.min(1_000_000, runs(100_000));

test(`${MANY} timers are registered, restored and fired in order`, () => {
  let queue = new TimerQueue();
  const timeOf = (index: number): number => 1_700_000_000_000 + ((index * 7_919) % 999_983);
  for (let index = 0; index < MANY; index++) queue.register(index % 50_000, timeOf(index));
  expect(queue.size).toBe(MANY);
  const bytesPerTimer = queue.sizeBytes / MANY;
  process.stdout.write(`${MANY} timers: ${bytesPerTimer.toFixed(1)} bytes each\n`);
  expect(bytesPerTimer).toBeLessThan(80);
  queue = restored(queue);
  expect(queue.size).toBe(MANY);
  let last = -Infinity;
  let outOfOrder = 0;
  for (let index = 0; index < MANY; index++) {
    if (queue.nextMs < last) outOfOrder++;
    last = queue.nextMs;
    queue.removeNext();
  }
  expect(outOfOrder).toBe(0);
  expect(queue.size).toBe(0);
});

/** Its timers one by one, as a snapshot has them. */
function restored(queue: TimerQueue): TimerQueue {
  const other = new TimerQueue();
  for (let slot = 0; slot < queue.slotLimit; slot++) {
    if (!queue.holdsSlot(slot)) continue;
    const sink = new ByteSink();
    queue.writeCell(sink, slot);
    other.putCell(queue.keyOfSlot(slot), new ByteSource(sink.copy()));
  }
  return other;
}

function drain(queue: TimerQueue): Timer[] {
  const fired: Timer[] = [];
  while (queue.size > 0) {
    fired.push({ key: queue.nextKey, timeMs: queue.nextMs });
    queue.removeNext();
  }
  return fired;
}

/** A stable sort by time. */
function inOrder(timers: readonly Timer[]): Timer[] {
  return [...timers].sort((a, b) => a.timeMs - b.timeMs);
}
