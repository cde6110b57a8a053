import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeHeap } from '../../../src/engine/time/time-heap.ts';
import { runs } from '../../support/property-runs.ts';

test('slots come by time, those of one time by number', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 60 }), (times) => {
      const heap = new TimeHeap();
      for (const [slot, time] of times.entries()) heap.push(time, slot);
      const taken: (readonly [number, number])[] = [];
      while (heap.firstMs < Infinity) taken.push([heap.firstMs, heap.pop()]);
      const expected = times.map((time, slot) => [time, slot] as const);
      expect(taken).toEqual(
        expected.toSorted((one, other) => one[0] - other[0] || one[1] - other[1]),
      );
    }),
    { numRuns: runs(100) },
  );
});
