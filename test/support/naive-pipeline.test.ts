import { describe, expect, test } from 'vitest';
import { rollup, runNaively, type NaivePipeline, type NaiveRow } from './naive-pipeline.ts';

const counting: NaivePipeline = {
  time: 'ts',
  delayMs: 5,
  sizeMs: 10,
  groupingSets: [['k']],
  aggregates: [{ name: 'n', function: 'COUNT' }],
};

function check(pipeline: Partial<NaivePipeline>, rows: readonly NaiveRow[]): readonly NaiveRow[] {
  return runNaively({ ...counting, ...pipeline }, rows).rows;
}

describe('the naive reference', () => {
  test('drops a row whose window has fired, at the very millisecond', () => {
    // The watermark comes to 8, then to 9: the last millisecond of the first window.
    const rows = [13, 9, 14, 8].map((ts) => ({ ts, k: 'a' }));
    const result = runNaively(counting, rows);
    expect(result.rows).toEqual([
      { window_start: 10, window_end: 20, k: 'a', n: 2n },
      { window_start: 0, window_end: 10, k: 'a', n: 1n },
    ]);
    expect(result.late).toEqual([{ ts: 8, k: 'a' }]);
  });

  test('puts windows before 1970 and with an offset where Flink puts them', () => {
    expect(check({}, [{ ts: -1, k: null }])[0]).toMatchObject({ window_start: -10, window_end: 0 });
    const shifted = check({ offsetMs: 3 }, [{ ts: 2, k: null }]);
    expect(shifted[0]).toMatchObject({ window_start: -7, window_end: 3 });
  });

  test('keeps a real NULL and a rolled-up one apart', () => {
    const rows = [null, 'a'].map((k) => ({ ts: 1, k }));
    const aggregates = [
      { name: 'n', function: 'COUNT' },
      { name: 'g', function: 'GROUPING', column: 'k' },
    ] as const;
    const result = check({ groupingSets: rollup(['k']), aggregates }, rows);
    expect(result.map(({ k, n, g }) => [k, n, g])).toEqual([
      [null, 1n, 0n],
      [null, 2n, 1n],
      ['a', 1n, 0n],
    ]);
  });

  test('aggregates as SQL does', () => {
    const rows = [-7n, null, 3n, 3n].map((v) => ({ ts: 1, k: 'a', v }));
    const names = ['COUNT', 'COUNT DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX'] as const;
    const aggregates = names.map((name) => ({ name, function: name, column: 'v' }));
    const [row] = check({ aggregates }, rows);
    expect(names.map((name) => row?.[name])).toEqual([3n, 2n, -1n, 0n, -7n, 3n]);
    const nothing = check({ aggregates }, [{ ts: 1, k: 'a', v: null }])[0];
    expect(names.map((name) => nothing?.[name])).toEqual([0n, 0n, null, null, null, null]);
  });

  test('wraps integers at their width', () => {
    const rows = [2_147_483_647n, 1n].map((v) => ({ ts: 1, k: 'a', v }));
    const aggregates = [
      { name: 's', function: 'SUM', column: 'v', bits: 32 },
      { name: 'a', function: 'AVG', column: 'v', bits: 32 },
    ] as const;
    expect(check({ aggregates }, rows)[0]).toMatchObject({ s: -2_147_483_648n, a: 1_073_741_824n });
  });

  test('looks up before it filters, and moves the watermark before both', () => {
    const lookup = {
      table: [{ id: 'x', place: 'here' }],
      on: { k: 'id' },
      select: ['place'],
      missing: 'drop',
    } as const;
    const rows = [
      { ts: 100, k: null },
      { ts: 1, k: 'x' },
      { ts: 100, k: 'x' },
    ];
    const result = runNaively(
      { ...counting, lookup, where: (row) => row['place'] === 'here' },
      rows,
    );
    expect(result.late).toEqual([{ ts: 1, k: 'x', place: 'here' }]);
    expect(result.rows).toEqual([{ window_start: 100, window_end: 110, k: 'x', n: 1n }]);
  });
});
