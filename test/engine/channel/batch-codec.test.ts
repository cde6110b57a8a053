import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/engine/batch/batch.ts';
import { decodeBatch, encodeBatch } from '../../../src/engine/channel/batch-codec.ts';
import { runs } from '../../support/property-runs.ts';
import { batchOf, field, rowsOf } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom, randomValue } from '../batch/random-values.ts';

const schema = Object.entries(types).map(([name, type]) => field(name, type));

/** Values of nested types are read by a reader of their own. */
const scalars = schema.filter(({ type }) => type.root !== 'ARRAY');

/** Rows of all types; with or without NULLs, wide numbers, row kinds and event time. */
function anyBatch(seed: number, rowCount: number, columns = schema): Batch {
  const draw = drawFrom(seed);
  const options = { narrow: draw(2) === 0, nullsOneIn: draw(3) * 3 };
  const batch = batchOf(
    columns,
    Array.from({ length: rowCount }, () =>
      columns.map(({ type }) => randomValue(type, draw, options)),
    ),
  );
  if (draw(2) === 0) batch.kinds = Uint8Array.from({ length: rowCount }, () => draw(4));
  if (draw(2) === 0) {
    let watermarkMs = -Infinity;
    batch.watermarksBefore = Float64Array.from({ length: rowCount }, () => {
      if (draw(3) === 0) watermarkMs = Math.max(watermarkMs, draw(1000));
      return watermarkMs;
    });
    batch.watermarkAfter = draw(2000);
  }
  return batch;
}

const seeds = fc.integer();
const rowCounts = fc.integer({ min: 1, max: 20 });

describe('a batch that is encoded and decoded', () => {
  test('has the same rows, kinds and watermarks', () => {
    fc.assert(
      fc.property(seeds, rowCounts, (seed, rowCount) => {
        const batch = anyBatch(seed, rowCount);
        const { batch: decoded } = decodeBatch(encodeBatch(batch), schema);
        expect(rowsOf(decoded)).toEqual(rowsOf(batch));
        expect(decoded.kinds?.slice(0, rowCount) ?? null).toEqual(batch.kinds);
        expect(decoded.watermarksBefore?.slice(0, rowCount) ?? null).toEqual(
          batch.watermarksBefore,
        );
        expect(decoded.watermarkAfter).toBe(batch.watermarkAfter);
      }),
      { numRuns: runs(150) },
    );
  });

  test('has the same bytes when it is encoded again', () => {
    fc.assert(
      fc.property(seeds, rowCounts, (seed, rowCount) => {
        const bytes = encodeBatch(anyBatch(seed, rowCount));
        expect(encodeBatch(decodeBatch(bytes, schema).batch)).toEqual(bytes);
      }),
      { numRuns: runs(100) },
    );
  });

  test('still fails where a value could not be computed', () => {
    const batch = batchOf([field('n', types.int)], [[1], [2]]);
    batch.columns[0]!.setFailure(1, 'division by zero');
    const { batch: decoded } = decodeBatch(encodeBatch(batch), batch.schema);
    expect(decoded.columns[0]!.failures).toEqual(new Map([[1, 'division by zero']]));
  });
});

describe('bytes that are no batch', () => {
  test('cut at any length are refused', () => {
    const bytes = encodeBatch(anyBatch(1, 5));
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeBatch(bytes.subarray(0, length), schema)).toThrow(
        expect.objectContaining({ code: 'DREY_STATE_CORRUPT' }),
      );
    }
  });

  test('with one byte changed are refused, or are another batch', () => {
    fc.assert(
      fc.property(seeds, fc.nat(), fc.integer({ min: 1, max: 255 }), (seed, at, change) => {
        const bytes = encodeBatch(anyBatch(seed, 3, scalars));
        bytes[at % bytes.length]! ^= change;
        try {
          rowsOf(decodeBatch(bytes, scalars).batch);
        } catch (error) {
          expect(error).toMatchObject({ code: 'DREY_STATE_CORRUPT' });
        }
      }),
      { numRuns: runs(500) },
    );
  });

  test.each([
    ['more bytes behind it', (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
    ['no rows', (bytes: Uint8Array) => Uint8Array.of(0, ...bytes.subarray(1))],
  ])('with %s are refused', (_name, change) => {
    const bytes = change(encodeBatch(batchOf([field('n', types.int)], [[1]])));
    expect(() => decodeBatch(bytes, [field('n', types.int)])).toThrow('the state is corrupt');
  });
});
