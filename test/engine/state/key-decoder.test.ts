import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { KeyDecoder } from '../../../src/engine/state/key-decoder.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import type { RowField } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { runs } from '../../support/property-runs.ts';
import { batchOf, field, rowsOf } from '../batch/batch-of.ts';
import { drawFrom, randomValue } from '../batch/random-values.ts';
import { types } from '../batch/nullable-types.ts';
import { testMemory } from '../../support/test-memory.ts';

const allTypes = [
  ...Object.values(types),
  { root: 'ARRAY', element: types.bigint, nullable: true },
  { root: 'ARRAY', element: types.double, nullable: true },
  { root: 'ARRAY', element: types.bytes, nullable: true },
] as const;

const schemas = fc
  .array(fc.constantFrom(...allTypes), { minLength: 1, maxLength: 5 })
  .map((chosen): RowField[] => chosen.map((type, index) => field(`c${index}`, type)));

/** The row that its key gives back. */
function roundTrip(schema: readonly RowField[], rows: Value[][], prefix: number | null): Value[][] {
  const batch = batchOf(schema, rows);
  const dictionary = new KeyDictionary(testMemory);
  const ids = new Int32Array(rows.length);
  dictionary.internAll(
    new KeyEncoder(testMemory, prefix).encode(batch.columns, rows.length),
    rows.length,
    ids,
  );
  const decoder = new KeyDecoder(testMemory, prefix !== null);
  const restored = new Batch(schema);
  decoder.load(dictionary, ids);
  decoder.decodeAll(restored.columns);
  restored.rowCount = rows.length;
  return rowsOf(restored);
}

/** -0 and 0 are one key. */
function unsigned(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(unsigned);
  return value === 0 ? 0 : value;
}

test('a key gives back the row that it was made from, for values of every kind', () => {
  fc.assert(
    fc.property(
      schemas,
      fc.nat(300),
      fc.option(fc.nat(9), { freq: 1 }),
      fc.integer(),
      (schema, rowCount, prefix, seed) => {
        const draw = drawFrom(seed);
        const narrow = draw(2) === 0;
        const rows = Array.from({ length: rowCount }, () =>
          schema.map(({ type }) => randomValue(type, draw, { narrow, nullsOneIn: 5 })),
        );
        expect(roundTrip(schema, rows, prefix)).toEqual(rows.map((row) => row.map(unsigned)));
      },
    ),
    { numRuns: runs(200) },
  );
});

test('a decoder starts again for each batch, with longer keys than the ones before', () => {
  const schema = [field('a', types.text), field('b', types.bigint)];
  const dictionary = new KeyDictionary(testMemory);
  const decoder = new KeyDecoder(testMemory);
  const restored = new Batch(schema);
  for (const length of [1, 40_000, 200_000, 3]) {
    const rows: Value[][] = [
      ['x'.repeat(length), 1n],
      ['y'.repeat(length), null],
    ];
    const batch = batchOf(schema, rows);
    const ids = new Int32Array(2);
    dictionary.internAll(new KeyEncoder(testMemory).encode(batch.columns, 2), 2, ids);
    decoder.load(dictionary, ids);
    restored.reset();
    decoder.decodeAll(restored.columns);
    restored.rowCount = 2;
    expect(rowsOf(restored)).toEqual(rows);
  }
});
