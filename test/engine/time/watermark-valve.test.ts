import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { WatermarkValve } from '../../../src/engine/time/watermark-valve.ts';
import { runs } from '../../support/property-runs.ts';

test('a row is judged by the lower of its own watermark and those of the other inputs', () => {
  const valve = new WatermarkValve(2);
  valve.advance(1, 7);
  const combined = new Float64Array(3);
  valve.before(0, Float64Array.of(-Infinity, 5, 9), { rowCount: 3, combined });
  expect([...combined]).toEqual([-Infinity, 5, 7]);
});

test('what was said is not taken back', () => {
  const valve = new WatermarkValve(2);
  valve.advance(0, 10);
  expect(valve.advance(1, 10)).toBe(true);
  const combined = new Float64Array(1);
  valve.before(0, Float64Array.of(3), { rowCount: 1, combined });
  expect([...combined]).toEqual([10]);
  expect(valve.advance(0, 4)).toBe(false);
});

/** What a valve says after each call: `+` for a rise, its watermark, and whether it is idle. */
type Step =
  /** Rows of an input whose watermark before them rises to this, which the valve is not told. */
  | readonly ['rows', input: number, watermarkMs: number]
  | readonly ['mark', input: number, watermarkMs: number]
  | readonly ['idle', input: number]
  | readonly ['active', input: number];

function apply(valve: WatermarkValve, [kind, input, watermarkMs = 0]: Step): boolean {
  if (kind === 'rows') return false;
  return kind === 'mark'
    ? valve.advance(input, watermarkMs)
    : valve.setIdle(input, kind === 'idle');
}

function stepsOf(steps: readonly Step[]): readonly (readonly [number, 'idle' | 'active'])[] {
  const valve = new WatermarkValve(2);
  return steps.map((step) => {
    apply(valve, step);
    return [valve.watermarkMs, valve.isIdle ? 'idle' : 'active'];
  });
}

describe('inputs that fall idle', () => {
  const cases: readonly {
    readonly name: string;
    readonly steps: readonly Step[];
    /** After the last step. */
    readonly expected: readonly [number, 'idle' | 'active'];
  }[] = [
    {
      name: 'do not hold the others back',
      steps: [
        ['mark', 0, 10],
        ['idle', 1],
      ],
      expected: [10, 'active'],
    },
    {
      name: 'hold nobody back before their first row',
      steps: [
        ['idle', 1],
        ['mark', 0, 10],
      ],
      expected: [10, 'active'],
    },
    {
      name: 'do not hold back until they have caught up',
      steps: [
        ['mark', 0, 10],
        ['mark', 1, 5],
        ['idle', 1],
        ['active', 1],
        ['mark', 1, 7],
        ['mark', 0, 20],
      ],
      expected: [20, 'active'],
    },
    {
      name: 'hold back again once they have caught up',
      steps: [
        ['mark', 0, 10],
        ['mark', 1, 5],
        ['idle', 1],
        ['active', 1],
        ['mark', 1, 10],
        ['mark', 0, 20],
      ],
      expected: [10, 'active'],
    },
    {
      name: 'hold back at once when they come back ahead',
      steps: [
        ['mark', 0, 10],
        ['mark', 1, 15],
        ['idle', 1],
        ['active', 1],
        ['mark', 0, 20],
      ],
      expected: [15, 'active'],
    },
    {
      name: 'all of them: the highest counts',
      steps: [
        ['mark', 0, 10],
        ['mark', 1, 5],
        ['idle', 0],
        ['idle', 1],
      ],
      expected: [10, 'idle'],
    },
    {
      name: 'all of them, in the other order: the highest counts',
      steps: [
        ['mark', 0, 10],
        ['mark', 1, 5],
        ['idle', 1],
        ['idle', 0],
      ],
      expected: [10, 'idle'],
    },
    {
      name: 'all of them, and one comes back behind: nothing moves',
      steps: [
        ['mark', 0, 10],
        ['mark', 1, 5],
        ['idle', 1],
        ['idle', 0],
        ['active', 1],
        ['mark', 1, 8],
      ],
      expected: [10, 'active'],
    },
    {
      name: 'beside one that has ended: its last watermark before the end counts',
      steps: [
        ['mark', 0, 10],
        ['mark', 1, 5],
        ['mark', 0, Infinity],
        ['idle', 1],
      ],
      expected: [10, 'idle'],
    },
    {
      name: 'before the other one ends',
      steps: [
        ['mark', 0, 10],
        ['mark', 1, 5],
        ['idle', 1],
        ['mark', 0, Infinity],
      ],
      expected: [10, 'idle'],
    },
    {
      name: 'and come back after the other one has ended',
      steps: [
        ['mark', 0, 10],
        ['idle', 1],
        ['mark', 0, Infinity],
        ['active', 1],
        ['mark', 1, 12],
      ],
      expected: [12, 'active'],
    },
    {
      name: 'and end',
      steps: [
        ['mark', 0, 10],
        ['idle', 1],
        ['mark', 0, Infinity],
        ['active', 1],
        ['mark', 1, Infinity],
      ],
      expected: [Infinity, 'active'],
    },
  ];
  test.each(cases)('$name', ({ steps, expected }) => {
    expect(stepsOf(steps).at(-1)).toEqual(expected);
  });

  test('rows of one that is behind are judged by what the others have reached', () => {
    const valve = new WatermarkValve(2);
    const steps: readonly Step[] = [
      ['mark', 0, 10],
      ['mark', 1, 5],
      ['idle', 1],
      ['active', 1],
    ];
    for (const step of steps) apply(valve, step);
    const combined = new Float64Array(4);
    // It has caught up with its third row, and the other one is at 10.
    valve.before(1, Float64Array.of(5, 7, 10, 30), { rowCount: 4, combined });
    expect([...combined]).toEqual([10, 10, 10, 10]);
    valve.advance(0, 20);
    valve.before(1, Float64Array.of(8, 30, 30, 30), { rowCount: 4, combined });
    expect([...combined]).toEqual([20, 20, 20, 20]);
  });
});

/** The rules as words, over the whole history each time. */
class NaiveValve {
  private readonly inputs = [0, 1, 2].map(() => ({ at: -Infinity, state: 'aligned' }));
  watermarkMs = -Infinity;

  get isIdle(): boolean {
    const states = this.inputs.map(({ state }) => state);
    return (
      states.includes('idle') && states.every((state) => state === 'idle' || state === 'ended')
    );
  }

  step([kind, index, watermarkMs = 0]: Step): void {
    const input = this.inputs[index]!;
    if (input.state === 'ended') return;
    if (kind === 'idle') input.state = 'idle';
    if (kind === 'active') input.state = input.at < this.watermarkMs ? 'behind' : 'aligned';
    if (kind === 'mark' && watermarkMs === Infinity) input.state = 'ended';
    else if (kind === 'mark') {
      input.at = Math.max(input.at, watermarkMs);
      if (input.state === 'behind' && input.at >= this.watermarkMs) input.state = 'aligned';
    }
    const aligned = this.inputs.filter(({ state }) => state === 'aligned').map(({ at }) => at);
    let candidate = this.watermarkMs;
    if (this.inputs.every(({ state }) => state === 'ended')) candidate = Infinity;
    else if (this.isIdle) candidate = Math.max(...this.inputs.map(({ at }) => at));
    else if (aligned.length > 0) candidate = Math.min(...aligned);
    this.watermarkMs = Math.max(this.watermarkMs, candidate);
  }
}

test('the valve follows its rules whatever comes, never falls, and goes on from a snapshot', () => {
  const input = fc.nat({ max: 2 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constant('mark' as const), input, fc.nat({ max: 30 })) },
    { weight: 4, arbitrary: fc.tuple(fc.constant('rows' as const), input, fc.nat({ max: 30 })) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('mark' as const), input, fc.constant(Infinity)) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom('idle' as const, 'active' as const), input) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const naive = new NaiveValve();
      let valve = new WatermarkValve(3);
      let judgedMs = -Infinity;
      for (const each of steps) {
        const last = valve.watermarkMs;
        if (each[0] === 'rows') {
          const combined = new Float64Array(1);
          valve.before(each[1], Float64Array.of(each[2]), { rowCount: 1, combined });
          expect(combined[0]).toBeGreaterThanOrEqual(Math.max(judgedMs, last));
          expect(combined[0]).toBeLessThanOrEqual(Math.max(judgedMs, last, each[2]));
          judgedMs = combined[0]!;
        }
        const hasRisen = apply(valve, each);
        naive.step(each);
        expect([valve.watermarkMs, valve.isIdle]).toEqual([naive.watermarkMs, naive.isIdle]);
        expect(hasRisen).toBe(valve.watermarkMs > last);
        const writer = new StateWriter();
        valve.snapshotState(writer);
        valve = new WatermarkValve(3);
        valve.restoreState(new StateReader(writer.finish()));
      }
    }),
    { numRuns: runs(300) },
  );
});
