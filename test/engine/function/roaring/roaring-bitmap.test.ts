import fc from 'fast-check';
import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { RoaringBitmap } from '../../../../src/engine/function/roaring/roaring-bitmap.ts';
import { values as generatedValues } from './generated-values.ts';

beforeAll(async () => {
  await roaringLibraryInitialize();
});

function storedByOracle(values: Iterable<number>, optimise: boolean): Uint8Array {
  const oracle = new RoaringBitmap32(values);
  if (optimise) oracle.runOptimize();
  const bytes = Uint8Array.from(oracle.serialize('portable'));
  oracle.dispose();
  return bytes;
}

/** Adds `values` to both and compares what each addition said and what both then hold. */
function checkAdditions(bitmap: RoaringBitmap, set: Set<number>, values: readonly number[]): void {
  const disagreed = values.filter((value) => {
    const isNew = !set.has(value);
    set.add(value);
    return bitmap.add(value) !== isNew;
  });
  expect(disagreed).toEqual([]);
  expect(values.filter((value) => !bitmap.has(value))).toEqual([]);
  expect(bitmap.cardinality).toBe(set.size);
  checkNumbers(bitmap, set);
}

function checkNumbers(bitmap: RoaringBitmap, expected: Iterable<number>): void {
  checkBytes(Uint32Array.from(bitmap), Uint32Array.from(expected).sort());
}

/** As `toEqual`, which takes too long for large arrays that are equal. */
function checkBytes(actual: Uint8Array | Uint32Array, expected: Uint8Array | Uint32Array): void {
  const areEqual =
    Buffer.compare(
      new Uint8Array(actual.buffer, actual.byteOffset, actual.byteLength),
      new Uint8Array(expected.buffer, expected.byteOffset, expected.byteLength),
    ) === 0;
  if (!areEqual) expect(actual).toEqual(expected);
}

type Side = readonly [values: readonly number[], optimise: boolean];

/** Both libraries unite the same two sets, optimised before or not; the bytes must agree. */
function checkUnion(...sides: readonly [Side, Side]): void {
  const [left, right] = sides.map(([values, optimise]) => {
    const bitmap = RoaringBitmap.of(values);
    if (optimise) bitmap.runOptimize();
    return bitmap;
  });
  const [theirLeft, theirRight] = sides.map(([values, optimise]) => {
    const oracle = new RoaringBitmap32(values);
    if (optimise) oracle.runOptimize();
    return oracle;
  });
  left!.addAll(right!);
  theirLeft!.orInPlace(theirRight!);
  const united = Uint8Array.from(theirLeft!.serialize('portable'));
  theirLeft!.runOptimize();
  const optimised = Uint8Array.from(theirLeft!.serialize('portable'));
  theirLeft!.dispose();
  theirRight!.dispose();
  checkBytes(left!.serialize(), united);
  left!.runOptimize();
  checkBytes(left!.serialize(), optimised);
}

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}

/** Sets that sit on the borders of the forms, by name. */
const borderSets: readonly (readonly [string, readonly number[]])[] = [
  ['nothing', []],
  ['zero', [0]],
  ['the largest number', [4_294_967_295]],
  ['an array of 4,096', range(0, 8192, 2)],
  ['a bitmap of 4,097', range(0, 8194, 2)],
  ['a full container', range(65_536, 131_072)],
  ['a full container and its neighbours', range(65_535, 131_073)],
  ['two values in a row, an array', [7, 8]],
  ['three values in a row, a run', [7, 8, 9]],
  ['2,047 runs, fewer bytes than a bitmap', range(0, 2047 * 30).filter((v) => v % 30 < 25)],
  ['2,048 runs, more bytes than a bitmap', range(0, 2048 * 30).filter((v) => v % 30 < 25)],
  [
    'runs in three containers, no offsets',
    range(0, 3).flatMap((k) => range(k << 16, (k << 16) + 9)),
  ],
  ['runs in four containers, offsets', range(0, 4).flatMap((k) => range(k << 16, (k << 16) + 9))],
  [
    'all three forms',
    [...range(0, 30_000, 3), ...range(70_000, 90_000), 200_000, 4_000_000_000, 4_000_000_002],
  ],
];

describe('a Roaring bitmap', () => {
  test('holds what a Set holds after any additions', () => {
    fc.assert(
      fc.property(generatedValues, fc.array(fc.nat(4_294_967_295)), (values, others) => {
        const set = new Set<number>();
        const bitmap = new RoaringBitmap();
        checkAdditions(bitmap, set, values);
        for (const value of others) expect(bitmap.has(value)).toBe(set.has(value));
      }),
    );
  });

  test('holds what a Set holds when values come after run optimisation', () => {
    fc.assert(
      fc.property(generatedValues, generatedValues, (before, after) => {
        const set = new Set(before);
        const bitmap = RoaringBitmap.of(before);
        bitmap.runOptimize();
        checkAdditions(bitmap, set, after);
      }),
    );
  });

  test('takes a signed number as the unsigned one with the same bits', () => {
    const bitmap = new RoaringBitmap();
    expect(bitmap.add(-1)).toBe(true);
    expect(bitmap.add(4_294_967_295)).toBe(false);
    expect([...bitmap]).toEqual([4_294_967_295]);
  });

  test('fills a container run by run in any order', () => {
    const bitmap = RoaringBitmap.of(range(0, 65_536, 4));
    for (const start of [3, 1, 2]) {
      for (const value of range(start, 65_536, 4)) expect(bitmap.add(value)).toBe(true);
      bitmap.runOptimize();
    }
    expect(bitmap.cardinality).toBe(65_536);
    checkBytes(bitmap.serialize(), storedByOracle(range(0, 65_536), true));
  });

  test('a clone does not see later additions, nor does its origin', () => {
    const origin = RoaringBitmap.of([...range(0, 10), ...range(100_000, 110_000)]);
    origin.runOptimize();
    const clone = origin.clone();
    clone.add(11);
    origin.add(12);
    expect([clone.has(11), clone.has(12)]).toEqual([true, false]);
    expect([origin.has(11), origin.has(12)]).toEqual([false, true]);
    expect([clone.cardinality, origin.cardinality]).toEqual([10_011, 10_011]);
  });

  test('bytes held stay near the stored ones', () => {
    const sparse = RoaringBitmap.of(range(0, 1000).map((index) => index * 65_536));
    expect(sparse.sizeBytes).toBeLessThan(16 * 1000);
    const dense = RoaringBitmap.of(range(0, 1_000_000));
    expect(dense.sizeBytes).toBeLessThan(140_000);
  });
});

describe('the union of two Roaring bitmaps', () => {
  test('holds the numbers of both and leaves the other alone', () => {
    fc.assert(
      fc.property(
        generatedValues,
        generatedValues,
        fc.boolean(),
        fc.boolean(),
        (left, right, leftRuns, rightRuns) => {
          const bitmap = RoaringBitmap.of(left);
          const other = RoaringBitmap.of(right);
          if (leftRuns) bitmap.runOptimize();
          if (rightRuns) other.runOptimize();
          const otherBytes = other.serialize();
          bitmap.addAll(other);
          const expected = new Set([...left, ...right]);
          checkNumbers(bitmap, expected);
          expect(bitmap.cardinality).toBe(expected.size);
          // Later additions must not show through.
          for (const value of expected) bitmap.add((value ^ 1) >>> 0);
          checkBytes(other.serialize(), otherBytes);
        },
      ),
    );
  });

  test('is stored byte for byte as CRoaring stores it', () => {
    fc.assert(
      fc.property(
        generatedValues,
        generatedValues,
        fc.boolean(),
        fc.boolean(),
        (left, right, leftRuns, rightRuns) => {
          checkUnion([left, leftRuns], [right, rightRuns]);
        },
      ),
    );
  });

  for (const [leftName, left] of borderSets) {
    test(`of ${leftName} and each border set is stored as CRoaring stores it`, () => {
      for (const [, right] of borderSets) {
        for (const leftRuns of [true, false]) {
          for (const rightRuns of [true, false]) checkUnion([left, leftRuns], [right, rightRuns]);
        }
      }
    });
  }
});

describe('the stored form of a Roaring bitmap', () => {
  for (const [name, values] of borderSets) {
    test(`of ${name} is the one of CRoaring`, () => {
      const bitmap = RoaringBitmap.of(values);
      checkBytes(bitmap.serialize(), storedByOracle(values, false));
      bitmap.runOptimize();
      checkBytes(bitmap.serialize(), storedByOracle(values, true));
      checkNumbers(RoaringBitmap.deserialize(bitmap.serialize()), bitmap);
    });
  }

  test('is the one of CRoaring for any set, and reads back', () => {
    fc.assert(
      fc.property(generatedValues, fc.boolean(), (values, optimise) => {
        const bitmap = RoaringBitmap.of(values);
        if (optimise) bitmap.runOptimize();
        const bytes = bitmap.serialize();
        checkBytes(bytes, storedByOracle(values, optimise));
        const read = RoaringBitmap.deserialize(bytes);
        expect(read.cardinality).toBe(bitmap.cardinality);
        checkBytes(read.serialize(), bytes);
      }),
    );
  });

  test('reads back at any offset of a larger buffer', () => {
    const stored = RoaringBitmap.of(range(0, 10_000)).serialize();
    const buffer = new Uint8Array(stored.length + 3);
    buffer.set(stored, 3);
    expect(RoaringBitmap.deserialize(buffer.subarray(3)).cardinality).toBe(10_000);
  });

  test('can be added to after it was read', () => {
    const read = RoaringBitmap.deserialize(RoaringBitmap.of([1, 70_000]).serialize());
    expect(read.add(2)).toBe(true);
    expect(read.add(5_000_000)).toBe(true);
    expect(read.add(70_000)).toBe(false);
    expect([...read]).toEqual([1, 2, 70_000, 5_000_000]);
  });
});
