import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CHECKPOINT_CONFIGURATION_DEFAULT,
  type CheckpointConfiguration,
} from '../../../src/engine/checkpoint/checkpoint-configuration.ts';
import { CheckpointCoordinator } from '../../../src/engine/checkpoint/coordinator.ts';
import { runs } from '../../support/property-runs.ts';
import { CoordinatorModel, type Step } from './coordinator-model.ts';

const pick = fc.nat({ max: 5 });
const random = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const declineReason = fc.constantFrom(
  'async-failed',
  'declined',
  'task-not-ready',
  'barrier-subsumed',
  'input-ended',
) satisfies fc.Arbitrary<Extract<Step, { kind: 'decline' }>['reason']>;

function kind<Kind extends Step['kind']>(word: Kind): fc.Arbitrary<Kind> {
  return fc.constant(word);
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kind('wait'), ms: fc.nat({ max: 120 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('wake') }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kind('acknowledge'), pick, subtask: fc.nat({ max: 2 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: kind('acknowledge-all'), pick }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kind('store'),
      pick,
      isGood: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('decline'), pick, reason: declineReason }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('storage-fails'), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('request'),
      request: fc.constantFrom('checkpoint', 'savepoint', 'savepoint', 'suspend', 'drain'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('restart'), random }) },
);

const configuration: fc.Arbitrary<CheckpointConfiguration> = fc
  .record({
    intervalMs: fc.option(fc.integer({ min: 10, max: 100 }), { nil: null }),
    timeoutMs: fc.integer({ min: 10, max: 300 }),
    minPauseMs: fc.nat({ max: 60 }),
    maxConcurrent: fc.integer({ min: 1, max: 4 }),
    tolerableFailed: fc.nat({ max: 3 }),
    retainedMax: fc.integer({ min: 1, max: 3 }),
    isUnaligned: fc.boolean(),
  })
  .map((values) => ({ ...CHECKPOINT_CONFIGURATION_DEFAULT, ...values }));

/** Long ones are as likely as short ones. */
function steps(maxLength: number): fc.Arbitrary<readonly Step[]> {
  return fc.array(step, { maxLength, size: 'max' });
}

function play(
  settings: CheckpointConfiguration,
  played: readonly Step[],
): { readonly model: CoordinatorModel; readonly coordinator: CheckpointCoordinator } {
  const coordinator = new CheckpointCoordinator({ configuration: settings, restored: null });
  const model = new CoordinatorModel(coordinator, settings);
  model.begin(0.5);
  for (const one of played) model.play(one);
  return { model, coordinator };
}

test('no order of events breaks a rule, and every request gets one answer', () => {
  let triggers = 0;
  let failedJobs = 0;
  fc.assert(
    fc.property(configuration, steps(80), (settings, played) => {
      const { model, coordinator } = play(settings, played);
      model.shutDown();
      expect(model.unanswered).toEqual([]);
      expect(coordinator.pendingIds).toEqual([]);
      triggers += model.triggers;
      failedJobs += model.failedJobs;
    }),
    { numRuns: runs(300) },
  );
  expect(triggers).toBeGreaterThan(runs(300) * 3);
  expect(failedJobs).toBeGreaterThan(runs(300) / 5);
});

test('after any order of events the next attempt takes a checkpoint within interval and pause', () => {
  fc.assert(
    fc.property(configuration, steps(40), (settings, played) => {
      fc.pre(settings.intervalMs !== null);
      const { model } = play(settings, played);
      model.play({ kind: 'restart', random: 0.9 });
      const limitMs = model.nowMs + 2 * (settings.intervalMs + settings.minPauseMs);
      const before = model.triggers;
      while (model.triggers === before) {
        expect(model.nowMs).toBeLessThan(limitMs);
        model.play({ kind: 'wake' });
      }
    }),
    { numRuns: runs(100) },
  );
});

test('the same events give the same effects', () => {
  fc.assert(
    fc.property(configuration, steps(40), (settings, played) => {
      const ends = [play(settings, played), play(settings, played)].map(
        ({ model, coordinator }) => [
          model.triggers,
          model.failedJobs,
          coordinator.nextWakeMs,
          coordinator.pendingIds,
          coordinator.retained,
        ],
      );
      expect(ends[0]).toEqual(ends[1]);
    }),
    { numRuns: runs(50) },
  );
});
