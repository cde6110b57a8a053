/**
 * What a process function is: the public API of `drey/engine`, types only but for one function. The
 * words are those of Flink's KeyedProcessFunction. How SQL values and JavaScript values correspond:
 * docs/guide/process-functions.md.
 */
import type { StateTtl } from '../state/ttl/state-ttl.ts';

/** A value of a row. SQL NULL is null. */
export type Cell =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Cell[]
  | { readonly [name: string]: Cell };

/** A row by column. */
export type Row = Readonly<Record<string, Cell>>;

/**
 * Handles the rows of a stream one by one, each with the state and the timers of its key. Calls are
 * synchronous, one at a time, in the order of the rows; what a call changes is in the next snapshot
 * as a whole or not at all.
 *
 * A module's default export is an object of this shape, of which each job makes its own copy, or a
 * class of it, of which each job makes an instance. Fields other than state are lost at a restore.
 */
export interface ProcessFunction<Input = Row, Output = Row> {
  /** Called once, before any row: the place to declare state. */
  open?(context: OpenContext): void;
  /** Called for each row. */
  processElement(row: Input, context: ProcessContext<Output>, out: Collector<Output>): void;
  /** Called when a timer fires. Timers of one time fire in the order in which they were set. */
  onTimer?(timestampMs: number, context: TimerContext<Output>, out: Collector<Output>): void;
  /** Called once at the end, also after a failure. */
  close?(): void;
}

/** A window of SQL: milliseconds of its bounds, on the clocks of `table.local-time-zone`. */
export interface WindowBounds {
  readonly startMs: number;
  /** The first moment behind it. */
  readonly endMs: number;
}

/**
 * What a module exports for a node with a `window`: handles all rows of a key in a window at once,
 * when the window is over. The rest is as for a ProcessFunction.
 */
export interface WindowFunction<Input = Row, Output = Row> {
  /** Called once, before any row: state that is declared here is that of the key over all windows. */
  open?(context: OpenContext): void;
  /**
   * Called for each window and key that has rows, which come in the order in which they arrived and
   * are frozen. The time of what is emitted is the last moment of the window.
   */
  processWindow(
    window: WindowBounds,
    rows: readonly Input[],
    context: WindowContext<Output>,
    out: Collector<Output>,
  ): void;
  close?(): void;
}

/** What a call for a window knows and can do: it has no timers of its own. */
export type WindowContext<Output = Row> = Pick<
  ProcessContext<Output>,
  'key' | 'timestampMs' | 'currentWatermark' | 'currentProcessingTime' | 'sideOutput'
>;

/**
 * Gives the definition back as it is, with its types checked. `Fields`: what `open` sets on `this`.
 */
export function defineProcessFunction<
  Input = Row,
  Output = Row,
  Fields extends object = Record<never, never>,
>(
  definition: ProcessFunction<Input, Output> & ThisType<ProcessFunction<Input, Output> & Fields>,
): ProcessFunction<Input, Output> {
  return definition;
}

/** Takes rows of the main output: the `columns` of the node. */
export interface Collector<Output = Row> {
  /**
   * Emits a row. A column that is left out is NULL; the time attribute is then the time of the row
   * or timer at hand. A column that the node does not declare, or a value that does not fit its
   * type, is an error.
   */
  collect(row: Output): void;
}

/** Where state is declared. States are told apart by name, in snapshots too. */
export interface OpenContext {
  /** One value for each key. */
  valueState<T>(name: string, options?: StateOptions): ValueState<T>;
  /** A list for each key. */
  listState<T>(name: string, options?: StateOptions): ListState<T>;
  /** A map for each key. */
  mapState<K extends string | number | bigint | boolean, V>(
    name: string,
    options?: StateOptions,
  ): MapState<K, V>;
  /** One value for each key that those added are reduced to. */
  reducingState<T>(name: string, options: ReducingOptions<T>): ReducingState<T>;
  /** An accumulator for each key that those added are aggregated in. */
  aggregatingState<In, Acc, Out>(
    name: string,
    options: AggregatingOptions<In, Acc, Out>,
  ): AggregatingState<In, Out>;
}

export interface StateOptions {
  /** How long values live; for ever when left out. */
  readonly ttl?: StateTtl;
}

export interface ReducingOptions<T> extends StateOptions {
  /** Of what is there and what is added; the first value that is added is kept as it is. */
  readonly reduce: (before: T, added: T) => T;
}

export interface AggregatingOptions<In, Acc, Out> extends StateOptions {
  /** What a key starts from. */
  readonly createAccumulator: () => Acc;
  /** The accumulator with the value; those in state are frozen, so give a new one. */
  readonly add: (added: In, accumulator: Acc) => Acc;
  readonly getResult: (accumulator: Acc) => Out;
}

/** What a call knows and can do besides emitting rows. */
export interface ProcessContext<Output = Row> {
  /** The key of the row or timer, by column of `key-by`. */
  readonly key: Row;
  /**
   * Epoch milliseconds of the row (its time attribute) or of the event-time timer; null without a
   * time attribute and in timers of processing time.
   */
  readonly timestampMs: number | null;
  /** Epoch milliseconds; -Infinity before the first one, Infinity when the input has ended. */
  readonly currentWatermark: number;
  /** Epoch milliseconds on the clock of the engine. */
  currentProcessingTime(): number;
  /**
   * Sets a timer of this key, in epoch milliseconds. It fires when the watermark has come to that
   * time; one in the past with the next watermark. Setting it twice is setting it once.
   */
  registerEventTimeTimer(timestampMs: number): void;
  /** No effect when there is no such timer. */
  deleteEventTimeTimer(timestampMs: number): void;
  /** As above, on the clock of the engine. At the end of the input such timers are dropped. */
  registerProcessingTimeTimer(timestampMs: number): void;
  deleteProcessingTimeTimer(timestampMs: number): void;
  /** Emits a row to a side output that the node declares under `sides`. */
  sideOutput(name: string, row: Partial<Output> | Row): void;
}

export interface TimerContext<Output = Row> extends ProcessContext<Output> {
  readonly timeDomain: 'eventTime' | 'processingTime';
}

/**
 * A value of the current key. What state can hold: null, booleans, numbers, bigint, texts,
 * Uint8Array, and arrays and plain objects of these. It is copied on its way in and frozen: build a
 * new value and `update`.
 */
export interface ValueState<T> {
  /** Null when there is none. */
  value(): T | null;
  update(value: T): void;
  clear(): void;
}

/** A list of the current key. */
export interface ListState<T> {
  /** A new array; empty when there is none. */
  get(): T[];
  add(value: T): void;
  addAll(values: readonly T[]): void;
  /** Puts these values in the place of all that are there. */
  update(values: readonly T[]): void;
  clear(): void;
}

/** A map of the current key. 1 and '1' are two keys. Entries are in the order they were put. */
export interface MapState<K, V> {
  /** Null when there is none. */
  get(key: K): V | null;
  put(key: K, value: V): void;
  contains(key: K): boolean;
  remove(key: K): void;
  /** New arrays. */
  entries(): (readonly [K, V])[];
  keys(): K[];
  values(): V[];
  isEmpty(): boolean;
  clear(): void;
}

/** A value of the current key that values are reduced to. */
export interface ReducingState<T> {
  /** Null when nothing was added. */
  get(): T | null;
  add(value: T): void;
  clear(): void;
}

/** An aggregate of the current key. */
export interface AggregatingState<In, Out> {
  /** Null when nothing was added. */
  get(): Out | null;
  add(value: In): void;
  clear(): void;
}
