import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_SLOT, RankTree } from '../../../src/engine/rank/rank-tree.ts';
import { runs } from '../../support/property-runs.ts';

test('two trees over one set of arrays hold what was added and not removed, in order', () => {
  const step = fc.record({ tree: fc.nat({ max: 1 }), value: fc.nat({ max: 60 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const values: number[] = [];
      const tree = new RankTree((left, right) => values[left]! - values[right]! || left - right);
      const roots = [NO_SLOT, NO_SLOT];
      const slots: number[][] = [[], []];
      for (const { tree: which, value } of steps) {
        const held = slots[which]!;
        const known = held.find((slot) => values[slot] === value);
        if (known !== undefined && value % 3 === 0) {
          roots[which] = tree.remove(roots[which]!, known);
          held.splice(held.indexOf(known), 1);
          continue;
        }
        const slot = values.push(value) - 1;
        roots[which] = tree.insert(roots[which]!, slot);
        held.push(slot);
        held.sort((left, right) => values[left]! - values[right]! || left - right);
      }
      for (const [which, held] of slots.entries()) {
        const root = roots[which]!;
        expect(tree.sizeOf(root)).toBe(held.length);
        for (const [rank, slot] of held.entries()) {
          expect(tree.slotAt(root, rank)).toBe(slot);
        }
        const first = new Int32Array(10).fill(NO_SLOT);
        expect(tree.first(root, 7, first, 1)).toBe(Math.min(7, held.length));
        expect([...first.subarray(1, 1 + Math.min(7, held.length))]).toEqual(held.slice(0, 7));
      }
    }),
    { numRuns: runs(200) },
  );
});

test('a tree of slots in ascending order is not deep', () => {
  let comparisons = 0;
  const tree = new RankTree((left, right) => {
    comparisons++;
    return left - right;
  });
  let root = NO_SLOT;
  const count = 20_000;
  for (let slot = 0; slot < count; slot++) root = tree.insert(root, slot);
  expect(comparisons / count).toBeLessThan(60);
  comparisons = 0;
  for (let slot = 0; slot < count; slot++) root = tree.remove(root, slot);
  expect(root).toBe(NO_SLOT);
  expect(comparisons / count).toBeLessThan(60);
});
