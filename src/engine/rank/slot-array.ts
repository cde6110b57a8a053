/** Arrays by slot or by id that grow with what is kept under them. */
import { slotCapacity } from '../function/accumulator.ts';

/** The array itself, or a longer one with `fill` behind its content. */
export function grownInt32(values: Int32Array, count: number, fill: number): Int32Array {
  if (count <= values.length) return values;
  const grown = new Int32Array(slotCapacity(values.length, count));
  grown.fill(fill, values.length);
  grown.set(values);
  return grown;
}
