/**
 * A set of values of one type with the equality of `=`, NULL being a value too. Texts and numbers
 * are found by hash; arrays, rows, maps and bytes one after the other.
 */
import { equalValues } from './value-order.ts';
import type { LogicalType } from './type.ts';
import type { Value } from './value.ts';

export class ValueSet {
  readonly #type: LogicalType;
  readonly #simple = new Set<Value>();
  readonly #compound: Value[] = [];

  constructor(type: LogicalType, values: readonly Value[] = []) {
    this.#type = type;
    for (const value of values) this.add(value);
  }

  has(value: Value): boolean {
    if (isSimple(value)) return this.#simple.has(value);
    return this.#compound.some((known) => equalValues(this.#type, known, value));
  }

  /** False when it was in the set already. */
  add(value: Value): boolean {
    if (this.has(value)) return false;
    if (isSimple(value)) this.#simple.add(value);
    else this.#compound.push(value);
    return true;
  }
}

/** NaN equals nothing, so it is kept apart from the hashed values. */
function isSimple(value: Value): boolean {
  return value === null || (typeof value !== 'object' && !Number.isNaN(value));
}
