import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failoverRegions } from '../../../src/engine/failover/failover-regions.ts';
import { runs } from '../../support/property-runs.ts';

test('vertices that rows connect are one region, others are not', () => {
  const edges = [
    { from: 'orders', to: 'join' },
    { from: 'users', to: 'join' },
    { from: 'clicks', to: 'print' },
  ];
  expect(failoverRegions(['orders', 'clicks', 'users', 'join', 'print', 'alone'], edges)).toEqual([
    ['orders', 'users', 'join'],
    ['clicks', 'print'],
    ['alone'],
  ]);
});

test('an edge to no vertex is a bug', () => {
  expect(() => failoverRegions(['one'], [{ from: 'one', to: 'two' }])).toThrow(
    'an edge joins vertices of the graph: two',
  );
});

test('two vertices share a region exactly when a walk along the edges joins them', () => {
  const vertex = fc.nat({ max: 11 }).map((index) => `v${index}`);
  const edge = fc.record({ from: vertex, to: vertex });
  const vertices = Array.from({ length: 12 }, (_, index) => `v${index}`);
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 14 }), (edges) => {
      const regions = failoverRegions(vertices, edges);
      expect(regions.flat().toSorted()).toEqual(vertices.toSorted());
      for (const region of regions) {
        const reached = new Set(region.slice(0, 1));
        for (let round = 0; round < vertices.length; round++) {
          for (const { from, to } of edges) {
            if (reached.has(from)) reached.add(to);
            if (reached.has(to)) reached.add(from);
          }
        }
        expect([...reached].toSorted()).toEqual(region.toSorted());
      }
    }),
    { numRuns: runs(100) },
  );
});
