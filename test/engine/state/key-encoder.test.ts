import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import type { RowField } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { runs } from '../../support/property-runs.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { testMemory } from '../../support/test-memory.ts';

/** The key of each row as text; NULL keys of a single text column have none. */
function keysOf(schema: readonly RowField[], rows: readonly Value[][], prefix?: number): string[] {
  const batch = batchOf(schema, rows);
  const keys = new KeyEncoder(testMemory, prefix ?? null).encode(batch.columns, rows.length);
  return rows.map((_, row) => {
    const start = keys.start[row]!;
    const length = keys.length[row]!;
    if (length < 0) return 'NULL';
    const bytes = keys.block.bytes.subarray(start, start + length);
    return Buffer.from(bytes).toString('hex');
  });
}

const text = fc.option(fc.constantFrom('', 'a', 'ab', 'b', '\u0000', 'abcd', 'abcde'));
const long = fc.option(fc.constantFrom(0n, 1n, -1n, 2n ** 40n, 2n ** 63n - 1n));

describe('keys', () => {
  test('are equal for equal rows only, whatever stands around them', () => {
    const schema = [field('a', types.text), field('n', types.bigint), field('b', types.text)];
    const row = fc.tuple(text, long, text).map((values): Value[] => [...values]);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60, size: 'max' }), row, (rows, first) => {
        const keys = keysOf(schema, rows);
        const shifted = keysOf(schema, [first, ...rows]).slice(1);
        expect(shifted).toEqual(keys);
        const byRow = new Map(rows.map((values, index) => [rowName(values), keys[index]]));
        for (const [index, values] of rows.entries()) {
          expect(keys[index]).toBe(byRow.get(rowName(values)));
        }
        expect(new Set(keys).size).toBe(byRow.size);
      }),
      { numRuns: runs(100) },
    );
  });

  test('of one text are its bytes, and NULL is no text', () => {
    expect(keysOf([field('a', types.text)], [['ab'], [''], [null]])).toEqual(['6162', '', 'NULL']);
  });

  test('of one BIGINT are the same in a batch of small numbers and in one with a large', () => {
    const schema = [field('n', types.bigint)];
    const small = keysOf(schema, [[7n], [-7n]]);
    expect(keysOf(schema, [[7n], [-7n], [2n ** 62n]]).slice(0, 2)).toEqual(small);
  });

  test('of 0 and -0 are equal, and those of NaN', () => {
    const schema = [field('d', types.double)];
    const [zero, negative, nan, other] = keysOf(schema, [[0], [-0], [Number.NaN], [-Number.NaN]]);
    expect(negative).toBe(zero);
    expect(other).toBe(nan);
    expect(nan).not.toBe(zero);
  });

  test('of arrays tell NULL from what JSON has no number for', () => {
    const schema = [field('d', { root: 'ARRAY', element: types.double, nullable: true })];
    const rows: Value[][] = [[[null]], [[Number.NaN]], [[Infinity]], [[-Infinity]], [[0]], [[]]];
    expect(new Set(keysOf(schema, rows)).size).toBe(rows.length);
  });

  test('of different grouping sets differ', () => {
    const schema = [field('a', types.text)];
    expect(keysOf(schema, [['x']], 1)).not.toEqual(keysOf(schema, [['x']], 2));
  });
});

function rowName(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => [typeof value, String(value)]));
}
