/** Flink's keys of restart strategies in a pipeline file as the engine's strategy. */
import {
  ATTEMPTS_INFINITE,
  checkRestartStrategy,
  EXPONENTIAL_DELAY_DEFAULT,
  FAILURE_RATE_DEFAULT,
  FIXED_DELAY_DEFAULT,
  RESTART_STRATEGY_KEY,
  restartStrategyDefault,
  restartStrategyKeys,
  restartStrategyNamed,
  type RestartStrategy,
} from '../../engine/configuration.ts';
import { keyNamed, type ConfiguredValues } from './configured-values.ts';

const typeKey = keyNamed(RESTART_STRATEGY_KEY);

/** `hasCheckpoints`: what Flink decides by when no strategy is named. */
export function readRestartStrategy(
  values: ConfiguredValues,
  hasCheckpoints: boolean,
): RestartStrategy {
  const strategy = readStrategy(values, hasCheckpoints);
  for (const problem of checkRestartStrategy(strategy)) {
    const named = keysOf(strategy).find((name) => problem.startsWith(`${name} `));
    values.report(keyNamed(named ?? RESTART_STRATEGY_KEY), 'error', problem);
  }
  return strategy;
}

function keysOf(strategy: RestartStrategy): readonly string[] {
  return strategy.kind === 'none' ? [] : Object.values(restartStrategyKeys[strategy.kind]);
}

function readStrategy(values: ConfiguredValues, hasCheckpoints: boolean): RestartStrategy {
  const text = values.text(typeKey);
  const kind =
    text === null ? restartStrategyDefault(hasCheckpoints).kind : restartStrategyNamed(text);
  const duration = (name: string, otherwise: number): number =>
    values.durationMs(keyNamed(name)) ?? otherwise;
  const number = (name: string, otherwise: number): number =>
    values.number(keyNamed(name)) ?? otherwise;
  switch (kind) {
    case null:
      values.report(
        typeKey,
        'error',
        `${RESTART_STRATEGY_KEY} is ${text ?? ''}, which is no restart strategy.`,
        {
          hint: 'Write none, fixed-delay, failure-rate or exponential-delay.',
        },
      );
      return { kind: 'none' };
    case 'none':
      return { kind };
    case 'fixed-delay': {
      const keys = restartStrategyKeys[kind];
      return {
        kind,
        attemptsMax: number(keys.attemptsMax, FIXED_DELAY_DEFAULT.attemptsMax),
        delayMs: duration(keys.delayMs, FIXED_DELAY_DEFAULT.delayMs),
      };
    }
    case 'failure-rate': {
      const keys = restartStrategyKeys[kind];
      return {
        kind,
        failuresMax: number(keys.failuresMax, FAILURE_RATE_DEFAULT.failuresMax),
        intervalMs: duration(keys.intervalMs, FAILURE_RATE_DEFAULT.intervalMs),
        delayMs: duration(keys.delayMs, FAILURE_RATE_DEFAULT.delayMs),
      };
    }
    case 'exponential-delay': {
      const keys = restartStrategyKeys[kind];
      const otherwise = EXPONENTIAL_DELAY_DEFAULT;
      const attempts = number(keys.attemptsMax, ATTEMPTS_INFINITE);
      return {
        kind,
        initialBackoffMs: duration(keys.initialBackoffMs, otherwise.initialBackoffMs),
        maxBackoffMs: duration(keys.maxBackoffMs, otherwise.maxBackoffMs),
        backoffMultiplier: number(keys.backoffMultiplier, otherwise.backoffMultiplier),
        resetThresholdMs: duration(keys.resetThresholdMs, otherwise.resetThresholdMs),
        jitterFactor: number(keys.jitterFactor, otherwise.jitterFactor),
        attemptsMax: attempts === ATTEMPTS_INFINITE ? Infinity : attempts,
      };
    }
  }
}
