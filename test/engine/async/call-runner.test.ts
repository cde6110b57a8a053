import { describe, expect, test } from 'vitest';
import { baseSpec, failOnce, rowsOf, start, succeed, valuesOf } from './async-node.ts';

describe('a call that fails', () => {
  test('fails the job, with its row and its cause', async () => {
    const driver = await start();
    await driver.send(rowsOf(1, 2));
    await expect(driver.answer(1, failOnce)).rejects.toMatchObject({
      code: 'DREY_ASYNC_FAILED',
      message: 'calls, row 2: the call failed: no route',
      cause: expect.objectContaining({ message: 'no route' }) as Error,
    });
  });

  test('fails it, too, when it throws at once', async () => {
    const module = () => {
      throw new Error('no route');
    };
    const driver = await start({}, { module });
    await expect(driver.send(rowsOf(1))).rejects.toMatchObject({ code: 'DREY_ASYNC_FAILED' });
  });

  test('is tried again after a pause, as often as said', async () => {
    const driver = await start({ retry: { ...baseSpec.retry, attempts: 2 } });
    await driver.send(rowsOf(1));
    for (const attempt of [1, 2]) {
      expect(driver.openCalls.map(({ context }) => context.attempt)).toEqual([attempt]);
      await driver.answer(0, failOnce);
      expect(driver.openCalls).toEqual([]);
      expect(driver.nextDueMs).toBe(attempt * 100);
      await driver.passTime(99);
      expect(driver.openCalls).toEqual([]);
      await driver.passTime(1);
    }
    await expect(driver.answer(0, failOnce)).rejects.toMatchObject({
      message: 'calls, row 1: the call failed at the third attempt: no route',
    });
  });

  test('is tried again after pauses that grow', async () => {
    const retry = { attempts: 5, delayMs: 100, backoff: 'exponential', maxDelayMs: 350 } as const;
    const driver = await start({ retry, timeoutMs: 1e6 });
    await driver.send(rowsOf(1));
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      await driver.answer(0, failOnce);
      const pauseMs = driver.nextDueMs - driver.nowMs;
      pauses.push(pauseMs);
      await driver.passTime(pauseMs);
    }
    await driver.answer(0, succeed);
    expect(pauses).toEqual([100, 200, 350, 350]);
    expect(valuesOf(driver.emitted)).toEqual([[1, 2]]);
  });

  test('gets a new row each time', async () => {
    const driver = await start({ retry: { ...baseSpec.retry, attempts: 1 } });
    await driver.send(rowsOf(1));
    await driver.answer(0, (call) => {
      Object.assign(call.row, { n: 77 });
      call.reject(new Error('no route'));
    });
    await driver.passTime(100);
    expect(driver.openCalls[0]?.row).toEqual({ n: 1 });
  });
});

describe('a call that takes too long', () => {
  test('fails the job', async () => {
    const driver = await start();
    await driver.send(rowsOf(1));
    expect(driver.nextDueMs).toBe(1_000);
    const { signal } = driver.openCalls[0]!.context;
    await driver.passTime(999);
    expect(signal.aborted).toBe(false);
    await expect(driver.passTime(1)).rejects.toMatchObject({
      code: 'DREY_ASYNC_TIMEOUT',
      message: 'calls, row 1: no answer within 1s',
    });
    expect(signal.aborted).toBe(true);
  });

  test('is one that took too long with its retries', async () => {
    const driver = await start({ retry: { ...baseSpec.retry, attempts: 9, delayMs: 600 } });
    await driver.send(rowsOf(1));
    await driver.answer(0, failOnce);
    await driver.passTime(600);
    await driver.answer(0, failOnce);
    expect(driver.nextDueMs).toBe(1_000);
    await expect(driver.passTime(400)).rejects.toMatchObject({
      message: 'calls, row 1: no answer within 1s, after 2 calls',
    });
  });

  test('has the result that timeout gives, when there is one; an answer then is too late', async () => {
    const driver = await start({}, { hasTimeout: true });
    await driver.send(rowsOf(1, 2));
    await driver.passTime(1_000);
    expect(driver.openCalls.map(({ kind, row }) => [kind, row['n']])).toEqual([
      ['invoke', 1],
      ['invoke', 2],
      ['timeout', 1],
      ['timeout', 2],
    ]);
    await driver.answer(0, succeed);
    expect(driver.emitted).toEqual([]);
    await driver.answer(1, (call) => {
      call.resolve({ twice: -1 });
    });
    expect(valuesOf(driver.emitted)).toEqual([[1, -1]]);
    await expect(driver.passTime(1_000)).rejects.toMatchObject({ code: 'DREY_ASYNC_TIMEOUT' });
  });

  test('is none when the answer was there before it was looked at', async () => {
    const driver = await start();
    await driver.send(rowsOf(1));
    driver.nowMs = 5_000;
    await driver.answer(0, succeed);
    expect(valuesOf(driver.emitted)).toEqual([[1, 2]]);
    expect(driver.nextDueMs).toBe(Infinity);
  });
});
