import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/expression/value.ts';
import type { Emitted } from '../../support/async-driver.ts';
import { runs } from '../../support/property-runs.ts';
import { baseSpec, failOnce, resultOf, rowsOf, start, succeed, valuesOf } from './async-node.ts';

describe('ordered', () => {
  test('rows leave as they came, whatever is answered first', async () => {
    const driver = await start();
    await driver.send(rowsOf(1, 2, 3));
    expect(driver.openCalls.map(({ row }) => row)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await driver.answer(2, succeed);
    await driver.answer(1, succeed);
    expect(driver.emitted).toEqual([]);
    await driver.answer(0, succeed);
    expect(valuesOf(driver.emitted)).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
  });

  test('a watermark follows the rows before it', async () => {
    const driver = await start();
    await driver.sendWatermark(1);
    await driver.send(rowsOf(1, 2));
    await driver.sendWatermark(5);
    await driver.sendWatermark(7);
    await driver.answer(1, succeed);
    expect(driver.emitted).toEqual([{ watermark: 1 }]);
    await driver.answer(0, succeed);
    expect(driver.emitted.slice(-2)).toEqual([
      { values: [2, 4], watermarkMs: -Infinity },
      { watermark: 7 },
    ]);
  });
});

test('an input that falls idle makes the output idle once no row is in flight', async () => {
  const driver = await start();
  await driver.sendIdleness(true);
  await driver.sendIdleness(false);
  await driver.send(rowsOf(1));
  await driver.sendIdleness(true);
  expect(driver.emitted).toEqual([{ isIdle: true }, { isIdle: false }]);
  await driver.restore();
  await driver.answer(0, succeed);
  expect(driver.emitted.slice(2)).toEqual([
    { values: [1, 2], watermarkMs: -Infinity },
    { isIdle: true },
  ]);
});

describe('unordered', () => {
  test('rows leave as they are answered', async () => {
    const driver = await start({ isOrdered: false });
    await driver.send(rowsOf(1, 2, 3));
    await driver.answer(2, succeed);
    await driver.answer(0, succeed);
    await driver.answer(0, succeed);
    expect(valuesOf(driver.emitted)).toEqual([
      [3, 6],
      [1, 2],
      [2, 4],
    ]);
  });

  test('no row overtakes a watermark, and no watermark a row', async () => {
    const driver = await start({ isOrdered: false });
    await driver.send(rowsOf(1, 2));
    await driver.sendWatermark(5);
    await driver.send(rowsOf(3));
    await driver.answer(2, succeed);
    await driver.answer(1, succeed);
    expect(valuesOf(driver.emitted)).toEqual([[2, 4]]);
    await driver.answer(0, succeed);
    expect(driver.emitted.slice(1)).toEqual([
      { values: [1, 2], watermarkMs: -Infinity },
      { watermark: 5 },
      { values: [3, 6], watermarkMs: -Infinity },
    ]);
  });

  test('nor does it overtake one that stood before a row of its batch', async () => {
    const driver = await start({ isOrdered: false });
    const row = (n: number, watermarkMs: number) => ({ values: [n], watermarkMs });
    await driver.send([row(1, 10), row(2, 10), row(3, 20)]);
    await driver.answer(2, succeed);
    await driver.answer(1, succeed);
    await driver.answer(0, succeed);
    expect(driver.emitted).toEqual([
      { values: [2, 4], watermarkMs: 10 },
      { values: [1, 2], watermarkMs: 10 },
      { values: [3, 6], watermarkMs: 20 },
    ]);
  });
});

describe('capacity', () => {
  test.each([true, false])('no more rows are in flight (ordered: %s)', async (isOrdered) => {
    const driver = await start({ isOrdered });
    await driver.send(rowsOf(1, 2, 3, 4, 6));
    expect(driver.openCalls).toHaveLength(3);
    expect(driver.isHeldUp).toBe(true);
    await driver.answer(0, succeed);
    expect(driver.openCalls.map(({ row }) => row['n'])).toEqual([2, 3, 4]);
    expect(driver.pendingCount).toBe(1);
    await driver.answer(0, succeed);
    expect(driver.pendingCount).toBe(0);
    expect(driver.isHeldUp).toBe(false);
    expect(driver.rowsInFlight).toBe(3);
  });

  test('a row that is done and cannot leave counts', async () => {
    const driver = await start();
    await driver.send(rowsOf(1, 2, 3, 4));
    await driver.answer(2, succeed);
    await driver.answer(1, succeed);
    expect(driver.openCalls.map(({ row }) => row['n'])).toEqual([1]);
  });
});

describe('results', () => {
  test.each<[string, unknown, readonly (readonly Value[])[]]>([
    ['null', null, []],
    ['undefined', undefined, []],
    ['an empty array', [], []],
    ['an object', { twice: 2 }, [[1, 2]]],
    ['an object with the columns of the input', { n: 9, twice: 2 }, [[1, 2]]],
    ['an object without a column that may be NULL', {}, [[1, null]]],
    [
      'several objects',
      [{ twice: 2 }, { twice: 3 }],
      [
        [1, 2],
        [1, 3],
      ],
    ],
  ])('%s', async (_name, result, expected) => {
    const driver = await start();
    await driver.send(rowsOf(1));
    await driver.answer(0, (call) => {
      call.resolve(result);
    });
    expect(valuesOf(driver.emitted)).toEqual(expected);
    expect(driver.rowsInFlight).toBe(0);
  });

  test.each<[string, unknown, string]>([
    ['a number', 5, 'it is no object'],
    ['an array with a text', ['x'], '[0] is no object'],
    ['another column', { twize: 2 }, 'there is no column "twize"'],
    ['another type', { twice: 'two' }, 'twice got the text "two", but INT takes a whole number'],
  ])('%s fails the job', async (_name, result, why) => {
    const driver = await start();
    await driver.send(rowsOf(4));
    const answer = driver.answer(0, (call) => {
      call.resolve(result);
    });
    await expect(answer).rejects.toMatchObject({
      code: 'DREY_ASYNC_RESULT',
      message: `calls, row 1: the result does not fit: ${why}`,
      details: { node: 'calls', module: './call.js', row: 1 },
    });
  });

  test('may come at once, from a function that is not asynchronous', async () => {
    const driver = await start({}, { module: ({ n }: { n: number }) => resultOf(n) });
    await driver.send(rowsOf(1, 2, 3, 4, 6, 8));
    expect(valuesOf(driver.emitted)).toHaveLength(6);
    expect(driver.rowsInFlight).toBe(0);
  });

  test('of thousands of rows leave batch by batch', async () => {
    const driver = await start({}, { fillsUp: true });
    await driver.send(rowsOf(1));
    await driver.answer(0, (call) => {
      call.resolve(Array.from({ length: 5_000 }, (_value, twice) => ({ twice })));
    });
    expect(valuesOf(driver.emitted)).toEqual(
      Array.from({ length: 5_000 }, (_value, twice) => [1, twice]),
    );
  });
});

describe('a snapshot', () => {
  test('has the rows in flight: they are called for again, in their order', async () => {
    const driver = await start();
    await driver.send(rowsOf(1, 2));
    await driver.sendWatermark(9);
    await driver.send(rowsOf(3));
    await driver.answer(1, succeed);
    expect(await driver.restore()).toBe(true);
    expect(driver.openCalls.map(({ row }) => row['n'])).toEqual([1, 2, 3]);
    await driver.passTime(500);
    for (let index = 0; index < 3; index++) await driver.answer(0, succeed);
    expect(driver.emitted).toEqual([
      { values: [1, 2], watermarkMs: -Infinity },
      { values: [2, 4], watermarkMs: -Infinity },
      { watermark: 9 },
      { values: [3, 6], watermarkMs: -Infinity },
    ]);
  });

  test('keeps the count of rows, and time begins anew', async () => {
    const driver = await start();
    await driver.send(rowsOf(1, 2));
    await driver.answer(0, succeed);
    await driver.passTime(900);
    await driver.restore();
    expect(driver.nextDueMs).toBe(1_900);
    await expect(driver.answer(0, failOnce)).rejects.toMatchObject({ details: { row: 2 } });
  });
});

const risen = (watermarkMs: number, by: number): number =>
  by === 0 ? watermarkMs : Math.max(watermarkMs, 0) + by;

describe('whatever happens', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ rows: fc.array(fc.nat({ max: 2 }), { maxLength: 6 }) }) },
    { weight: 2, arbitrary: fc.record({ watermarkAfter: fc.nat({ max: 3 }) }) },
    { weight: 6, arbitrary: fc.record({ answer: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ fail: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ time: fc.nat({ max: 150 }) }) },
    { weight: 1, arbitrary: fc.constant('restore' as const) },
  );
  const settings = fc.record({
    isOrdered: fc.boolean(),
    capacity: fc.integer({ min: 1, max: 5 }),
    fillsUp: fc.boolean(),
    restoresAlways: fc.boolean(),
  });

  test('the rows and watermarks are those of calls one by one', async () => {
    await fc.assert(
      fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (how, steps) => {
        const { isOrdered, capacity, fillsUp, restoresAlways } = how;
        const retry = { ...baseSpec.retry, attempts: 1e9 };
        const spec = { isOrdered, capacity, retry, timeoutMs: 1e12 };
        const driver = await start(spec, { fillsUp });
        const expected: Emitted[] = [];
        let count = 0;
        let watermarkMs = -Infinity;
        for (const each of steps) {
          if (each === 'restore') {
            await driver.restore();
            continue;
          }
          if (restoresAlways) await driver.restore();
          if ('rows' in each) {
            // Numbers say by how much the watermark before the row is higher than that before.
            const rows = each.rows.map((rise) => {
              watermarkMs = risen(watermarkMs, rise);
              return { values: [++count], watermarkMs };
            });
            for (const row of rows) expected.push(...naive(row.values[0]!, row.watermarkMs));
            await driver.send(rows);
          } else if ('watermarkAfter' in each) {
            watermarkMs = risen(watermarkMs, each.watermarkAfter + 1);
            expected.push({ watermark: watermarkMs });
            await driver.sendWatermark(watermarkMs);
          } else if ('answer' in each) await driver.answer(each.answer, succeed);
          else if ('fail' in each) await driver.answer(each.fail, failOnce);
          else await driver.passTime(each.time);
          expect(driver.rowsInFlight).toBeLessThanOrEqual(capacity);
        }
        while (driver.rowsInFlight > 0 || driver.pendingCount > 0) {
          if (driver.openCalls.length === 0) await driver.passTime(100);
          else await driver.answer(count++, succeed);
        }
        await driver.stop();
        expect(normal(driver.emitted, isOrdered)).toEqual(normal(expected, isOrdered));
      }),
      { numRuns: runs(250) },
    );
  });

  function naive(n: number, watermarkMs: number): readonly Emitted[] {
    const result = resultOf(n);
    const rows = result === null ? [] : [result].flat();
    return rows.map(({ twice }) => ({ values: [n, twice], watermarkMs }));
  }

  /** Of watermarks without rows between them the last; rows that may be exchanged in one order. */
  function normal(emitted: readonly Emitted[], isOrdered: boolean): readonly unknown[] {
    const groups: { readonly watermarkMs: number; readonly rows: string[] }[] = [];
    let isOpen = false;
    for (const each of emitted) {
      if ('isIdle' in each) continue;
      if ('watermark' in each) {
        if (groups.at(-1)?.rows.length === 0) groups.pop();
        groups.push({ watermarkMs: each.watermark, rows: [] });
        isOpen = false;
        continue;
      }
      const last = groups.at(-1);
      const text = JSON.stringify(each.values);
      if (isOpen && last?.watermarkMs === each.watermarkMs) last.rows.push(text);
      else groups.push({ watermarkMs: each.watermarkMs, rows: [text] });
      isOpen = true;
    }
    return groups.map(({ watermarkMs, rows }) => ({
      watermarkMs,
      rows: isOrdered ? rows : rows.toSorted(),
    }));
  }
});
