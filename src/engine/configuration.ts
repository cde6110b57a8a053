/**
 * The door to the rules of the engine's configuration: defaults, bounds and contradictions. They are
 * pure, so whoever checks a pipeline file does without the engine itself.
 * Invariant: nothing in here imports the task, the operators or a storage.
 */
export {
  CHECKPOINT_CONFIGURATION_DEFAULT,
  checkConfiguration,
  checkpointKeys,
  effectiveConfiguration,
} from './checkpoint/checkpoint-configuration.ts';
export type { CheckpointConfiguration } from './checkpoint/checkpoint-configuration.ts';
export {
  ATTEMPTS_INFINITE,
  checkRestartStrategy,
  EXPONENTIAL_DELAY_DEFAULT,
  FAILURE_RATE_DEFAULT,
  FIXED_DELAY_DEFAULT,
  RESTART_STRATEGY_KEY,
  restartStrategyDefault,
  restartStrategyKeys,
  restartStrategyNamed,
} from './failover/restart-strategy.ts';
export type { RestartStrategy } from './failover/restart-strategy.ts';
export { defaultMaxParallelism } from './state/key-groups.ts';
export { BUFFER_TIMEOUT_MS } from './task/buffer-timeout.ts';
