import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/platform/simulated/random.ts';
import { Scheduler, type SchedulingPolicy } from '../../../src/platform/simulated/scheduler.ts';

const scheduler = (seed: number, policy?: SchedulingPolicy): Scheduler =>
  new Scheduler(new SeededRandom(seed, 'scheduler'), policy);

/** The order in which ten events of one moment run. */
async function order(seed: number, policy: SchedulingPolicy): Promise<string> {
  const events = scheduler(seed, policy);
  let ran = '';
  for (const name of 'abcdefghij') {
    events.schedule(5, { label: name, owner: name }, () => {
      ran += name;
    });
  }
  await events.runUntilIdle();
  return ran;
}

describe('scheduler', () => {
  it('events run in the order of virtual time, whatever the order of scheduling', async () => {
    const events = scheduler(1);
    const delays = Array.from({ length: 200 }, (_, index) => (index * 7919) % 1000);
    const ran: number[] = [];
    for (const delayMs of delays) {
      events.schedule(delayMs, { label: 'event' }, () => {
        expect(events.nowMs).toBe(delayMs);
        ran.push(delayMs);
      });
    }
    await events.runUntilIdle();
    expect(ran).toEqual([...delays].sort((a, b) => a - b));
    expect(events.steps).toBe(200);
  });

  it('fifo keeps the order of scheduling within a moment', async () => {
    expect(await order(1, { kind: 'fifo' })).toBe('abcdefghij');
  });

  it('uniform draws the order within a moment by seed', async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const first = await order(seed, { kind: 'uniform' });
      expect(await order(seed, { kind: 'uniform' })).toBe(first);
      expect(Array.from(first).sort().join('')).toBe('abcdefghij');
      orders.add(first);
    }
    expect(orders.size).toBeGreaterThan(45);
  });

  it('starve lets all others overtake one owner', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const ran = await order(seed, { kind: 'starve', owner: 'c', heldBackMs: 10 });
      expect(ran.at(-1)).toBe('c');
    }
  });

  it('all promises that an event moves settle before the next event', async () => {
    const events = scheduler(1, { kind: 'fifo' });
    const seen: string[] = [];
    events.schedule(1, { label: 'first' }, () => {
      void (async () => {
        for (let hop = 0; hop < 50; hop++) await Promise.resolve();
        seen.push('first settled');
      })();
    });
    events.schedule(1, { label: 'second' }, () => seen.push('second'));
    await events.runUntilIdle();
    expect(seen).toEqual(['first settled', 'second']);
  });

  it('a cancelled event does not run and keeps nothing alive', async () => {
    const events = scheduler(1);
    const event = events.schedule(10, { label: 'event' }, () => expect.unreachable());
    event.cancel();
    event.cancel();
    await events.runUntilIdle();
    expect(events.steps).toBe(0);
  });

  it('a run ends before events that keep nothing alive', async () => {
    const events = scheduler(1);
    const tick = (): void => {
      events.schedule(1, { label: 'tick', keepAlive: false }, tick);
    };
    tick();
    events.schedule(10.5, { label: 'work' }, () => undefined);
    await events.runUntilIdle();
    expect(events.nowMs).toBe(10.5);
    expect(events.steps).toBe(11);
  });

  it('a livelock ends with an error', async () => {
    const events = scheduler(1);
    const again = (): void => {
      events.schedule(0, { label: 'again' }, again);
    };
    again();
    await expect(events.runUntilIdle(100)).rejects.toThrow('still busy after 100 steps');
  });

  it('a deadlock ends with an error', async () => {
    const events = scheduler(1);
    events.schedule(3, { label: 'event' }, () => undefined);
    await expect(events.drive(new Promise(() => undefined))).rejects.toThrow('deadlock at 3 ms');
  });

  it('an error thrown by an event ends the run', async () => {
    const events = scheduler(1);
    events.schedule(3, { label: 'event' }, () => {
      throw new Error('thrown inside');
    });
    await expect(events.runUntilIdle()).rejects.toThrow('thrown inside');
  });

  it('driving gives the value or the error of the promise', async () => {
    const events = scheduler(1);
    const later = new Promise<number>((resolve) => {
      events.schedule(1000, { label: 'event' }, () => resolve(42));
    });
    expect(await events.drive(later)).toBe(42);
    await expect(events.drive(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
