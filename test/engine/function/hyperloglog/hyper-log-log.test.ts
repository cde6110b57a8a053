import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STANDARD_ERROR } from '../../../../src/engine/function/hyperloglog/estimate.ts';
import { HyperLogLog } from '../../../../src/engine/function/hyperloglog/hyper-log-log.ts';
import { Registers } from '../../../../src/engine/function/hyperloglog/registers.ts';
import {
  ENTRIES_MAX,
  entryOf,
} from '../../../../src/engine/function/hyperloglog/sparse-entries.ts';
import { VerificationError } from '../../../../src/errors/drey-error.ts';
import { runs } from '../../../support/property-runs.ts';

const value = new DataView(new ArrayBuffer(8));

/** Adds the numbers from `from` on as 8 bytes: `seed`, then the number. */
function addNumbers(sketch: HyperLogLog, seed: number, from: number, to: number): void {
  value.setUint32(0, seed, true);
  for (let number = from; number < to; number++) {
    value.setUint32(4, number, true);
    sketch.addBytes(value, 0, 8);
  }
}

function sketchOf(seed: number, from: number, to: number): HyperLogLog {
  const sketch = new HyperLogLog();
  addNumbers(sketch, seed, from, to);
  return sketch;
}

describe('the estimate', () => {
  test('of nothing is 0', () => {
    expect(new HyperLogLog().estimate()).toBe(0);
  });

  for (const count of [1, 10, 100, 1000, ENTRIES_MAX]) {
    test(`of ${count} values is off by one at most, in 20 sets`, () => {
      for (let seed = 0; seed < 20; seed++) {
        const sketch = sketchOf(seed, 0, count);
        expect(Math.abs(sketch.estimate() - count)).toBeLessThanOrEqual(1);
        expect(sketch.isSparse).toBe(true);
      }
    });
  }

  for (const count of [4_000, 10_000, 30_000, 50_000, 80_000, 100_000]) {
    test(`of ${count} values is within 4 standard errors and has no bias, in 50 sets`, () => {
      let sum = 0;
      let squares = 0;
      for (let seed = 0; seed < 50; seed++) {
        const error = sketchOf(seed, 0, count).estimate() / count - 1;
        expect(Math.abs(error)).toBeLessThan(4 * STANDARD_ERROR);
        sum += error;
        squares += error * error;
      }
      // The mean of 50 sets has a standard error smaller by sqrt(50).
      expect(Math.abs(sum / 50)).toBeLessThan((4 * STANDARD_ERROR) / Math.sqrt(50));
      expect(Math.sqrt(squares / 50)).toBeLessThan(1.4 * STANDARD_ERROR);
    });
  }

  for (const [count, sets] of [
    [1_000_000, 5],
    [10_000_000, 2],
  ] as const) {
    test(`of ${count} values is within 4 standard errors, in ${sets} sets`, () => {
      for (let seed = 0; seed < sets; seed++) {
        const error = sketchOf(seed, 0, count).estimate() / count - 1;
        expect(Math.abs(error)).toBeLessThan(4 * STANDARD_ERROR);
      }
    });
  }

  test('of hashes that fill every register to the top is still a number', () => {
    const sketch = new HyperLogLog();
    for (let register = 0; register < 1 << 14; register++) sketch.addHash(register << 18, 0);
    expect(sketch.isSparse).toBe(false);
    expect(sketch.estimate()).toBeGreaterThan(2 ** 53);
  });
});

describe('a sketch', () => {
  test('does not change when a value comes again', () => {
    for (const count of [100, 100_000]) {
      const sketch = sketchOf(7, 0, count);
      const before = sketch.serialize();
      addNumbers(sketch, 7, 0, count);
      expect(sketch.serialize()).toEqual(before);
    }
  });

  test('becomes registers with the value after the last that fits, and stays right', () => {
    const sketch = sketchOf(3, 0, ENTRIES_MAX);
    expect(sketch.isSparse).toBe(true);
    addNumbers(sketch, 3, ENTRIES_MAX, ENTRIES_MAX + 1);
    expect(sketch.isSparse).toBe(false);
    expect(Math.abs(sketch.estimate() / (ENTRIES_MAX + 1) - 1)).toBeLessThan(4 * STANDARD_ERROR);
  });

  test('has the registers that the hashes give, whichever form they went through', () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    // Words with few bits set meet the long ranks and both borders of the place.
    const rareWord = fc.oneof(
      word,
      fc.constant(0),
      fc.nat(31).map((bit) => 1 << bit),
      word.map((bits) => bits & ~0x3ffff),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(rareWord, rareWord), { maxLength: 200 }), (hashes) => {
        const direct = new Registers();
        for (const [high, low] of hashes) direct.addHash(high, low);
        const throughEntries = Registers.of(hashes.map(([high, low]) => entryOf(high, low)));
        expect(Buffer.compare(throughEntries.ranks, direct.ranks)).toBe(0);
      }),
    );
  });

  test('counts ranks as the definition says', () => {
    const check = (bits: string, register: number, rank: number): void => {
      const hash = BigInt(`0b${bits.padEnd(64, '0')}`);
      const registers = new Registers();
      registers.addHash(Number(hash >> 32n) | 0, Number(hash & 0xffff_ffffn) | 0);
      expect([...registers.ranks.entries()].filter(([, found]) => found > 0)).toEqual([
        [register, rank],
      ]);
    };
    check('00000000000001', 1, 51);
    check('111111111111111', 16_383, 1);
    check('10000000000000' + '01', 8192, 2);
    check('00000000000000' + '000000000000000001', 0, 18);
    check('00000000000000' + '0000000000000000001', 0, 19);
    check('00000000000010' + '0'.repeat(49) + '1', 2, 50);
  });

  test('is the same for any order of its values', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6000 }), fc.nat(), (count, turn) => {
        const forth = sketchOf(1, 0, count);
        const middle = turn % count;
        const turned = sketchOf(1, middle, count);
        addNumbers(turned, 1, 0, middle);
        expect(Buffer.compare(turned.serialize(), forth.serialize())).toBe(0);
      }),
      { numRuns: runs(30) },
    );
  });

  test('holds less than 17 KB, and 200 bytes for a few values', () => {
    expect(sketchOf(1, 0, 10).sizeBytes).toBeLessThan(200);
    for (const count of [1000, 2000, ENTRIES_MAX, 10_000, 1_000_000]) {
      expect(sketchOf(1, 0, count).sizeBytes).toBeLessThan(17_000);
    }
  });
});

describe('two sketches merged', () => {
  for (const [name, left, right] of [
    ['sparse with sparse, staying sparse', 1000, 1500],
    ['sparse with sparse, becoming registers', 2500, 3000],
    ['sparse with registers', 1000, 50_000],
    ['registers with sparse', 50_000, 1000],
    ['registers with registers', 50_000, 60_000],
    ['nothing with registers', 0, 50_000],
    ['something with nothing', 500, 0],
  ] as const) {
    test(`are the sketch of all values: ${name}`, () => {
      const overlap = Math.min(left, right) >>> 1;
      const merged = sketchOf(5, 0, left);
      const other = sketchOf(5, left - overlap, left - overlap + right);
      const otherBytes = other.serialize();
      merged.addAll(other);
      const union = sketchOf(5, 0, Math.max(left, left - overlap + right));
      expect(merged.serialize()).toEqual(union.serialize());
      expect(other.serialize()).toEqual(otherBytes);
    });
  }
});

describe('the stored form of a sketch', () => {
  test('reads back at any size, and goes on counting', () => {
    for (const count of [0, 1, 5, 1000, ENTRIES_MAX, ENTRIES_MAX + 1, 100_000]) {
      const sketch = sketchOf(9, 0, count);
      const read = HyperLogLog.deserialize(sketch.serialize());
      expect(read.estimate()).toBe(sketch.estimate());
      addNumbers(sketch, 9, count, count + 5000);
      addNumbers(read, 9, count, count + 5000);
      expect(Buffer.compare(read.serialize(), sketch.serialize())).toBe(0);
    }
  });

  test('is the one of version 1: its bytes do not change from release to release', () => {
    expect(Buffer.from(sketchOf(1, 0, 2).serialize()).toString('hex')).toBe(
      '484c4c010000000082aab759c416b479',
    );
  });

  test('takes at most 12,296 bytes', () => {
    expect(sketchOf(1, 0, ENTRIES_MAX).serialize().length).toBe(8 + ENTRIES_MAX * 4);
    expect(sketchOf(1, 0, 1_000_000).serialize().length).toBe(12_296);
  });

  const sparse = sketchOf(1, 0, 3).serialize();
  const dense = sketchOf(1, 0, 4000).serialize();
  const withByte = (bytes: Uint8Array, at: number, byte: number): Uint8Array => {
    const changed = bytes.slice();
    changed[at] = byte;
    return changed;
  };
  const refused: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing at all', new Uint8Array(0), 'shorter than its header'],
    ['other letters', withByte(sparse, 0, 0x49), 'it starts with'],
    ['another version', withByte(sparse, 3, 2), 'it starts with 24c4c48'],
    ['an unknown form', withByte(sparse, 4, 2), 'its form is 2'],
    ['part of an entry', sparse.subarray(0, 11), 'ends inside an entry'],
    ['an entry of rank 0', withByte(sparse, 8, sparse[8]! & 0xc0), 'entry 0 is'],
    ['an entry of rank 41', withByte(sparse, 8, (sparse[8]! & 0xc0) | 41), 'entry 0 is'],
    ['an entry of 32 bits', withByte(sparse, 11, sparse[11]! | 0x80), 'entry 0 is'],
    ['an entry twice', Uint8Array.of(...sparse, ...sparse.subarray(16)), 'not ascending'],
    [
      'too many entries',
      Uint8Array.of(...sparse.subarray(0, 8), ...new Uint8Array(12_292)),
      '3073',
    ],
    ['too few registers', dense.subarray(0, 12_295), '12287 bytes of ranks'],
    ['too many registers', Uint8Array.of(...dense, 0), '12289 bytes of ranks'],
    ['a register of rank 63', withByte(dense, 8, dense[8]! | 0x3f), 'register 0 has rank 63'],
  ];
  for (const [name, bytes, reason] of refused) {
    test(`is refused with ${name}`, () => {
      let thrown: unknown;
      try {
        HyperLogLog.deserialize(bytes);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(VerificationError);
      expect(thrown).toMatchObject({ code: 'DREY_STATE_CORRUPT', exitCode: 12 });
      expect(String(thrown)).toContain(reason);
    });
  }

  test('is refused with changed bytes, or stored again as it was read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(sparse, dense),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1 }),
        (stored, changes) => {
          const bytes = stored.slice();
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          let read: HyperLogLog;
          try {
            read = HyperLogLog.deserialize(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(VerificationError);
            return;
          }
          expect(Buffer.compare(read.serialize(), bytes)).toBe(0);
          expect(read.estimate()).toBeGreaterThan(0);
        },
      ),
    );
  });
});
