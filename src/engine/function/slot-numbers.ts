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
  read(reader, values, slots);
}

/** As `readNumbers`, of safe integers. */
export function readIntegers(reader: StateReader, values: Float64Array, slots: Int32Array): void {
  const numbers = read(reader, values, slots);
  for (let index = 0; index < numbers.length; index++) {
    if (Number.isSafeInteger(numbers[index])) continue;
    throw corruptState(`it holds the number ${numbers[index]} where an integer belongs`);
  }
}

/** Slots of new groups follow each other: their numbers are then copied as a whole. */
function read(reader: StateReader, values: Float64Array, slots: Int32Array): Float64Array {
  if (areConsecutive(slots)) {
    const first = slots[0] ?? 0;
    const target = values.subarray(first, first + slots.length);
    reader.float64sTo(target);
    return target;
  }
  const numbers = new Float64Array(slots.length);
  reader.float64sTo(numbers);
  for (let index = 0; index < slots.length; index++) values[slots[index]!] = numbers[index]!;
  return numbers;
}

function areConsecutive(slots: Int32Array): boolean {
  for (let index = 1; index < slots.length; index++) {
    if (slots[index]! !== slots[0]! + index) return false;
  }
  return true;
}

/** One value for each of `slotCount` groups. */
export function requireLength(length: number, slotCount: number): void {
  if (length !== slotCount) throw corruptState(`it has ${length} values for ${slotCount} groups`);
}
