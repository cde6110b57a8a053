import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RoaringBitmap } from '../../../../src/engine/function/roaring/roaring-bitmap.ts';
import { VerificationError } from '../../../../src/errors/drey-error.ts';
import { values as generatedValues } from './generated-values.ts';

/** Words of 16 bits, little-endian, as bytes. */
function halfWords(...words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(words).buffer);
}

function check(bytes: Uint8Array, reason: string): void {
  let thrown: unknown;
  try {
    RoaringBitmap.deserialize(bytes);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(VerificationError);
  expect(thrown).toMatchObject({ code: 'DREY_STATE_CORRUPT', exitCode: 12 });
  expect(String(thrown)).toContain(reason);
}

/** One array container of key 5: cookie, count, key and cardinality - 1, offset, values. */
function arrayOf(...lows: readonly number[]): Uint8Array {
  return halfWords(12346, 0, 1, 0, 5, lows.length - 1, 16, 0, ...lows);
}

/** One run container of key 5: cookie and count - 1, run flag, description, runs. */
function runsOf(cardinality: number, ...runs: readonly number[]): Uint8Array {
  const tail = halfWords(5, cardinality - 1, runs.length / 2, ...runs);
  return Uint8Array.of(...halfWords(12347, 0), 1, ...tail);
}

describe('the test files of the format specification', () => {
  // testdata/ of github.com/RoaringBitmap/RoaringFormatSpec, written by the Java library.
  const bitmap = new RoaringBitmap();
  for (let k = 0; k < 100_000; k += 1000) bitmap.add(k);
  for (let k = 100_000; k < 200_000; k++) bitmap.add(3 * k);
  for (let k = 700_000; k < 800_000; k++) bitmap.add(k);
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

  test('bitmapwithoutruns.bin is what is written before run optimisation', () => {
    expect(sha256(bitmap.serialize())).toBe(
      'd719ae2e0150a362ef7cf51c361527585891f01460b1a92bcfb6a7257282a442',
    );
  });

  test('bitmapwithruns.bin is what is written after it', () => {
    const optimised = bitmap.clone();
    optimised.runOptimize();
    expect(sha256(optimised.serialize())).toBe(
      '1f1909bfdd354fa2f0694fe88b8076833ca5383ad9fc3f68f2709c84a2ab70e3',
    );
  });
});

describe('reading a portable Roaring bitmap', () => {
  test('accepts the layout of the specification, written by hand', () => {
    expect([...RoaringBitmap.deserialize(arrayOf(1, 9))]).toEqual([327_681, 327_689]);
    expect([...RoaringBitmap.deserialize(runsOf(5, 1, 2, 9, 1))]).toEqual(
      [1, 2, 3, 9, 10].map((low) => 327_680 + low),
    );
  });

  const refused: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing at all', new Uint8Array(0), 'ends inside its cookie'],
    ['another cookie', halfWords(12345, 0, 0, 0), 'its cookie is 12345'],
    ['a cookie without runs that has a count in it', halfWords(12346, 7, 0, 0), 'its cookie is'],
    ['no number of containers', halfWords(12346, 0), 'the number of its containers'],
    ['more containers than keys', halfWords(12346, 0, 1, 1), 'claims 65537 containers'],
    ['a huge number of containers', halfWords(12346, 0, 0xffff, 0xffff), 'claims 4294967295'],
    ['no descriptions', halfWords(12346, 0, 2, 0), 'the descriptions of its containers'],
    ['no offsets', halfWords(12346, 0, 1, 0, 5, 0), 'the offsets of its containers'],
    ['a wrong offset', halfWords(12346, 0, 1, 0, 5, 0, 17, 0, 3), 'its offset says 17'],
    ['a short array', halfWords(12346, 0, 1, 0, 5, 1, 16, 0, 3), 'ends inside the array of key 5'],
    ['an array out of order', arrayOf(2, 1), 'the array of key 5 is not ascending'],
    ['an array with a value twice', arrayOf(2, 2), 'the array of key 5 is not ascending'],
    ['bytes behind the end', Uint8Array.of(...arrayOf(1), 0), '1 bytes follow its end'],
    [
      'a key twice',
      halfWords(12346, 0, 2, 0, 5, 0, 5, 0, 24, 0, 26, 0, 1, 1),
      'key 5 is not ascending',
    ],
    ['no run flags', halfWords(12347, 0), 'ends inside its run flags'],
    [
      'run flags beyond the containers',
      Uint8Array.of(...halfWords(12347, 0), 3, ...halfWords(5, 0, 1, 1, 0)),
      'run flags are set beyond',
    ],
    ['no run count', runsOf(1).subarray(0, 9), 'the run count of key 5'],
    ['too few runs', runsOf(5, 1, 2, 9, 1).subarray(0, 15), 'ends inside the runs of key 5'],
    ['a container of no runs', runsOf(1), 'claims 1 values and holds 0'],
    ['runs that overlap', runsOf(5, 1, 2, 3, 1), 'the runs of key 5 overlap or touch'],
    ['runs that touch', runsOf(5, 1, 2, 4, 1), 'the runs of key 5 overlap or touch'],
    ['runs out of order', runsOf(5, 9, 1, 1, 2), 'the runs of key 5 overlap or touch'],
    ['a run beyond the container', runsOf(2, 65_535, 1), 'a run of key 5 is too long'],
    ['runs with fewer values than claimed', runsOf(6, 1, 2, 9, 1), 'claims 6 values and holds 5'],
  ];
  for (const [name, bytes, reason] of refused) {
    test(`refuses ${name}`, () => {
      check(bytes, reason);
    });
  }

  test('refuses a bitmap whose bits are not as many as claimed', () => {
    const bytes = RoaringBitmap.of(Array.from({ length: 5000 }, (_, low) => low * 2)).serialize();
    bytes[16] = 0;
    check(bytes, 'claims 5000 values and holds 4996');
  });

  test('refuses every shortened form of a bitmap', () => {
    fc.assert(
      fc.property(
        generatedValues,
        fc.boolean(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (values, optimise, share) => {
          const bitmap = RoaringBitmap.of(values);
          if (optimise) bitmap.runOptimize();
          const bytes = bitmap.serialize();
          check(bytes.subarray(0, Math.floor(bytes.length * share)), 'ends inside');
        },
      ),
    );
  });

  test('either refuses changed bytes or keeps them as they are', () => {
    fc.assert(
      fc.property(
        generatedValues,
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (values, optimise, changes) => {
          const bitmap = RoaringBitmap.of(values);
          if (optimise) bitmap.runOptimize();
          const bytes = bitmap.serialize();
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          let read: RoaringBitmap;
          try {
            read = RoaringBitmap.deserialize(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(VerificationError);
            return;
          }
          const numbers = Uint32Array.from(read);
          expect(numbers.length).toBe(read.cardinality);
          expect(numbers.findIndex((value, at) => at > 0 && value <= numbers[at - 1]!)).toBe(-1);
          const again = RoaringBitmap.deserialize(read.serialize());
          expect(Buffer.compare(again.serialize(), read.serialize())).toBe(0);
        },
      ),
    );
  });
});
