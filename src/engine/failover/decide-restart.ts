/**
 * Whether a job that has failed starts again, and when: a pure function over what has failed before.
 * Invariant: what is given back is the whole memory; the same failures at the same times, with the
 * same random numbers, lead to the same restarts.
 */
import { isRestartable } from './restartable.ts';
import type { ExponentialDelay, FailureRate, RestartStrategy } from './restart-strategy.ts';

export interface RestartState {
  /** Restarts since the start of the job, or since the backoff was reset. */
  readonly attempts: number;
  /** Latest failures, oldest first; only for `failure-rate`. */
  readonly failuresAtMs: readonly number[];
  /** When the last restart was due. */
  readonly restartAtMs: number;
  /** Restarts because of checkpoints since one was completed; see FailureMoment. */
  readonly fruitless: { readonly restarts: number; readonly completedCheckpoints: number };
}

export const NO_RESTARTS: RestartState = {
  attempts: 0,
  failuresAtMs: [],
  restartAtMs: -Infinity,
  fruitless: { restarts: 0, completedCheckpoints: 0 },
};

/**
 * Restarts in a row because checkpoints cannot be written or read, with none completed in between.
 * A restart may cure a disk; three that did not show that it takes somebody to mend it.
 */
const FRUITLESS_MAX = 3;

export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly attempt: number }
  | {
      readonly kind: 'give-up';
      readonly because:
        | 'not-restartable'
        | 'no-restarts'
        | 'attempts-used'
        | 'rate-exceeded'
        | 'no-checkpoint-since';
    };

export interface FailureMoment {
  /** The monotonic clock. */
  readonly nowMs: number;
  /** In [0, 1), drawn for this decision. */
  readonly random: number;
  /** Complete checkpoints of the job, over all its attempts. */
  readonly completedCheckpoints: number;
  /** Too many checkpoints have failed, or the latest one cannot be read. */
  readonly isOfCheckpoints: boolean;
}

interface Outcome {
  readonly state: RestartState;
  readonly decision: RestartDecision;
}

export function decideRestart(
  strategy: RestartStrategy,
  before: RestartState,
  failure: unknown,
  moment: FailureMoment,
): Outcome {
  if (!isRestartable(failure)) return giveUp(before, 'not-restartable');
  const state = moment.isOfCheckpoints ? withFruitless(before, moment) : before;
  // Unlike Flink, which restarts for ever and reads the same rows again and again.
  if (isEndless(strategy) && state.fruitless.restarts > FRUITLESS_MAX) {
    return giveUp(state, 'no-checkpoint-since');
  }
  switch (strategy.kind) {
    case 'none':
      return giveUp(state, 'no-restarts');
    case 'fixed-delay':
      if (state.attempts >= strategy.attemptsMax) return giveUp(state, 'attempts-used');
      return restart(state, moment.nowMs, strategy.delayMs);
    case 'failure-rate':
      return decideByRate(strategy, state, moment.nowMs);
    case 'exponential-delay':
      return decideByBackoff(strategy, state, moment);
  }
}

function withFruitless(state: RestartState, { completedCheckpoints }: FailureMoment): RestartState {
  const isSame = state.fruitless.completedCheckpoints === completedCheckpoints;
  const restarts = isSame ? state.fruitless.restarts + 1 : 1;
  return { ...state, fruitless: { restarts, completedCheckpoints } };
}

const isEndless = (strategy: RestartStrategy): boolean =>
  strategy.kind === 'exponential-delay' && strategy.attemptsMax === Infinity;

/** As Flink: one failure more than allowed within the interval ends the job. */
function decideByRate(strategy: FailureRate, state: RestartState, nowMs: number): Outcome {
  const failuresAtMs = [...state.failuresAtMs, nowMs].slice(-(strategy.failuresMax + 1));
  const next = { ...state, failuresAtMs };
  const [oldestMs] = failuresAtMs;
  const isFull = failuresAtMs.length > strategy.failuresMax;
  if (isFull && oldestMs !== undefined && nowMs - oldestMs <= strategy.intervalMs) {
    return giveUp(next, 'rate-exceeded');
  }
  return restart(next, nowMs, strategy.delayMs);
}

function decideByBackoff(
  strategy: ExponentialDelay,
  state: RestartState,
  moment: FailureMoment,
): Outcome {
  const { nowMs, random } = moment;
  // As Flink: what fails before the restart that is due already belongs to the same failure.
  if (nowMs <= state.restartAtMs) {
    const delayMs = state.restartAtMs - nowMs;
    return { state, decision: { kind: 'restart', delayMs, attempt: state.attempts } };
  }
  const isReset = nowMs - state.restartAtMs >= strategy.resetThresholdMs;
  const attempts = isReset ? 0 : state.attempts;
  if (attempts >= strategy.attemptsMax) return giveUp(state, 'attempts-used');
  return restart({ ...state, attempts }, nowMs, backoffMs(strategy, attempts, random));
}

/**
 * As Flink: jitter is added before the bounds are applied, so the first restart never comes before
 * the initial backoff. Unlike Flink, whose sum overflows after about 90 restarts, the backoff is
 * bounded first.
 */
function backoffMs(strategy: ExponentialDelay, attempts: number, random: number): number {
  const { initialBackoffMs, maxBackoffMs, backoffMultiplier, jitterFactor } = strategy;
  const grownMs = Math.floor(initialBackoffMs * backoffMultiplier ** attempts);
  const plainMs = Math.min(grownMs, Number.MAX_SAFE_INTEGER / 4);
  const offsetMs = Math.floor(plainMs * jitterFactor);
  const jitterMs = Math.floor(random * (2 * offsetMs + 1)) - offsetMs;
  return Math.max(initialBackoffMs, Math.min(plainMs + jitterMs, maxBackoffMs));
}

function restart(state: RestartState, nowMs: number, delayMs: number): Outcome {
  const attempts = state.attempts + 1;
  return {
    state: { ...state, attempts, restartAtMs: nowMs + delayMs },
    decision: { kind: 'restart', delayMs, attempt: attempts },
  };
}

function giveUp(
  state: RestartState,
  because: Extract<RestartDecision, { kind: 'give-up' }>['because'],
): Outcome {
  return { state, decision: { kind: 'give-up', because } };
}
