import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/platform/simulated/random.ts';

const draws = (seed: number, label: string, count: number): number[] => {
  const random = new SeededRandom(seed, label);
  return Array.from({ length: count }, () => random.next());
};

describe('seeded random', () => {
  it('equal seed and label give equal numbers', () => {
    expect(draws(7, 'files', 100)).toEqual(draws(7, 'files', 100));
  });

  it('the numbers of a seed never change: a failing seed stays a failing seed', () => {
    const random = new SeededRandom(1);
    expect([random.next(), random.next(), random.next()]).toMatchInlineSnapshot(`
      [
        0.1813934786314444,
        0.7034118709209681,
        0.8066713995059146,
      ]
    `);
    expect([...random.bytes(4)]).toMatchInlineSnapshot(`
      [
        89,
        191,
        253,
        217,
      ]
    `);
  });

  it('close seeds and other labels give other numbers', () => {
    const firsts = new Set<number>();
    for (let seed = 0; seed < 1000; seed++) firsts.add(draws(seed, 'a', 1)[0] ?? -1);
    for (let seed = 0; seed < 1000; seed++) firsts.add(draws(seed, 'b', 1)[0] ?? -1);
    expect(firsts.size).toBe(2000);
  });

  it('numbers lie evenly in [0, 1)', () => {
    const counts = new Uint32Array(16);
    for (const value of draws(3, '', 160_000)) {
      expect(value >= 0 && value < 1).toBe(true);
      counts[Math.floor(value * 16)]!++;
    }
    // 10,000 expected in each; 5 standard deviations are 500.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('an index is below its count', () => {
    const random = new SeededRandom(5);
    const seen = new Set(Array.from({ length: 1000 }, () => random.index(3)));
    expect(seen).toEqual(new Set([0, 1, 2]));
  });
});
