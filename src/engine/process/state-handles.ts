/** The states as the function sees them: bound to the key of the call, values checked and copied. */
import type { ListTable } from '../state/keyed/list-table.ts';
import { isMapKey, type MapKey, type MapTable } from '../state/keyed/map-table.ts';
import type { ValueTable } from '../state/keyed/value-table.ts';
import { copyUserValue, UnfitValue, type UserValue } from '../state/user-value.ts';
import type { CallScope } from './call-scope.ts';
import { Misuse } from './misuse.ts';
import type { ListState, MapState, ValueState } from './process-function.ts';

/** What all handles of one function share. */
interface Handle<Table> {
  readonly name: string;
  readonly table: Table;
  readonly scope: CallScope;
}

export class ValueStateHandle implements ValueState<unknown> {
  readonly #handle: Handle<ValueTable>;

  constructor(handle: Handle<ValueTable>) {
    this.#handle = handle;
  }

  value(): unknown {
    const { table, scope } = this.#handle;
    return table.read(scope.keyId) ?? null;
  }

  update(value: unknown): void {
    const { table, scope, name } = this.#handle;
    table.write(scope.keyId, kept(value, name));
  }

  clear(): void {
    const { table, scope } = this.#handle;
    table.remove(scope.keyId);
  }
}

export class ListStateHandle implements ListState<unknown> {
  readonly #handle: Handle<ListTable>;

  constructor(handle: Handle<ListTable>) {
    this.#handle = handle;
  }

  get(): unknown[] {
    const { table, scope } = this.#handle;
    return table.read(scope.keyId);
  }

  add(value: unknown): void {
    this.addAll([value]);
  }

  addAll(values: readonly unknown[]): void {
    const { table, scope, name } = this.#handle;
    table.add(
      scope.keyId,
      values.map((value) => kept(value, name)),
    );
  }

  update(values: readonly unknown[]): void {
    const { table, scope, name } = this.#handle;
    // Copied first: they may be what `get` gave.
    const copies = values.map((value) => kept(value, name));
    table.remove(scope.keyId);
    table.add(scope.keyId, copies);
  }

  clear(): void {
    const { table, scope } = this.#handle;
    table.remove(scope.keyId);
  }
}

export class MapStateHandle implements MapState<MapKey, unknown> {
  readonly #handle: Handle<MapTable>;

  constructor(handle: Handle<MapTable>) {
    this.#handle = handle;
  }

  get(key: MapKey): unknown {
    const { table, scope, name } = this.#handle;
    return table.read(scope.keyId, checkedKey(key, name)) ?? null;
  }

  put(key: MapKey, value: unknown): void {
    const { table, scope, name } = this.#handle;
    table.write(scope.keyId, checkedKey(key, name), kept(value, name));
  }

  contains(key: MapKey): boolean {
    const { table, scope, name } = this.#handle;
    return table.read(scope.keyId, checkedKey(key, name)) !== undefined;
  }

  remove(key: MapKey): void {
    const { table, scope, name } = this.#handle;
    table.removeEntry(scope.keyId, checkedKey(key, name));
  }

  entries(): (readonly [MapKey, unknown])[] {
    const { table, scope } = this.#handle;
    return table.readAll(scope.keyId);
  }

  keys(): MapKey[] {
    return this.entries().map(([key]) => key);
  }

  values(): unknown[] {
    return this.entries().map(([, value]) => value);
  }

  isEmpty(): boolean {
    return this.entries().length === 0;
  }

  clear(): void {
    const { table, scope } = this.#handle;
    table.remove(scope.keyId);
  }
}

function kept(value: unknown, name: string): UserValue {
  try {
    return copyUserValue(value);
  } catch (error) {
    if (!(error instanceof UnfitValue)) throw error;
    throw new Misuse(
      'DREY_PROCESS_STATE',
      `the state "${name}" cannot hold this value: ${error.message}`,
      'State holds null, booleans, numbers, bigint, texts, Uint8Array, and arrays and plain objects of these; use clear() to remove a value.',
    );
  }
}

function checkedKey(key: unknown, name: string): MapKey {
  if (isMapKey(key)) return typeof key === 'string' ? key.toWellFormed() : key;
  throw new Misuse(
    'DREY_PROCESS_STATE',
    `a key of the map state "${name}" is ${key === null ? 'null' : `a ${typeof key}`}`,
    'Keys of maps are texts, numbers, bigint or booleans.',
  );
}
