/** Reducing and aggregating states as the function sees them: a value that others are added to. */
import type { ValueTable } from '../state/keyed/value-table.ts';
import type {
  AggregatingOptions,
  AggregatingState,
  ReducingOptions,
  ReducingState,
} from './process-function.ts';
import { unfit, type Handle } from './state-handles.ts';

export type Aggregation = AggregatingOptions<unknown, unknown, unknown>;

export class ReducingStateHandle implements ReducingState<unknown> {
  readonly #handle: Handle<ValueTable>;
  readonly #reduction: ReducingOptions<unknown>;

  constructor(handle: Handle<ValueTable>, reduction: ReducingOptions<unknown>) {
    this.#handle = handle;
    this.#reduction = reduction;
  }

  get(): unknown {
    const { table, scope } = this.#handle;
    return table.read(scope.keyId) ?? null;
  }

  add(value: unknown): void {
    const { table, scope } = this.#handle;
    const before = table.read(scope.keyId);
    keep(this.#handle, before === undefined ? value : this.#reduction.reduce(before, value));
  }

  clear(): void {
    const { table, scope } = this.#handle;
    table.remove(scope.keyId);
  }
}

export class AggregatingStateHandle implements AggregatingState<unknown, unknown> {
  readonly #handle: Handle<ValueTable>;
  readonly #aggregation: Aggregation;

  constructor(handle: Handle<ValueTable>, aggregation: Aggregation) {
    this.#handle = handle;
    this.#aggregation = aggregation;
  }

  get(): unknown {
    const { table, scope } = this.#handle;
    const accumulator = table.read(scope.keyId);
    return accumulator === undefined ? null : this.#aggregation.getResult(accumulator);
  }

  add(value: unknown): void {
    const { table, scope } = this.#handle;
    const kept = table.read(scope.keyId);
    const before = kept === undefined ? this.#aggregation.createAccumulator() : kept;
    keep(this.#handle, this.#aggregation.add(value, before));
  }

  clear(): void {
    const { table, scope } = this.#handle;
    table.remove(scope.keyId);
  }
}

function keep({ table, scope, name }: Handle<ValueTable>, value: unknown): void {
  try {
    table.write(scope.keyId, value);
  } catch (error) {
    throw unfit(name, error);
  }
}
