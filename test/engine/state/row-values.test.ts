import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowReader, writeRow, writeRows } from '../../../src/engine/state/row-values.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { runs } from '../../support/property-runs.ts';
import { batchOf, field, rowsOf, type Row } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom, randomValue } from '../batch/random-values.ts';

const schema = Object.entries(types).map(([name, type]) => field(name, type));

function bytesOf(rows: readonly Row[], order: readonly number[]): Uint8Array {
  const writer = new StateWriter();
  writeRows(writer, batchOf(schema, rows).columns, order);
  return writer.finish();
}

function read(bytes: Uint8Array, count: number, type?: LogicalType): Value[][] {
  const rows: Value[][] = [];
  const reader = new StateReader(bytes);
  new RowReader(type === undefined ? schema : [field('only', type)]).read(
    reader,
    count,
    (batch, from) => {
      expect(from).toBe(rows.length);
      rows.push(...rowsOf(batch));
    },
  );
  reader.end();
  return rows;
}

const draws = (seed: number, count: number): readonly Row[] => {
  const draw = drawFrom(seed);
  const options = { narrow: draw(2) === 0, nullsOneIn: draw(3) * 3 };
  return Array.from({ length: count }, () =>
    schema.map(({ type }) => randomValue(type, draw, options)),
  );
};

test('rows of every type are read back equal, in the order in which they were written', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 30 }), (seed, count) => {
      const rows = draws(seed, count);
      const order = [...rows.keys()].reverse();
      expect(read(bytesOf(rows, order), count)).toEqual(order.map((row) => rows[row]));
    }),
    { numRuns: runs(100) },
  );
});

test('rows of several batches', () => {
  const rows = Array.from({ length: 5_000 }, (_, row): Row => [BigInt(row)]);
  const writer = new StateWriter();
  for (let from = 0; from < rows.length; from += 2_000) {
    const some = rows.slice(from, from + 2_000);
    const { columns } = batchOf([field('n', types.bigint)], some);
    writeRows(writer, columns, [...some.keys()]);
  }
  expect(read(writer.finish(), 5_000, types.bigint)).toEqual(rows);
});

test('a value that could not be computed fails after a restore as before', () => {
  const batch = batchOf([field('n', types.int)], [[1]]);
  batch.columns[0]!.setFailure(0, 'division by zero');
  const writer = new StateWriter();
  writeRow(writer, batch.columns, 0);
  let reason: string | undefined;
  new RowReader(batch.schema).read(new StateReader(writer.finish()), 1, ({ columns }) => {
    reason = columns[0]!.failures?.get(0);
  });
  expect(reason).toBe('division by zero');
});

test('values of another type are refused', () => {
  const writer = new StateWriter();
  writeRow(writer, batchOf([field('n', types.int)], [[1]]).columns, 0);
  for (const type of Object.values(types)) {
    if (['INT', 'DATE', 'TIME', 'TINYINT', 'SMALLINT', 'INTERVAL_YEAR_MONTH'].includes(type.root)) {
      continue;
    }
    expect(() => read(writer.finish(), 1, type), type.root).toThrow(
      expect.objectContaining({ code: 'DREY_STATE_CORRUPT' }),
    );
  }
});

test('bytes that are cut or changed are refused or read as other rows', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), fc.nat({ max: 7 }), (seed, at, bit) => {
      const bytes = bytesOf(draws(seed, 3), [0, 1, 2]);
      const cut = bytes.slice(0, at % bytes.length);
      expect(() => read(cut, 3)).toThrow(expect.objectContaining({ code: 'DREY_STATE_CORRUPT' }));
      bytes[at % bytes.length]! ^= 1 << bit;
      try {
        read(bytes, 3);
      } catch (error) {
        expect(error).toMatchObject({ code: 'DREY_STATE_CORRUPT' });
      }
    }),
    { numRuns: runs(300) },
  );
});
