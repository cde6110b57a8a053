/**
 * The restart strategies as data: Flink's keys, names and defaults, and what of it is out of bounds.
 * Source: RestartStrategyOptions and the RestartBackoffTimeStrategy classes of Flink 2.3.
 */

export interface FixedDelay {
  readonly kind: 'fixed-delay';
  readonly attemptsMax: number;
  readonly delayMs: number;
}

export interface FailureRate {
  readonly kind: 'failure-rate';
  readonly failuresMax: number;
  readonly intervalMs: number;
  readonly delayMs: number;
}

export interface ExponentialDelay {
  readonly kind: 'exponential-delay';
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly backoffMultiplier: number;
  /** A job that has run that long since its last restart begins with the initial backoff again. */
  readonly resetThresholdMs: number;
  /** Share of the backoff by which it is longer or shorter at random. */
  readonly jitterFactor: number;
  /** Restarts before the job fails; counted anew when the backoff is reset. Infinity: no limit. */
  readonly attemptsMax: number;
}

export type RestartStrategy =
  { readonly kind: 'none' } | FixedDelay | FailureRate | ExponentialDelay;

export const FIXED_DELAY_DEFAULT: FixedDelay = {
  kind: 'fixed-delay',
  attemptsMax: 1,
  delayMs: 1_000,
};

export const FAILURE_RATE_DEFAULT: FailureRate = {
  kind: 'failure-rate',
  failuresMax: 1,
  intervalMs: 60_000,
  delayMs: 1_000,
};

export const EXPONENTIAL_DELAY_DEFAULT: ExponentialDelay = {
  kind: 'exponential-delay',
  initialBackoffMs: 1_000,
  maxBackoffMs: 60_000,
  backoffMultiplier: 1.5,
  resetThresholdMs: 3_600_000,
  jitterFactor: 0.1,
  attemptsMax: Infinity,
};

/** In Flink infinite is its largest integer. */
export const ATTEMPTS_INFINITE = 2_147_483_647;

export const RESTART_STRATEGY_KEY = 'restart-strategy.type';

type KeysOf<Strategy> = Readonly<Record<Exclude<keyof Strategy, 'kind'>, string>>;

export const restartStrategyKeys: {
  readonly 'fixed-delay': KeysOf<FixedDelay>;
  readonly 'failure-rate': KeysOf<FailureRate>;
  readonly 'exponential-delay': KeysOf<ExponentialDelay>;
} = {
  'fixed-delay': {
    attemptsMax: 'restart-strategy.fixed-delay.attempts',
    delayMs: 'restart-strategy.fixed-delay.delay',
  },
  'failure-rate': {
    failuresMax: 'restart-strategy.failure-rate.max-failures-per-interval',
    intervalMs: 'restart-strategy.failure-rate.failure-rate-interval',
    delayMs: 'restart-strategy.failure-rate.delay',
  },
  'exponential-delay': {
    initialBackoffMs: 'restart-strategy.exponential-delay.initial-backoff',
    maxBackoffMs: 'restart-strategy.exponential-delay.max-backoff',
    backoffMultiplier: 'restart-strategy.exponential-delay.backoff-multiplier',
    resetThresholdMs: 'restart-strategy.exponential-delay.reset-backoff-threshold',
    jitterFactor: 'restart-strategy.exponential-delay.jitter-factor',
    attemptsMax: 'restart-strategy.exponential-delay.attempts-before-reset-backoff',
  },
};

/** What Flink takes for each, in any letter case. */
const strategyNames: Readonly<Record<string, RestartStrategy['kind']>> = {
  none: 'none',
  off: 'none',
  disable: 'none',
  fixeddelay: 'fixed-delay',
  'fixed-delay': 'fixed-delay',
  failurerate: 'failure-rate',
  'failure-rate': 'failure-rate',
  exponentialdelay: 'exponential-delay',
  'exponential-delay': 'exponential-delay',
};

/** Null: Flink knows no such strategy. */
export function restartStrategyNamed(text: string): RestartStrategy['kind'] | null {
  const name = text.toLowerCase();
  return Object.hasOwn(strategyNames, name) ? (strategyNames[name] ?? null) : null;
}

/** When none is configured. As Flink: who has checkpoints is restarted for ever. */
export function restartStrategyDefault(hasCheckpoints: boolean): RestartStrategy {
  return hasCheckpoints ? EXPONENTIAL_DELAY_DEFAULT : { kind: 'none' };
}

/** Sentences that name key, value and bound; empty when all is well. */
export function checkRestartStrategy(strategy: RestartStrategy): readonly string[] {
  switch (strategy.kind) {
    case 'none':
      return [];
    case 'fixed-delay': {
      const keys = restartStrategyKeys['fixed-delay'];
      return [
        ...atLeast(keys.attemptsMax, strategy.attemptsMax, 0),
        ...atLeast(keys.delayMs, strategy.delayMs, 0),
      ];
    }
    case 'failure-rate': {
      const keys = restartStrategyKeys['failure-rate'];
      return [
        ...atLeast(keys.failuresMax, strategy.failuresMax, 1),
        ...atLeast(keys.intervalMs, strategy.intervalMs, 1),
        ...atLeast(keys.delayMs, strategy.delayMs, 0),
      ];
    }
    case 'exponential-delay':
      return checkExponentialDelay(strategy);
  }
}

function checkExponentialDelay(strategy: ExponentialDelay): readonly string[] {
  const keys = restartStrategyKeys['exponential-delay'];
  const { initialBackoffMs, maxBackoffMs, backoffMultiplier, jitterFactor } = strategy;
  return [
    ...atLeast(keys.initialBackoffMs, initialBackoffMs, 1),
    ...atLeast(keys.maxBackoffMs, maxBackoffMs, 1),
    ...atLeast(keys.resetThresholdMs, strategy.resetThresholdMs, 1),
    ...atLeast(keys.attemptsMax, strategy.attemptsMax, 1),
    ...(initialBackoffMs <= maxBackoffMs
      ? []
      : [`${keys.initialBackoffMs} is longer than ${keys.maxBackoffMs}.`]),
    ...(backoffMultiplier > 1
      ? []
      : [`${keys.backoffMultiplier} is ${backoffMultiplier}; it must be greater than 1.`]),
    ...(jitterFactor >= 0 && jitterFactor <= 1
      ? []
      : [`${keys.jitterFactor} is ${jitterFactor}; it must be from 0 to 1.`]),
  ];
}

function atLeast(key: string, value: number, min: number): readonly string[] {
  return value >= min ? [] : [`${key} is ${value}; it must be at least ${min}.`];
}
