import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteHeap } from '../../../../src/engine/state/backend/byte-heap.ts';
import { ByteSink } from '../../../../src/engine/state/backend/byte-sink.ts';
import type { CellHeap, HeapOwner } from '../../../../src/engine/state/backend/cell-heap.ts';
import { SpillingHeap } from '../../../../src/engine/state/backend/spilling-heap.ts';
import type { ScratchFile } from '../../../../src/platform/scratch-files.ts';
import { FileFaults } from '../../../../src/platform/simulated/file-faults.ts';
import { SimulatedScratchFiles } from '../../../../src/platform/simulated/scratch-files.ts';
import { runs } from '../../../support/property-runs.ts';

function filled(length: number, byte: number): ByteSink {
  const sink = new ByteSink();
  sink.raw(new Uint8Array(length).fill(byte), 0, length);
  return sink;
}

function contentOf(heap: CellHeap, address: number): Uint8Array {
  const sink = new ByteSink();
  heap.copyTo(sink, address);
  return sink.copy();
}

const PLACES = 16;

/** Keeps addresses as a table does. */
class Owner implements HeapOwner {
  readonly addresses: Uint32Array;
  readonly heap: CellHeap;
  readonly number: number;

  constructor(heap: CellHeap, places = PLACES) {
    this.addresses = new Uint32Array(places);
    this.heap = heap;
    this.number = heap.join(this);
  }

  addressOf(slot: number): number {
    return this.addresses[slot]!;
  }

  moveTo(slot: number, address: number): void {
    this.addresses[slot] = address;
  }

  write(slot: number, content: ByteSink): void {
    this.addresses[slot] = this.heap.write(this.number, slot, content);
  }

  release(slot: number): void {
    if (this.addresses[slot] !== 0) this.heap.release(this.addresses[slot]!);
    this.addresses[slot] = 0;
  }
}

const scratch = (): ScratchFile => new SimulatedScratchFiles(new FileFaults()).open('/scratch');
const small = (memoryBytes: number): SpillingHeap =>
  new SpillingHeap({
    memoryBytes,
    openScratch: scratch,
    sizes: { chunkBytes: 8_192, pageBytes: 512, pages: 5 },
  });

/** Around the sizes where classes, chunks and blocks of their own begin. */
const length = fc.oneof(
  fc.nat({ max: 300 }),
  fc.integer({ min: 65_500, max: 65_560 }),
  fc.integer({ min: 3_900, max: 4_200 }),
);
const step = fc.record({ place: fc.nat({ max: 15 }), length, isRelease: fc.boolean() });

test.each<[string, () => CellHeap]>([
  ['in memory', () => new ByteHeap()],
  ['in two chunks of memory and a file', () => small(16_384)],
])('each block keeps its content until it is released: %s', (_name, create) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 160, size: 'max' }), (steps) => {
      const heap = create();
      const owners = [new Owner(heap), new Owner(heap)];
      const contents = new Map<number, Uint8Array>();
      for (const [index, { place, length: count, isRelease }] of steps.entries()) {
        const owner = owners[place % 2]!;
        if (isRelease) {
          owner.release(place);
          contents.delete(place);
        } else {
          const content = filled(count, index % 256);
          owner.write(place, content);
          contents.set(place, content.copy());
        }
      }
      for (const [place, content] of contents) {
        const address = owners[place % 2]!.addressOf(place);
        expect(Buffer.compare(contentOf(heap, address), content)).toBe(0);
        expect(heap.startsWith(address, content, content.length)).toBe(true);
        expect(
          heap.startsWith(address, filled(content.length + 1, 0).copy(), content.length + 1),
        ).toBe(false);
      }
      for (const owner of owners) for (let place = 0; place < PLACES; place++) owner.release(place);
      expect(heap.usedBytes).toBe(0);
      heap.close();
    }),
    { numRuns: runs(60) },
  );
});

test('what is released is used again', () => {
  const heap = new ByteHeap();
  const owner = new Owner(heap, 1_000);
  for (let slot = 0; slot < 1_000; slot++) owner.write(slot, filled(slot % 90, 1));
  const { usedBytes } = heap;
  const highest = Math.max(...owner.addresses);
  for (let round = 0; round < 20; round++) {
    for (let slot = 0; slot < 1_000; slot++) owner.release(slot);
    expect(heap.usedBytes).toBe(0);
    for (let slot = 0; slot < 1_000; slot++) owner.write(slot, filled(slot % 90, 2));
  }
  expect(heap.usedBytes).toBe(usedBytes);
  expect(Math.max(...owner.addresses)).toBe(highest);
});

test('the scratch file does not grow when the same values change again and again', () => {
  let end = 0;
  const file = scratch();
  const heap = new SpillingHeap({
    memoryBytes: 32_768,
    openScratch: () => ({
      write: (content, position) => {
        end = Math.max(end, position + content.length);
        file.write(content, position);
      },
      read: (target, position) => {
        file.read(target, position);
      },
      close: () => {
        file.close();
      },
    }),
    sizes: { chunkBytes: 8_192, pageBytes: 512, pages: 5 },
  });
  const owner = new Owner(heap, 5_000);
  // Any order, so that a chunk keeps some live values for long.
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % 5_000;
  };
  for (let index = 0; index < 100_000; index++) owner.write(next(), filled(40 + (index % 9), 7));
  // 5,000 values of some 56 bytes; half of a chunk may be dead, and some wait to be emptied.
  expect(end).toBeGreaterThan(100_000);
  expect(end).toBeLessThan(280_000 * 2.5);
  expect(heap.usedBytes).toBeLessThan(280_000 * 1.2);
});

test('a scratch disk that is full says so', () => {
  const faults = new FileFaults();
  faults.add({ kind: 'full', afterBytes: 50_000 });
  const heap = new SpillingHeap({
    memoryBytes: 16_384,
    openScratch: () => new SimulatedScratchFiles(faults).open('/scratch'),
    sizes: { chunkBytes: 8_192, pageBytes: 512, pages: 5 },
  });
  const owner = new Owner(heap, 5_000);
  expect(() => {
    for (let slot = 0; slot < 5_000; slot++) owner.write(slot, filled(40, 1));
  }).toThrow('no space left');
});
