import { describe, expect, it } from 'vitest';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
  type SimulationOptions,
} from '../../../src/platform/simulated/simulated-platform.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Three programs that run into each other: files, timers, output. */
async function program(world: SimulatedPlatform): Promise<void> {
  const worker = async (name: string): Promise<void> => {
    for (let round = 0; round < 10; round++) {
      const file = await world.files.openToWrite(`${name}-${round}`);
      await file.write(world.random.bytes(100));
      await file.sync();
      await file.close();
      await new Promise<void>((resolve) => {
        world.timers.after(world.random.next() * 10, resolve);
      });
      await world.streams.writeOutput(text(`${name} ${round} at ${world.clock.nowMs()}\n`));
    }
  };
  await Promise.all([worker('a'), worker('b'), worker('c')]);
}

interface Run {
  readonly traceHash: string;
  readonly output: string;
  readonly trace: readonly string[];
}

async function run(options: SimulationOptions): Promise<Run> {
  const world = createSimulatedPlatform(options);
  const trace: string[] = [];
  world.scheduler.onTrace((line) => trace.push(line));
  await world.drive(program(world));
  return {
    traceHash: world.scheduler.traceHash,
    output: new TextDecoder().decode(world.streams.output),
    trace,
  };
}

describe('a simulated world', () => {
  it('runs the same for the same seed, event by event', async () => {
    for (let seed = 0; seed < 10; seed++) expect(await run({ seed })).toEqual(await run({ seed }));
  });

  it('runs otherwise for another seed', async () => {
    const hashes = new Set<string>();
    for (let seed = 0; seed < 20; seed++) hashes.add((await run({ seed })).traceHash);
    expect(hashes.size).toBe(20);
  });

  it('runs the same on every machine and Node version', async () => {
    expect((await run({ seed: 1 })).traceHash).toMatchInlineSnapshot(`"4696fb1c"`);
  });

  it('lets no real time pass: a year of timers is one moment', async () => {
    const world = createSimulatedPlatform({ seed: 1, wallStartMs: 0 });
    let ticks = 0;
    const tick = (): void => {
      ticks++;
      if (ticks < 365) world.timers.after(86_400_000, tick);
    };
    world.timers.after(86_400_000, tick);
    await world.runUntilIdle();
    expect(world.clock.nowMs()).toBe(365 * 86_400_000);
    expect(world.clock.monotonicMs()).toBe(365 * 86_400_000);
  });

  it('a jump of the wall clock moves neither timers nor monotonic time', async () => {
    const world = createSimulatedPlatform({ seed: 1, wallStartMs: 1_000_000 });
    const fired: number[] = [];
    world.timers.after(100, () => fired.push(world.clock.monotonicMs()));
    world.clock.jumpWall(-500_000);
    expect(world.clock.nowMs()).toBe(500_000);
    await world.runUntilIdle();
    expect(fired).toEqual([100]);
    expect(world.clock.nowMs()).toBe(500_100);
  });

  it('a cancelled timer does not fire', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    const timer = world.timers.after(100, () => expect.unreachable());
    timer.cancel();
    timer.cancel();
    await world.runUntilIdle();
    expect(world.clock.monotonicMs()).toBe(0);
  });

  it('yielding lets other work of this moment run', async () => {
    const world = createSimulatedPlatform({ seed: 1, policy: { kind: 'fifo' } });
    const seen: string[] = [];
    world.timers.after(0, () => seen.push('other'));
    const yielding = world.timers.yield().then(() => seen.push('back'));
    await world.drive(yielding);
    expect(seen).toEqual(['other', 'back']);
  });

  it('reads of several files overtake each other by seed', async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const world = createSimulatedPlatform({ seed, files: { a: '1', b: '2', c: '3' } });
      let order = '';
      const read = async (name: string): Promise<void> => {
        await world.files.readAll(name, 10);
        order += name;
      };
      await world.drive(Promise.all([read('a'), read('b'), read('c')]));
      orders.add(order);
    }
    expect(orders.size).toBe(6);
  });

  it('stop signals reach all subscribers until they leave', () => {
    const world = createSimulatedPlatform({ seed: 1 });
    const seen: string[] = [];
    const leave = world.signals.subscribe((signal) => seen.push(signal));
    expect(world.signals.send('SIGINT')).toBe(1);
    leave();
    leave();
    expect(world.signals.send('SIGTERM')).toBe(0);
    expect(seen).toEqual(['SIGINT']);
  });
});
