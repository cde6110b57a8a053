/** The states as the function sees them: bound to the key of the call, values checked and copied. */
import type { ListTable } from '../state/keyed/list-table.ts';
import { isMapKey, type MapKey, type MapTable } from '../state/keyed/map-table.ts';
import type { ValueTable } from '../state/keyed/value-table.ts';
import { UnfitValue } from '../state/user-value.ts';
import type { CallScope } from './call-scope.ts';
import { Misuse } from './misuse.ts';
import type { ListState, MapState, ValueState } from './process-function.ts';

/** What all handles of one function share. */
export interface Handle<Table> {
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
    try {
      table.write(scope.keyId, value);
    } catch (error) {
      throw unfit(name, error);
    }
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
    try {
      table.add(scope.keyId, values);
    } catch (error) {
      throw unfit(name, error);
    }
  }

  update(values: readonly unknown[]): void {
    const { table, scope, name } = this.#handle;
    try {
      table.update(scope.keyId, values);
    } catch (error) {
      throw unfit(name, error);
    }
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
    const mapKey = checkedKey(key, name);
    try {
      table.write(scope.keyId, mapKey, value);
    } catch (error) {
      throw unfit(name, error);
    }
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
    const { table, scope } = this.#handle;
    return table.isEmpty(scope.keyId);
  }

  clear(): void {
    const { table, scope } = this.#handle;
    table.remove(scope.keyId);
  }
}

/** What `error` says in the author's words. */
export function unfit(name: string, error: unknown): unknown {
  if (!(error instanceof UnfitValue)) return error;
  return new Misuse(
    'DREY_PROCESS_STATE',
    `the state "${name}" cannot hold this value: ${error.message}`,
    'State holds null, booleans, numbers, bigint, texts, Uint8Array, and arrays and plain objects of these; use clear() to remove a value.',
  );
}

function checkedKey(key: unknown, name: string): MapKey {
  if (isMapKey(key)) return typeof key === 'string' ? key.toWellFormed() : key;
  throw new Misuse(
    'DREY_PROCESS_STATE',
    `a key of the map state "${name}" is ${key === null ? 'null' : `a ${typeof key}`}`,
    'Keys of maps are texts, numbers, bigint or booleans.',
  );
}
