import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactNumber } from '../../../src/flink/model/exact-json.ts';
import type { RowOp, SqlRow, SqlValue } from '../../../src/flink/model/sql-result.ts';
import { materialiseRows } from '../../../src/flink/sql/materialise-rows.ts';

const row = (op: RowOp, ...values: readonly SqlValue[]): SqlRow => ({ op, values });

describe('materialiseRows', () => {
  it.each<[what: string, changes: readonly SqlRow[], rows: readonly (readonly SqlValue[])[]]>([
    ['keeps equal rows apart', [row('+I', 1), row('+I', 1)], [[1], [1]]],
    [
      'puts an updated row in its place',
      [row('+I', 'a', 1), row('+I', 'b', 1), row('-U', 'a', 1), row('+U', 'a', 2)],
      [
        ['a', 2],
        ['b', 1],
      ],
    ],
    ['takes one of two equal rows away', [row('+I', 1), row('+I', 1), row('-D', 1)], [[1]]],
    ['adds an update without the row before', [row('+U', 'a', 1)], [['a', 1]]],
    ['passes over what it never had', [row('-D', 1), row('+I', 2)], [[2]]],
    ['does not take a text for a number', [row('+I', '1'), row('-D', 1)], [['1']]],
    [
      'tells long numbers apart',
      [row('+I', 9007199254740993n), row('+I', 9007199254740995n), row('-D', 9007199254740993n)],
      [[9007199254740995n]],
    ],
    [
      'finds a decimal by its digits',
      [row('+I', new ExactNumber('1.10')), row('-D', new ExactNumber('1.10'))],
      [],
    ],
  ])('%s', (_what, changes, rows) => {
    expect(materialiseRows(changes)).toEqual(rows);
  });

  it('has as many rows of a kind as were added and not taken away', () => {
    const change = fc.record({
      op: fc.constantFrom<RowOp>('+I', '-U', '+U', '-D'),
      values: fc.tuple(fc.integer({ min: 0, max: 3 })),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const counts = new Map<number, number>();
        for (const { op, values } of changes) {
          const count = counts.get(values[0]) ?? 0;
          counts.set(values[0], op.startsWith('+') ? count + 1 : Math.max(0, count - 1));
        }
        const expected = [...counts].flatMap(([value, count]) => Array(count).fill(value));
        const found = materialiseRows(changes).map(([value]) => Number(value));
        const byValue = (left: number, right: number): number => left - right;
        expect(found.toSorted(byValue)).toEqual(expected.toSorted(byValue));
      }),
    );
  });
});
