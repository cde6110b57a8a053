import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteHeap } from '../../../../src/engine/state/backend/byte-heap.ts';
import { ByteSink } from '../../../../src/engine/state/backend/byte-sink.ts';
import { runs } from '../../../support/property-runs.ts';

function filled(length: number, byte: number): ByteSink {
  const sink = new ByteSink();
  sink.raw(new Uint8Array(length).fill(byte), 0, length);
  return sink;
}

function contentOf(heap: ByteHeap, address: number): Uint8Array {
  const sink = new ByteSink();
  heap.copyTo(sink, address);
  return sink.copy();
}

/** Around the sizes where classes, chunks and blocks of their own begin. */
const length = fc.oneof(
  fc.nat({ max: 300 }),
  fc.integer({ min: 65_500, max: 65_560 }),
  fc.integer({ min: 3_900, max: 4_200 }),
);
const step = fc.record({ place: fc.nat({ max: 15 }), length, isRelease: fc.boolean() });

test('each block keeps its content until it is released, whatever the others do', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const heap = new ByteHeap();
      const addresses = new Uint32Array(16);
      const contents: (Uint8Array | null)[] = Array.from<null>({ length: 16 }).fill(null);
      for (const [index, { place, length: count, isRelease }] of steps.entries()) {
        if (isRelease) {
          if (addresses[place] !== 0) heap.release(addresses[place]!);
          addresses[place] = 0;
          contents[place] = null;
        } else {
          const content = filled(count, index % 256);
          addresses[place] = heap.write(addresses[place]!, content);
          contents[place] = content.copy();
        }
        for (const [at, content] of contents.entries()) {
          if (content === null) continue;
          expect(heap.lengthAt(addresses[at]!)).toBe(content.length);
        }
      }
      for (const [at, content] of contents.entries()) {
        if (content === null) continue;
        expect(Buffer.compare(contentOf(heap, addresses[at]!), content)).toBe(0);
      }
      for (const address of addresses) if (address !== 0) heap.release(address);
      expect(heap.usedBytes).toBe(0);
    }),
    { numRuns: runs(100) },
  );
});

test('what is released is used again', () => {
  const heap = new ByteHeap();
  const first = Array.from({ length: 1_000 }, (_, index) => heap.write(0, filled(index % 90, 1)));
  const { usedBytes } = heap;
  const highest = Math.max(...first);
  for (let round = 0; round < 20; round++) {
    for (const address of first.splice(0)) heap.release(address);
    expect(heap.usedBytes).toBe(0);
    for (let index = 0; index < 1_000; index++) first.push(heap.write(0, filled(index % 90, 2)));
  }
  expect(heap.usedBytes).toBe(usedBytes);
  expect(Math.max(...first)).toBe(highest);
});
