import { expect, test } from 'vitest';
import { isDoneWithin } from '../../../src/engine/task/within-time.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

test('work is waited for as long as the limit says, and no timer outlives it', async () => {
  const platform = createSimulatedPlatform({ seed: 1 });
  const { timers, clock } = platform;
  const after = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      timers.after(delayMs, resolve);
    });
  expect(await platform.drive(isDoneWithin(after(10), 100, timers))).toBe(true);
  await platform.runUntilIdle();
  expect(clock.monotonicMs()).toBeLessThan(100);
  expect(await platform.drive(isDoneWithin(after(1_000), 100, timers))).toBe(false);
  const failing = after(5).then(() => Promise.reject(new Error('it failed')));
  await expect(platform.drive(isDoneWithin(failing, 100, timers))).rejects.toThrow('it failed');
});
