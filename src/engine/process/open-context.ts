/** The context of `open`: where the states of a function are declared. */
import type { KeyedStates, TablesByKind } from '../state/keyed/keyed-states.ts';
import type { TableKind } from '../state/keyed/keyed-table.ts';
import type { MapKey } from '../state/keyed/map-table.ts';
import { ttlConfiguration } from '../state/ttl/ttl-configuration.ts';
import type { CallScope } from './call-scope.ts';
import { Misuse } from './misuse.ts';
import {
  AggregatingStateHandle,
  ReducingStateHandle,
  type Aggregation,
} from './aggregate-handles.ts';
import type {
  AggregatingOptions,
  AggregatingState,
  ListState,
  MapState,
  OpenContext,
  ReducingOptions,
  ReducingState,
  StateOptions,
  ValueState,
} from './process-function.ts';
import { ListStateHandle, MapStateHandle, ValueStateHandle } from './state-handles.ts';

export class FunctionOpenContext implements OpenContext {
  readonly #states: KeyedStates;
  readonly #scope: CallScope;
  #isOpen = true;

  constructor(states: KeyedStates, scope: CallScope) {
    this.#states = states;
    this.#scope = scope;
  }

  /** `open` has returned; no state can be declared any more. */
  close(): void {
    this.#isOpen = false;
  }

  valueState<T>(name: string, options?: StateOptions): ValueState<T> {
    const table = this.#declare('value', name, options);
    return new ValueStateHandle({ name, table, scope: this.#scope }) as ValueState<T>;
  }

  listState<T>(name: string, options?: StateOptions): ListState<T> {
    const table = this.#declare('list', name, options);
    return new ListStateHandle({ name, table, scope: this.#scope }) as ListState<T>;
  }

  mapState<K extends MapKey, V>(name: string, options?: StateOptions): MapState<K, V> {
    const table = this.#declare('map', name, options);
    const handle = new MapStateHandle({ name, table, scope: this.#scope });
    return handle as unknown as MapState<K, V>;
  }

  reducingState<T>(name: string, options: ReducingOptions<T>): ReducingState<T> {
    requireFunctions(name, options, ['reduce']);
    const table = this.#declare('reducing', name, options);
    const handle = { name, table, scope: this.#scope };
    // The author's functions get what they gave: nothing else is ever kept in this state.
    const reduction = options as unknown as ReducingOptions<unknown>;
    return new ReducingStateHandle(handle, reduction) as ReducingState<T>;
  }

  aggregatingState<In, Acc, Out>(
    name: string,
    options: AggregatingOptions<In, Acc, Out>,
  ): AggregatingState<In, Out> {
    requireFunctions(name, options, ['createAccumulator', 'add', 'getResult']);
    const table = this.#declare('aggregating', name, options);
    const handle = { name, table, scope: this.#scope };
    const aggregation = options as unknown as Aggregation;
    return new AggregatingStateHandle(handle, aggregation) as AggregatingState<In, Out>;
  }

  #declare<K extends TableKind>(
    kind: K,
    name: unknown,
    options: StateOptions | undefined,
  ): TablesByKind[K] {
    if (!this.#isOpen) {
      throw refused('state is declared after open has returned', 'Declare all states in open.');
    }
    if (typeof name !== 'string' || name === '') {
      throw refused('a state has no name', "Give it one: context.valueState('last-seen').");
    }
    const ttl = options?.ttl === undefined ? null : ttlConfiguration(options.ttl);
    if (typeof ttl === 'string') {
      throw refused(`the ttl of the state "${name}" is wrong: ${ttl}`, 'Correct it.');
    }
    const table = this.#states.declare(kind, name, ttl);
    if (typeof table !== 'string') return table;
    throw refused(table, 'Give each state a name of its own, and keep its kind.');
  }
}

function requireFunctions(name: unknown, options: unknown, needed: readonly string[]): void {
  for (const each of needed) {
    const given = (options as Readonly<Record<string, unknown>> | null | undefined)?.[each];
    if (typeof given === 'function') continue;
    throw refused(
      `the state "${String(name)}" has no function ${each}`,
      `Give one in its options: { ${each}: ... }.`,
    );
  }
}

function refused(message: string, hint: string): Misuse {
  return new Misuse('DREY_PROCESS_STATE', message, hint);
}
