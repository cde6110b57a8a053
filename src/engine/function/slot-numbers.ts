/** Numbers of some slots as state, in the order of the slots; and back, checked. */
import { corruptState } from '../state/corrupt-state.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

export function writeNumbers(writer: StateWriter, values: Float64Array, slots: Int32Array): void {
  const picked = new Float64Array(slots.length);
  for (let index = 0; index < slots.length; index++) picked[index] = values[slots[index]!]!;
  writer.float64Array(picked);
}

/** Any numbers into `values`. */
export function readNumbers(reader: StateReader, values: Float64Array, slots: Int32Array): void {
  const read = reader.float64Array();
  requireLength(read.length, slots.length);
  for (let index = 0; index < slots.length; index++) values[slots[index]!] = read[index]!;
}

/** As `readNumbers`, of safe integers. */
export function readIntegers(reader: StateReader, values: Float64Array, slots: Int32Array): void {
  readNumbers(reader, values, slots);
  for (const slot of slots) {
    if (Number.isSafeInteger(values[slot])) continue;
    throw corruptState(`it holds the number ${values[slot]} where an integer belongs`);
  }
}

/** One value for each of `slotCount` groups. */
export function requireLength(length: number, slotCount: number): void {
  if (length !== slotCount) throw corruptState(`it has ${length} values for ${slotCount} groups`);
}
