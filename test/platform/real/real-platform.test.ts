import { describe, expect, it } from 'vitest';
import { createRealPlatform } from '../../../src/platform/real/real-platform.ts';

describe('the real platform', () => {
  const platform = createRealPlatform();

  it('shows the wall clock and a monotonic clock', async () => {
    const before = Date.now();
    expect(platform.clock.nowMs()).toBeGreaterThanOrEqual(before);
    const first = platform.clock.monotonicMs();
    await platform.timers.yield();
    expect(platform.clock.monotonicMs()).toBeGreaterThan(first);
  });

  it('fires timers in the order of their delays, unless they are cancelled', async () => {
    const fired: string[] = [];
    await new Promise<void>((resolve) => {
      platform.timers.after(20, resolve);
      platform.timers.after(10, () => fired.push('second'));
      platform.timers.after(1, () => fired.push('first'));
      platform.timers.after(5, () => fired.push('cancelled')).cancel();
    });
    expect(fired).toEqual(['first', 'second']);
  });

  it('a delay beyond 24 days does not fire at once', async () => {
    let fired = false;
    const timer = platform.timers.after(100 * 86_400_000, () => {
      fired = true;
    });
    await new Promise<void>((resolve) => {
      platform.timers.after(10, resolve);
    });
    timer.cancel();
    expect(fired).toBe(false);
  });

  it('draws numbers in [0, 1) and bytes of the length asked for', () => {
    const numbers = Array.from({ length: 1000 }, () => platform.random.next());
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBe(1000);
    expect(platform.random.bytes(16)).toHaveLength(16);
    expect(platform.random.bytes(16)).not.toEqual(platform.random.bytes(16));
  });

  it('tells subscribers of a stop signal until they leave', async () => {
    const seen: string[] = [];
    const received = new Promise<void>((resolve) => {
      const leave = platform.signals.subscribe((signal) => {
        seen.push(signal);
        leave();
        resolve();
      });
    });
    process.kill(process.pid, 'SIGTERM');
    await received;
    expect(seen).toEqual(['SIGTERM']);
    expect(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')).toBe(0);
  });

  it('holds a snapshot of environment and working folder', () => {
    expect(platform.environment['PATH']).toBe(process.env['PATH']);
    expect(platform.workingDirectory).toBe(process.cwd());
  });
});
