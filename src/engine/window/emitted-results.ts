/**
 * The results that the consumers of a window know, by slot: what an update takes back, and what
 * tells whether anything has changed at all. Values are kept one by one, because only groups that
 * have changed are looked at.
 */
import { equalValues } from '../../expression/value-order.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import type { StateReader } from '../state/state-reader.ts';
import { writeStateValue } from '../state/state-value.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { readTypedValue } from '../state/typed-value.ts';

/** A value for each aggregate. */
export type Results = readonly Value[];

export class EmittedResults {
  private readonly types: readonly LogicalType[];
  /** By slot; undefined: nothing was emitted. */
  private readonly results: (Results | undefined)[] = [];

  constructor(types: readonly LogicalType[]) {
    this.types = types;
  }

  /** Undefined when nothing was emitted. */
  of(slot: number): Results | undefined {
    return this.results[slot];
  }

  set(slot: number, results: Results): void {
    this.results[slot] = results;
  }

  areSame(left: Results, right: Results): boolean {
    return this.types.every((type, index) =>
      isSame(type, left[index] ?? null, right[index] ?? null),
    );
  }

  writeSlots(writer: StateWriter, slots: Int32Array): void {
    for (const slot of slots) {
      const known = this.results[slot];
      writer.boolean(known !== undefined);
      for (const value of known ?? []) writeStateValue(writer, value);
    }
  }

  readSlots(reader: StateReader, slots: Int32Array): void {
    for (const slot of slots) {
      if (!reader.boolean()) continue;
      this.results[slot] = this.types.map((type) => readTypedValue(reader, type));
    }
  }
}

function isSame(type: LogicalType, left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  return left === right || equalValues(type, left, right);
}
