import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BugError,
  EngineError,
  InputError,
  InterruptedError,
  RefusedError,
  UnreachableError,
  UsageError,
  VerificationError,
} from '../../../src/errors/drey-error.ts';
import { decideRestart, NO_RESTARTS } from '../../../src/engine/failover/decide-restart.ts';
import { isRestartable } from '../../../src/engine/failover/restartable.ts';
import {
  checkRestartStrategy,
  EXPONENTIAL_DELAY_DEFAULT,
  FAILURE_RATE_DEFAULT,
  FIXED_DELAY_DEFAULT,
  RESTART_STRATEGY_KEY,
  restartStrategyDefault,
  restartStrategyKeys,
  restartStrategyNamed,
  type ExponentialDelay,
  type RestartStrategy,
} from '../../../src/engine/failover/restart-strategy.ts';
import { configurationKeys } from '../../../src/pipeline/spec/configuration/configuration.ts';
import { runs } from '../../support/property-runs.ts';

const FAILURE = new EngineError('DREY_PROCESS_FAILED', 'the function threw');

/** What follows failures at these times: the delay of a restart, or why there is none. */
function play(
  strategy: RestartStrategy,
  failuresAtMs: readonly number[],
  random = 0.5,
): readonly (number | string)[] {
  let state = NO_RESTARTS;
  return failuresAtMs.map((nowMs) => {
    const outcome = decideRestart(strategy, state, FAILURE, {
      nowMs,
      random,
      completedCheckpoints: 0,
      isOfCheckpoints: false,
    });
    state = outcome.state;
    const { decision } = outcome;
    return decision.kind === 'restart' ? decision.delayMs : decision.because;
  });
}

test('no strategy restarts nothing', () => {
  expect(play({ kind: 'none' }, [0])).toEqual(['no-restarts']);
});

test('a fixed delay restarts as often as it has attempts', () => {
  const strategy = { ...FIXED_DELAY_DEFAULT, attemptsMax: 2, delayMs: 30 };
  expect(play(strategy, [0, 1e6, 2e6])).toEqual([30, 30, 'attempts-used']);
  expect(play({ ...strategy, attemptsMax: 0 }, [0])).toEqual(['attempts-used']);
});

test('a failure rate ends the job at one failure more than it allows within the interval', () => {
  const strategy = { ...FAILURE_RATE_DEFAULT, failuresMax: 2, intervalMs: 100, delayMs: 5 };
  expect(play(strategy, [0, 50, 100])).toEqual([5, 5, 'rate-exceeded']);
  expect(play(strategy, [0, 50, 101, 151, 152])).toEqual([5, 5, 5, 5, 'rate-exceeded']);
});

test('an exponential delay grows by its multiplier up to its bound', () => {
  const plain: ExponentialDelay = { ...EXPONENTIAL_DELAY_DEFAULT, jitterFactor: 0 };
  const failuresAtMs = [0, 1, 2, 3, 4, 5].map((index) => index * 100_000);
  expect(play(plain, failuresAtMs)).toEqual([1_000, 1_500, 2_250, 3_375, 5_062, 7_593]);
  const many = Array.from({ length: 2_000 }, (_, index) => index * 100_000);
  expect(play(plain, many).at(-1)).toBe(60_000);
});

test('a job that ran long enough begins with the initial backoff again', () => {
  const plain: ExponentialDelay = { ...EXPONENTIAL_DELAY_DEFAULT, jitterFactor: 0 };
  const restartedAtMs = 2_500;
  expect(play(plain, [0, 1_001, restartedAtMs + 3_600_001])).toEqual([1_000, 1_500, 1_000]);
  expect(play(plain, [0, 1_001, restartedAtMs + 3_600_000])).toEqual([1_000, 1_500, 2_250]);
});

test('attempts of an exponential delay are counted since the backoff was reset', () => {
  const strategy = { ...EXPONENTIAL_DELAY_DEFAULT, jitterFactor: 0, attemptsMax: 2 };
  expect(play(strategy, [0, 5_000, 10_000])).toEqual([1_000, 1_500, 'attempts-used']);
  expect(play(strategy, [0, 5_000, 4e6, 4.1e6])).toEqual([1_000, 1_500, 1_000, 1_500]);
});

test('what fails before the restart is due belongs to the failure before', () => {
  expect(play({ ...EXPONENTIAL_DELAY_DEFAULT, jitterFactor: 0 }, [0, 400, 1_000, 1_001])).toEqual([
    1_000, 600, 0, 1_500,
  ]);
});

test('exponential delays keep to the formula, whatever the settings and the random numbers', () => {
  const settings = fc.record({
    initialBackoffMs: fc.integer({ min: 1, max: 10_000 }),
    moreMs: fc.nat({ max: 1_000_000 }),
    backoffMultiplier: fc.double({ min: 1.01, max: 10, noNaN: true }),
    jitterFactor: fc.double({ min: 0, max: 1, noNaN: true }),
    randoms: fc.array(fc.double({ min: 0, max: 0.999_999_999, noNaN: true }), { maxLength: 150 }),
  });
  fc.assert(
    fc.property(settings, ({ moreMs, randoms, ...rest }) => {
      const maxBackoffMs = rest.initialBackoffMs + moreMs;
      const strategy = { ...EXPONENTIAL_DELAY_DEFAULT, ...rest, maxBackoffMs };
      let state = NO_RESTARTS;
      let nowMs = 0;
      for (const [index, random] of randoms.entries()) {
        const outcome = decideRestart(strategy, state, FAILURE, {
          nowMs,
          random,
          completedCheckpoints: 0,
          isOfCheckpoints: false,
        });
        state = outcome.state;
        if (outcome.decision.kind !== 'restart') throw new Error('it restarts for ever');
        const { delayMs, attempt } = outcome.decision;
        const plainMs = rest.initialBackoffMs * rest.backoffMultiplier ** index;
        const bounded = (ms: number): number =>
          Math.max(rest.initialBackoffMs, Math.min(ms, maxBackoffMs));
        expect(attempt).toBe(index + 1);
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(
          bounded(Math.floor(plainMs * (1 - rest.jitterFactor)) - 1),
        );
        expect(delayMs).toBeLessThanOrEqual(bounded(plainMs * (1 + rest.jitterFactor)));
        nowMs = state.restartAtMs + 1;
      }
    }),
    { numRuns: runs(100) },
  );
});

test('jitter reaches both sides of the backoff', () => {
  const strategy = { ...EXPONENTIAL_DELAY_DEFAULT, initialBackoffMs: 100 };
  const second = (random: number): number | string | undefined =>
    play(strategy, [0, 1_000], random)[1];
  expect([second(0), second(0.5), second(0.999_999)]).toEqual([135, 150, 165]);
});

test('only what may pass is restarted', () => {
  const never = [
    new InputError('DREY_RECORD_UNREADABLE', 'line 3'),
    new UsageError('DREY_BUG', 'usage'),
    new VerificationError('DREY_BUG', 'corrupt'),
    new BugError('DREY_BUG', 'bug'),
    new InterruptedError('SIGTERM', 'stopped'),
    new TypeError('undefined is not a function'),
    'a text',
  ];
  expect(never.filter(isRestartable)).toEqual([]);
  const passing = [
    FAILURE,
    new UnreachableError('DREY_UNREACHABLE', 'no answer'),
    new RefusedError('DREY_FILE_IO_ERROR', 'input/output error'),
    new InputError('DREY_FILE_DENIED', 'denied', { retry: 'later' }),
  ];
  expect(passing.filter((failure) => !isRestartable(failure))).toEqual([]);
  const moment = { nowMs: 0, random: 0, completedCheckpoints: 0, isOfCheckpoints: false };
  const { decision } = decideRestart(EXPONENTIAL_DELAY_DEFAULT, NO_RESTARTS, never[0], moment);
  expect(decision).toEqual({ kind: 'give-up', because: 'not-restartable' });
});

test('names and defaults are those of Flink', () => {
  expect(restartStrategyDefault(false)).toEqual({ kind: 'none' });
  expect(restartStrategyDefault(true)).toEqual(EXPONENTIAL_DELAY_DEFAULT);
  const names = [
    'none',
    'OFF',
    'disable',
    'fixed-delay',
    'FixedDelay',
    'failure-rate',
    'sometimes',
  ];
  expect(names.map(restartStrategyNamed)).toEqual([
    'none',
    'none',
    'none',
    'fixed-delay',
    'fixed-delay',
    'failure-rate',
    null,
  ]);
  const keys = Object.values(restartStrategyKeys).flatMap((byField) => Object.values(byField));
  const unknown = [RESTART_STRATEGY_KEY, ...keys].filter(
    (key) => !Object.hasOwn(configurationKeys, key),
  );
  expect(unknown).toEqual([]);
});

test('settings out of bounds are named', () => {
  const defaults = [FIXED_DELAY_DEFAULT, FAILURE_RATE_DEFAULT, EXPONENTIAL_DELAY_DEFAULT];
  expect(defaults.flatMap(checkRestartStrategy)).toEqual([]);
  const cases: readonly (readonly [RestartStrategy, string])[] = [
    [
      { ...FIXED_DELAY_DEFAULT, attemptsMax: -1 },
      'fixed-delay.attempts is -1; it must be at least',
    ],
    [{ ...FAILURE_RATE_DEFAULT, failuresMax: 0 }, 'max-failures-per-interval is 0; it must be at'],
    [{ ...EXPONENTIAL_DELAY_DEFAULT, backoffMultiplier: 1 }, 'is 1; it must be greater than 1.'],
    [{ ...EXPONENTIAL_DELAY_DEFAULT, jitterFactor: 1.5 }, 'is 1.5; it must be from 0 to 1.'],
    [{ ...EXPONENTIAL_DELAY_DEFAULT, maxBackoffMs: 999 }, 'initial-backoff is longer than restart'],
    [
      { ...EXPONENTIAL_DELAY_DEFAULT, attemptsMax: 0 },
      'reset-backoff is 0; it must be at least 1.',
    ],
  ];
  for (const [strategy, text] of cases) {
    const found = checkRestartStrategy(strategy);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(text);
  }
});

test('too many failed checkpoints end the job when restarts did not help', () => {
  const failure = new EngineError('DREY_CHECKPOINTS_FAILED', 'no space is left');
  const outcomes = (completed: readonly number[], strategy: RestartStrategy) => {
    let state = NO_RESTARTS;
    return completed.map((completedCheckpoints, index) => {
      const moment = {
        nowMs: index * 100_000,
        random: 0.5,
        completedCheckpoints,
        isOfCheckpoints: true,
      };
      const outcome = decideRestart(strategy, state, failure, moment);
      state = outcome.state;
      return outcome.decision.kind;
    });
  };
  const endless = EXPONENTIAL_DELAY_DEFAULT;
  const threeTimes = ['restart', 'restart', 'restart', 'give-up'];
  expect(outcomes([0, 0, 0, 0], endless)).toEqual(threeTimes);
  expect(outcomes([3, 4, 4, 4, 4], endless)).toEqual(['restart', ...threeTimes]);
  // Who has said how often is restarted that often.
  const limited = { ...FIXED_DELAY_DEFAULT, attemptsMax: 2 };
  expect(outcomes([0, 0, 0], limited)).toEqual(['restart', 'restart', 'give-up']);
});
