import { describe, expect, test } from 'vitest';
import type { Output } from '../../../src/engine/operator/contract.ts';
import { WatermarkEmission } from '../../../src/engine/task/watermark-emission.ts';

/** An emission with an interval of 200 ms, its clock, and what it told. */
class World {
  nowMs = 1000;
  readonly told: (number | 'idle' | 'active')[] = [];
  private readonly intervalMs: number | null;
  private readonly output: Output = {
    isFull: false,
    emit: () => undefined,
    emitWatermark: (watermarkMs) => void this.told.push(watermarkMs),
    emitIdleness: (isIdle) => void this.told.push(isIdle ? 'idle' : 'active'),
  };
  readonly emission: WatermarkEmission;

  constructor(intervalMs: number | null) {
    this.intervalMs = intervalMs;
    this.emission = this.create();
  }

  private create(): WatermarkEmission {
    return new WatermarkEmission(this.output, this.intervalMs, () => this.nowMs);
  }
}

test('without an interval each watermark that is higher goes out', () => {
  const { emission, told } = new World(null);
  for (const watermarkMs of [5, 5, 4, 6]) emission.rise(watermarkMs);
  expect(told).toEqual([5, 6]);
  expect(emission.dueAtMs).toBe(Infinity);
});

describe('with an interval', () => {
  test('the first goes out at once, the last of those that follow when the interval is over', () => {
    const world = new World(200);
    world.emission.rise(5);
    world.nowMs = 1100;
    world.emission.rise(6);
    world.emission.rise(7);
    expect(world.emission.dueAtMs).toBe(1200);
    world.nowMs = 1199;
    world.emission.emitDue();
    expect(world.told).toEqual([5]);
    world.nowMs = 1200;
    world.emission.emitDue();
    world.emission.emitDue();
    expect(world.told).toEqual([5, 7]);
    expect(world.emission.dueAtMs).toBe(Infinity);
  });

  test('what waits goes out before idleness and before the end', () => {
    const { emission, told } = new World(200);
    emission.rise(5);
    emission.rise(6);
    emission.setIdle(true);
    emission.setIdle(false);
    emission.rise(7);
    emission.end();
    expect(told).toEqual([5, 6, 'idle', 'active', Infinity]);
  });

  test('a clock that is set back holds nothing up for longer than the interval', () => {
    const world = new World(200);
    world.emission.rise(5);
    world.nowMs = 500;
    world.emission.rise(6);
    expect(world.told).toEqual([5, 6]);
    world.emission.rise(7);
    world.nowMs = 400;
    expect(world.emission.dueAtMs).toBe(600);
  });
});
