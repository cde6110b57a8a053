import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { appendColumn } from '../../../src/engine/batch/copy-rows.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { batchOf, field, rowsOf } from './batch-of.ts';
import { types } from './nullable-types.ts';
import { drawFrom, type Draw } from './random-values.ts';

const schema = [field('t', types.text)];
/** A kernel copies as many rows or more, and texts of other lengths in another way. */
const ROWS_MAX = 40;
const LENGTHS = [0, 1, 7, 8, 9, 63, 64, 65, 129, 300];

function randomTexts(draw: Draw): (string | null)[][] {
  const hasNulls = draw(2) === 0;
  return Array.from({ length: 1 + draw(ROWS_MAX) }, (_unused, row) => {
    if (hasNulls && draw(4) === 0) return [null];
    const length = LENGTHS[draw(LENGTHS.length)]!;
    return [String.fromCharCode(97 + (row % 26)).repeat(length)];
  });
}

test('texts that are appended in the memory of kernels are those of the source, behind those before', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const draw = drawFrom(seed);
      const memory = roomyTestMemory();
      const target = Batch.inMemory(schema, memory);
      const expected: (readonly (string | null)[])[] = [];
      for (let part = 1 + draw(3); part > 0; part--) {
        const texts = randomTexts(draw);
        const source = Batch.inMemory(schema, memory);
        const every = Int32Array.from(texts.keys());
        const whole = { rows: every, count: texts.length, hasGaps: false };
        appendColumn(batchOf(schema, texts).columns[0]!, whole, source.columns[0]!, 0);
        const count = draw(ROWS_MAX);
        const rows = memory.int32Array(count);
        for (let at = 0; at < count; at++) rows[at] = draw(texts.length);
        const selection = { rows, count, hasGaps: false };
        appendColumn(source.columns[0]!, selection, target.columns[0]!, target.rowCount);
        target.rowCount += count;
        expected.push(...Array.from(rows, (row) => texts[row]!));
      }
      expect(rowsOf(target)).toEqual(expected);
    }),
    { numRuns: runs(100) },
  );
});
