import { describe, expect, test } from 'vitest';
import { LinearMemory } from '../../../src/engine/memory/linear-memory.ts';

const CACHE_LINE_BYTES = 64;

describe('linear memory', () => {
  test('gives arrays of zeros that start on a cache line and do not overlap', () => {
    const memory = new LinearMemory();
    const arrays = [1, 3, 1000, 70_000].map((length) => memory.int32Array(length));
    for (const [index, array] of arrays.entries()) {
      expect(array.byteOffset % CACHE_LINE_BYTES).toBe(0);
      expect(array.every((value) => value === 0)).toBe(true);
      array.fill(index + 1);
    }
    for (const [index, array] of arrays.entries()) {
      expect(array.every((value) => value === index + 1)).toBe(true);
    }
  });

  test('gives what was released out again, as zeros', () => {
    const memory = new LinearMemory();
    const first = memory.int32Array(1000).fill(7);
    const { byteOffset } = first;
    memory.release(first);
    const second = memory.float64Array(500);
    expect(second.byteOffset).toBe(byteOffset);
    expect(second.every((value) => value === 0)).toBe(true);
  });

  test('keeps arrays valid when it grows', () => {
    const memory = new LinearMemory();
    const small = memory.int32Array(16).fill(5);
    const large = memory.uint8Array(64 * 1024 * 1024);
    small[3] = 6;
    expect(memory.view.getInt32(small.byteOffset + 12, true)).toBe(6);
    expect([memory.holds(small), memory.holds(large)]).toEqual([true, true]);
    expect(large.at(-1)).toBe(0);
  });

  test('copies arrays from elsewhere into its scratch areas, and no others', () => {
    const memory = new LinearMemory();
    const own = memory.int32Array(4).fill(9);
    expect(memory.addressOf(own, 4, 0)).toBe(own.byteOffset);
    expect(memory.holds(new Int32Array(4))).toBe(false);
    const address = memory.addressOf(Int32Array.of(1, 2, 3), 2, 0);
    expect([...memory.int32ArrayAt(address, 2)]).toEqual([1, 2]);
    const other = memory.addressOf(Float64Array.of(0.5), 1, 1);
    expect(memory.view.getFloat64(other, true)).toBe(0.5);
    expect(memory.addressOf(Uint8Array.of(8), 1, 0), 'the area is used again').toBe(address);
    expect(memory.view.getUint8(address)).toBe(8);
  });

  test('refuses what does not fit, and goes on', () => {
    const memory = new LinearMemory();
    const gibibyte = 1024 * 1024 * 1024;
    const bytes = [1, 1, 1].map(() => memory.bytes(gibibyte));
    expect(bytes.map((array) => array.length)).toEqual([gibibyte, gibibyte, gibibyte]);
    const last = bytes.at(-1)!;
    last[gibibyte - 1] = 4;
    expect(memory.view.getUint8(last.byteOffset + gibibyte - 1)).toBe(4);
    expect(() => memory.bytes(gibibyte)).toThrow(
      expect.objectContaining({ code: 'DREY_STATE_TOO_LARGE' }),
    );
    expect(memory.int32Array(10)).toHaveLength(10);
  });
});
