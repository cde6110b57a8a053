import { expect, test } from 'vitest';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';

test('what is appended to an empty writer is kept without a copy, and does not change', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const writer = new StateWriter();
  writer.append(bytes);
  expect(writer.finish()).toBe(bytes);
  writer.uint8(4);
  expect([...writer.finish()]).toEqual([1, 2, 3, 4]);
  writer.reset();
  writer.append(bytes);
  writer.reset();
  writer.uint8(9);
  expect([...writer.finish()]).toEqual([9]);
  expect([...bytes]).toEqual([1, 2, 3]);
});

test('a reader gives the bytes that were appended behind other values', () => {
  const writer = new StateWriter();
  writer.uint32(7);
  writer.append(Uint8Array.of(1, 2, 3));
  const reader = new StateReader(writer.take());
  expect(reader.uint32()).toBe(7);
  expect([...reader.rest()]).toEqual([1, 2, 3]);
  expect(reader.rest()).toHaveLength(0);
});
