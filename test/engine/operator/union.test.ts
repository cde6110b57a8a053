import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnionOperator } from '../../../src/engine/operator/union.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom } from '../batch/random-values.ts';
import { runInAllModes, type HarnessEvent } from '../../support/operator-harness.ts';
import { checkStates } from '../../support/stored-states.ts';
import { runs } from '../../support/property-runs.ts';

const left = [
  { name: 'id', type: types.bigint },
  { name: 'word', type: types.text },
];
const right = [
  { name: 'word', type: types.text },
  { name: 'id', type: types.bigint },
];
const spec = {
  create: () =>
    new UnionOperator({
      outputSchema: left,
      columns: [
        [0, 1],
        [1, 0],
      ],
    }),
  schemas: [left, right],
  keyColumns: [[0], [1]],
};

test('gives the rows of all inputs with the columns in one order', () => {
  const { main } = runInAllModes(spec, [
    { kind: 'rows', input: 0, rows: [{ values: [1n, 'a'] }] },
    { kind: 'rows', input: 1, rows: [{ values: ['b', 2n] }] },
  ]);
  expect(main).toEqual([
    [1n, 'a'],
    [2n, 'b'],
  ]);
});

test('has the lowest watermark of its inputs, and none of one that has ended', () => {
  const events: HarnessEvent[] = [
    { kind: 'watermark', input: 0, watermarkMs: 10 },
    { kind: 'watermark', input: 1, watermarkMs: 5 },
    { kind: 'watermark', input: 1, watermarkMs: 20 },
    { kind: 'watermark', input: 0, watermarkMs: Infinity },
    { kind: 'end', input: 0 },
    { kind: 'watermark', input: 1, watermarkMs: Infinity },
  ];
  expect(runInAllModes(spec, events).watermarks).toEqual([5, 10, 20, Infinity]);
});

test('watermarks rise and are the minimum, whatever comes', () => {
  const event = fc.record({ input: fc.nat({ max: 1 }), watermarkMs: fc.nat({ max: 50 }) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const known = [-Infinity, -Infinity];
      const expected: number[] = [];
      for (const { input, watermarkMs } of events) {
        known[input] = Math.max(known[input]!, watermarkMs);
        const lowest = Math.min(...known);
        if (lowest > (expected.at(-1) ?? -Infinity)) expected.push(lowest);
      }
      const harness = events.map((each): HarnessEvent => ({ kind: 'watermark', ...each }));
      expect(runInAllModes(spec, harness).watermarks).toEqual(expected);
    }),
    { numRuns: runs(50) },
  );
});

test('says that it is idle when all inputs are, after the highest watermark, and when one is back', () => {
  const events: HarnessEvent[] = [
    { kind: 'watermark', input: 0, watermarkMs: 10 },
    { kind: 'watermark', input: 1, watermarkMs: 5 },
    { kind: 'idle', input: 0, isIdle: true },
    { kind: 'idle', input: 1, isIdle: true },
    { kind: 'idle', input: 1, isIdle: false },
    { kind: 'watermark', input: 1, watermarkMs: 12 },
    { kind: 'watermark', input: 1, watermarkMs: Infinity },
    { kind: 'idle', input: 0, isIdle: false },
    { kind: 'watermark', input: 0, watermarkMs: Infinity },
  ];
  const { times } = runInAllModes(spec, events);
  expect(times).toEqual([5, 10, 'idle', 'active', 12, 'idle', 'active', Infinity]);
});

test('state is read back equal; corrupt state is refused', () => {
  const event: fc.Arbitrary<HarnessEvent> = fc.oneof(
    fc.record({
      kind: fc.constant('watermark' as const),
      input: fc.nat({ max: 1 }),
      watermarkMs: fc.oneof(fc.nat({ max: 50 }), fc.constant(Infinity)),
    }),
    fc.record({
      kind: fc.constant('idle' as const),
      input: fc.nat({ max: 1 }),
      isIdle: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(fc.integer(), fc.array(event, { maxLength: 20 }), (seed, events) => {
      checkStates(spec, events, drawFrom(seed));
      runInAllModes(spec, events);
    }),
    { numRuns: runs(50) },
  );
});
