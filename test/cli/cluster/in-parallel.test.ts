import { expect, test } from 'vitest';
import { inParallel } from '../../../src/cli/cluster/in-parallel.ts';

test('results stand in the order of the items, whoever is ready first', async () => {
  const waiting: (() => void)[] = [];
  const work = inParallel([1, 2, 3], async (item) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return item * 10;
  });
  for (const resolve of waiting.toReversed()) resolve();
  expect(await work).toEqual([10, 20, 30]);
});

test('no more than six are under way', async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 40 }, (_, index) => index);
  const results = await inParallel(items, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    return item;
  });
  expect(results).toEqual(items);
  expect(most).toBe(6);
});

test('nothing to do is done at once', async () => {
  expect(await inParallel([], () => Promise.reject(new Error('never')))).toEqual([]);
});

test('a failure ends it', async () => {
  const work = inParallel([1, 2], (item) =>
    item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item),
  );
  await expect(work).rejects.toThrow('two');
});
