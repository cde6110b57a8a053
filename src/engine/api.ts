/**
 * `drey/engine`: the public door for process functions and async functions. A module needs it for types only; what runs
 * it is drey itself. Stable: breaking it is a major version.
 */
export {
  defineAsyncFunction,
  type AsyncContext,
  type AsyncFunction,
  type AsyncResult,
} from './async/async-function.ts';
export {
  defineProcessFunction,
  type AggregatingOptions,
  type AggregatingState,
  type Cell,
  type Collector,
  type ListState,
  type MapState,
  type OpenContext,
  type ProcessContext,
  type ProcessFunction,
  type ReducingOptions,
  type ReducingState,
  type Row,
  type StateOptions,
  type TimerContext,
  type ValueState,
  type WindowBounds,
  type WindowContext,
  type WindowFunction,
} from './process/process-function.ts';
export type { StateTtl, TtlCleanup, TtlUpdate, TtlVisibility } from './state/ttl/state-ttl.ts';
