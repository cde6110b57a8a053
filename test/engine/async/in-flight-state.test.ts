import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/expression/value.ts';
import { runs } from '../../support/property-runs.ts';
import { checkState } from '../../support/stored-states.ts';
import { drawFrom } from '../batch/random-values.ts';
import { operatorOf, resultOf, rowsOf, start, succeed, valuesOf } from './async-node.ts';

const risen = (watermarkMs: number, by: number): number =>
  by === 0 ? watermarkMs : Math.max(watermarkMs, 0) + by;

describe('at another parallelism', () => {
  const arrival = fc.record({
    subtask: fc.nat({ max: 2 }),
    event: fc.oneof(
      { weight: 4, arbitrary: fc.record({ rise: fc.nat({ max: 2 }) }) },
      { weight: 2, arbitrary: fc.record({ watermarkAfter: fc.nat({ max: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ answer: fc.nat() }) },
    ),
  });
  const cases = fc.record({
    arrivals: fc.array(arrival, { maxLength: 30 }),
    before: fc.integer({ min: 1, max: 3 }),
    after: fc.integer({ min: 1, max: 4 }),
    isOrdered: fc.boolean(),
  });

  test('each row leaves once, watermarks never fall, and all come to the least of them', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ arrivals, before, after, isOrdered }) => {
        const spec = { isOrdered, capacity: 100 };
        const old = await Promise.all(Array.from({ length: before }, () => start(spec)));
        const watermarks = Array<number>(before).fill(-Infinity);
        const cameWithMs: number[] = [];
        for (const { subtask, event } of arrivals) {
          const index = subtask % before;
          const driver = old[index]!;
          if ('answer' in event) {
            await driver.answer(event.answer, succeed);
            continue;
          }
          const rise = 'rise' in event ? event.rise : event.watermarkAfter + 1;
          watermarks[index] = risen(watermarks[index]!, rise);
          const watermarkMs = watermarks[index];
          if ('rise' in event)
            await driver.send([{ values: [cameWithMs.push(watermarkMs)], watermarkMs }]);
          else await driver.sendWatermark(watermarkMs);
        }
        const states = old.map((driver, subtask) => ({ subtask, parts: driver.snapshot() }));
        const drivers = await Promise.all(
          Array.from({ length: after }, (_, subtask) =>
            start(spec, { restored: { states, subtask, parallelism: after } }),
          ),
        );
        for (const driver of drivers) {
          while (driver.rowsInFlight > 0) await driver.answer(driver.rowsInFlight * 7, succeed);
        }
        const left = [...old, ...drivers].flatMap(({ emitted }) => valuesOf(emitted));
        const expected = cameWithMs.flatMap((_watermarkMs, index) =>
          [resultOf(index + 1) ?? []].flat().map(({ twice }) => [index + 1, twice]),
        );
        expect(left.map(String).sort()).toEqual(expected.map(String).sort());
        const least = Math.min(...watermarks);
        for (const { emitted } of drivers) {
          for (const each of emitted) {
            if (!('values' in each)) continue;
            // None is late that was not.
            const ownMs = cameWithMs[Number(each.values[0]) - 1]!;
            expect(each.watermarkMs).toBeLessThanOrEqual(ownMs);
          }
          const times = emitted.flatMap((each) => {
            if ('isIdle' in each) return [];
            return 'watermark' in each ? each.watermark : each.watermarkMs;
          });
          expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : Number(a > b))));
          if (before !== after && times.length > 0) expect(times.at(-1)).toBe(least);
        }
        for (const driver of [...old, ...drivers]) await driver.stop();
      }),
      { numRuns: runs(150) },
    );
  });

  test('rows of one subtask that stay together stay in order', async () => {
    const old = await start({ capacity: 20 });
    await old.send(rowsOf(1, 2, 3, 4, 6, 8));
    const states = [{ subtask: 0, parts: old.snapshot() }];
    const order: Value[][] = [];
    for (const subtask of [0, 1]) {
      const driver = await start(
        { capacity: 20 },
        { restored: { states, subtask, parallelism: 2 } },
      );
      while (driver.rowsInFlight > 0) await driver.answer(1, succeed);
      order.push(valuesOf(driver.emitted).map(([n]) => n!));
      await driver.stop();
    }
    await old.stop();
    expect(order).toEqual([
      [1, 3, 6],
      [2, 4, 8],
    ]);
  });

  test('subtasks that expect no rows do not hold the others back', async () => {
    const [old, idle] = [await start(), await start()];
    await old.send([{ values: [1], watermarkMs: 50 }]);
    await idle.sendIdleness(true);
    const states = [old, idle].map((each, subtask) => ({ subtask, parts: each.snapshot() }));
    const driver = await start({}, { restored: { states, subtask: 0, parallelism: 1 } });
    await driver.answer(0, succeed);
    expect(driver.emitted[0]).toEqual({ values: [1, 2], watermarkMs: 50 });
    for (const each of [old, idle, driver]) await each.stop();
  });
});

test('rows in flight are read back equal; corrupt ones are refused', async () => {
  const driver = await start({ capacity: 10 });
  await driver.send(rowsOf(1, 2));
  await driver.sendWatermark(5);
  await driver.send([{ values: [null], watermarkMs: 5 }]);
  const state = driver.snapshot();
  await driver.stop();
  const operator = operatorOf({ capacity: 10 });
  for (let seed = 0; seed < 50; seed++) checkState({ create: operator }, state, drawFrom(seed));
});
