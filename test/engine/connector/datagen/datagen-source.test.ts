import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch, type RowSchema } from '../../../../src/engine/batch/batch.ts';
import type {
  DatagenFieldOptions,
  DatagenOptions,
} from '../../../../src/engine/connector/datagen/datagen-options.ts';
import { DatagenSource } from '../../../../src/engine/connector/datagen/datagen-source.ts';
import { LENGTH_MAX, type LogicalType } from '../../../../src/expression/type.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { createSimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { rowsOf } from '../column-values.ts';
import { snapshotOf } from '../read-split.ts';
import { runs } from '../../../support/property-runs.ts';

const nullable = true;
const types = {
  BOOLEAN: { root: 'BOOLEAN', nullable },
  TINYINT: { root: 'TINYINT', nullable },
  SMALLINT: { root: 'SMALLINT', nullable },
  INT: { root: 'INT', nullable },
  BIGINT: { root: 'BIGINT', nullable },
  FLOAT: { root: 'FLOAT', nullable },
  DOUBLE: { root: 'DOUBLE', nullable },
  DECIMAL: { root: 'DECIMAL', precision: 38, scale: 4, nullable },
  STRING: { root: 'VARCHAR', length: LENGTH_MAX, nullable },
  CHAR: { root: 'CHAR', length: 7, nullable },
  BYTES: { root: 'VARBINARY', length: LENGTH_MAX, nullable },
  BINARY: { root: 'BINARY', length: 3, nullable },
  DATE: { root: 'DATE', nullable },
  TIME: { root: 'TIME', precision: 0, nullable },
  TIMESTAMP: { root: 'TIMESTAMP', precision: 3, nullable },
  LTZ: { root: 'TIMESTAMP_LTZ', precision: 3, nullable },
} as const satisfies Record<string, LogicalType>;
const array: LogicalType = { root: 'ARRAY', element: types.INT, nullable };
const map: LogicalType = { root: 'MAP', key: types.STRING, value: types.BIGINT, nullable };
const row: LogicalType = { root: 'ROW', fields: [{ name: 'a', type: types.STRING }], nullable };

function field(column: string, options: Partial<DatagenFieldOptions> = {}): DatagenFieldOptions {
  const defaults = { generator: 'random', min: null, max: null, length: null } as const;
  return { column, ...defaults, varLen: false, maxPastMs: null, nullRate: 0, ...options };
}

const seeded: DatagenOptions = { rowsPerSecond: null, numberOfRows: 2500, seed: 7, fields: [] };

function sourceOf(
  schema: RowSchema,
  options: Partial<DatagenOptions> = {},
  platform = createSimulatedPlatform({ seed: 1 }),
): DatagenSource {
  return new DatagenSource({ name: 'gen', schema, options: { ...seeded, ...options } }, platform);
}

/** All rows of a bounded source without a rate. */
async function rowsFrom(source: DatagenSource): Promise<Value[][]> {
  const [reader] = await source.open();
  const batch = new Batch(source.schema);
  const rows: Value[][] = [];
  for (;;) {
    batch.reset();
    const result = reader!.poll(batch);
    if (result === 'ended') return rows;
    expect(result).toBe('rows');
    rows.push(...rowsOf(batch));
  }
}

async function valuesOf(
  type: LogicalType,
  options: Partial<DatagenFieldOptions> = {},
): Promise<Value[]> {
  const source = sourceOf([{ name: 'x', type }], { fields: [field('x', options)] });
  return (await rowsFrom(source)).map(([value]) => value!);
}

const everything: RowSchema = [
  ...Object.entries(types).map(([name, type]) => ({ name, type })),
  { name: 'list', type: array },
  { name: 'map', type: map },
  { name: 'row', type: row },
];

describe('generated rows', () => {
  test('of every type are the same for the same seed, and others for another', async () => {
    const first = await rowsFrom(sourceOf(everything));
    expect(first).toHaveLength(2500);
    expect(await rowsFrom(sourceOf(everything))).toEqual(first);
    const other = await rowsFrom(sourceOf(everything, { seed: 8 }));
    expect(other[0]).not.toEqual(first[0]);
  });

  test('are the same after a restore at any row', async () => {
    const all = await rowsFrom(sourceOf(everything, { numberOfRows: 2500 }));
    const platform = createSimulatedPlatform({ seed: 1 });
    const [first] = await sourceOf(everything, { numberOfRows: 2500 }, platform).open();
    const batch = new Batch(everything);
    first!.poll(batch);
    const before = rowsOf(batch);
    // Another seed: the one in the snapshot counts.
    const [second] = await sourceOf(everything, { numberOfRows: 2500, seed: 99 }, platform).open();
    second!.restoreState(snapshotOf(first!));
    const after: Value[][] = [];
    for (batch.reset(); second!.poll(batch) === 'rows'; batch.reset()) after.push(...rowsOf(batch));
    expect([...before, ...after]).toEqual(all);
  });

  test('without a seed differ from run to run and are of the current moment', async () => {
    const platform = createSimulatedPlatform({ seed: 1, wallStartMs: 1_700_000_000_000 });
    const schema = [
      { name: 's', type: types.STRING },
      { name: 't', type: types.LTZ },
    ];
    const unseeded = () => rowsFrom(sourceOf(schema, { seed: null, numberOfRows: 1 }, platform));
    const [[text, moment]] = (await unseeded()) as [[string, bigint]];
    expect(moment).toBe(1_700_000_000_000_000_000n);
    expect((await unseeded())[0]![0]).not.toBe(text);
  });

  test('under a seed have moments that follow the rate from a fixed day on', async () => {
    const schema = [
      { name: 't', type: types.TIMESTAMP },
      { name: 'd', type: types.DATE },
      { name: 'h', type: types.TIME },
    ];
    const rows = await rowsFrom(sourceOf(schema, { numberOfRows: 10_001 }));
    const startMs = Date.UTC(2024, 0, 1);
    expect(rows[0]).toEqual([BigInt(startMs) * 1_000_000n, startMs / 86_400_000, 0]);
    expect(rows[10_000]).toEqual([BigInt(startMs + 1000) * 1_000_000n, startMs / 86_400_000, 1000]);
  });

  test('end with the number of rows or the shortest sequence, whichever is less', async () => {
    const schema = [
      { name: 'a', type: types.INT },
      { name: 'b', type: types.STRING },
    ];
    const fields = [
      field('a', { generator: 'sequence', min: '5', max: '9' }),
      field('b', { generator: 'sequence', min: '-1', max: '1' }),
    ];
    const expected = [
      [5, '-1'],
      [6, '0'],
      [7, '1'],
    ];
    expect(await rowsFrom(sourceOf(schema, { fields, numberOfRows: null }))).toEqual(expected);
    expect(await rowsFrom(sourceOf(schema, { fields, numberOfRows: 2 }))).toHaveLength(2);
    expect(sourceOf(schema, { fields, numberOfRows: null }).isBounded).toBe(true);
    expect(sourceOf(schema, { numberOfRows: null }).isBounded).toBe(false);
  });

  test('longer than a block come in smaller batches', async () => {
    const schema = [{ name: 's', type: types.STRING }];
    const fields = [field('s', { length: 300_000 })];
    const rows = await rowsFrom(sourceOf(schema, { fields, numberOfRows: 10 }));
    expect(rows.map(([text]) => (text as string).length)).toEqual(Array(10).fill(300_000));
    expect(new Set(rows.flat()).size).toBe(10);
  });
});

describe('random values', () => {
  test('lie within their bounds and reach both of them', async () => {
    for (const type of ['TINYINT', 'SMALLINT', 'INT'] as const) {
      const values = await valuesOf(types[type], { min: '-3', max: '4' });
      expect(new Set(values)).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3, 4]));
    }
    const longs = await valuesOf(types.BIGINT, { min: '9223372036854775805' });
    expect(new Set(longs)).toEqual(
      new Set([9223372036854775805n, 9223372036854775806n, 9223372036854775807n]),
    );
    const decimals = await valuesOf(types.DECIMAL, { min: '-1.0001', max: '-0.9999' });
    expect(new Set(decimals)).toEqual(new Set([-10001n, -10000n, -9999n]));
  });

  test('of a bounded range follow the bounds whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.bigInt({ min: 0n, max: 2n ** 63n }),
        async (min, span) => {
          const max = min + span < 2n ** 63n ? min + span : 2n ** 63n - 1n;
          const schema = [{ name: 'x', type: types.BIGINT }];
          const fields = [field('x', { min: String(min), max: String(max) })];
          for (const [value] of await rowsFrom(sourceOf(schema, { fields, numberOfRows: 50 }))) {
            const drawn = value as bigint;
            expect(drawn >= min && drawn <= max).toBe(true);
          }
        },
      ),
      { numRuns: runs(50) },
    );
  });

  test('by default cover the whole type, as in Flink', async () => {
    const ints = (await valuesOf(types.INT)) as number[];
    expect(Math.min(...ints)).toBeLessThan(-2_000_000_000);
    expect(Math.max(...ints)).toBeGreaterThan(2_000_000_000);
    const longs = (await valuesOf(types.BIGINT)) as bigint[];
    expect(longs.some((v) => v > 2n ** 62n) && longs.some((v) => v < -(2n ** 62n))).toBe(true);
    const doubles = (await valuesOf(types.DOUBLE)) as number[];
    expect(doubles.every((v) => v > 0 && Number.isFinite(v))).toBe(true);
    const floats = (await valuesOf(types.FLOAT)) as number[];
    expect(floats.every((v) => v > 0 && Math.fround(v) === v && v < 3.5e38)).toBe(true);
    expect(new Set(await valuesOf(types.BOOLEAN))).toEqual(new Set([true, false]));
  });

  test('of text are 100 hexadecimal digits, or as long as asked', async () => {
    const texts = (await valuesOf(types.STRING)) as string[];
    expect(texts.every((text) => /^[0-9a-f]{100}$/.test(text))).toBe(true);
    expect(new Set(texts).size).toBe(texts.length);
    expect(new Set(await valuesOf(types.STRING, { length: 1 })).size).toBe(16);
    expect((await valuesOf(types.CHAR))[0]).toMatch(/^[0-9a-f]{7}$/);
    const lengths = (await valuesOf(types.STRING, { length: 5, varLen: true })) as string[];
    expect(new Set(lengths.map((text) => text.length))).toEqual(new Set([1, 2, 3, 4]));
  });

  test('of bytes are of their length and use all byte values', async () => {
    const values = (await valuesOf(types.BINARY)) as Uint8Array[];
    expect(values.every((value) => value.length === 3)).toBe(true);
    expect(new Set(values.flatMap((value) => Array.from(value))).size).toBe(256);
  });

  test('of moments lie at most max-past before the row', async () => {
    const startMs = BigInt(Date.UTC(2024, 0, 1));
    const values = (await valuesOf(types.LTZ, { maxPastMs: 60_000 })) as bigint[];
    const pasts = values.map((v, i) => startMs + BigInt(Math.floor(i / 10)) - v / 1_000_000n);
    expect(pasts.every((past) => past >= 0n && past <= 60_000n)).toBe(true);
    expect(pasts.some((past) => past > 59_000n) && pasts.some((past) => past < 1_000n)).toBe(true);
  });

  test('are NULL at the rate asked for', async () => {
    for (const type of [types.INT, types.BYTES, array]) {
      const nulls = (await valuesOf(type, { nullRate: 0.2 })).filter((value) => value === null);
      expect(nulls.length).toBeGreaterThan(400);
      expect(nulls.length).toBeLessThan(600);
    }
    expect(new Set(await valuesOf(types.INT, { nullRate: 1 }))).toEqual(new Set([null]));
  });

  test('of nested types follow the options of their parts', async () => {
    const schema = [
      { name: 'list', type: array },
      { name: 'map', type: map },
      { name: 'row', type: row },
    ];
    const fields = [
      field('list', { length: 2 }),
      field('list.element', { min: '1', max: '1' }),
      field('map.key', { length: 4 }),
      field('map.value', { min: '7', max: '7' }),
      field('row.a', { length: 6 }),
    ];
    const [[list, entries, made]] = (await rowsFrom(
      sourceOf(schema, { fields, numberOfRows: 1 }),
    )) as [[Value, [string, bigint][], [string]]];
    expect(list).toEqual([1, 1]);
    expect(entries.map(([key, value]) => [key.length, value])).toEqual(Array(3).fill([4, 7n]));
    expect(made[0]).toHaveLength(6);
  });
});

describe('sequences', () => {
  test('count in every type that has them', async () => {
    const bounds = { generator: 'sequence', min: '3', max: '4' } as const;
    expect(await valuesOf(types.TINYINT, bounds)).toEqual([3, 4]);
    expect(await valuesOf(types.BIGINT, bounds)).toEqual([3n, 4n]);
    expect(await valuesOf(types.DOUBLE, bounds)).toEqual([3, 4]);
    expect(await valuesOf(types.DECIMAL, bounds)).toEqual([30_000n, 40_000n]);
    expect(await valuesOf(types.STRING, bounds)).toEqual(['3', '4']);
    expect(await valuesOf(types.BYTES, bounds)).toEqual([
      new Uint8Array([0, 0, 0, 0, 0, 0, 0, 3]),
      new Uint8Array([0, 0, 0, 0, 0, 0, 0, 4]),
    ]);
    const longs = { ...bounds, min: '9223372036854775806', max: '9223372036854775807' };
    expect(await valuesOf(types.BIGINT, longs)).toEqual([2n ** 63n - 2n, 2n ** 63n - 1n]);
  });
});

describe('options that do not fit are refused before any row', () => {
  function check(type: LogicalType, options: Partial<DatagenFieldOptions>, problem: string): void {
    const make = () => sourceOf([{ name: 'x', type }], { fields: [field('x', options)] });
    expect(make).toThrow(
      expect.objectContaining({
        code: 'DREY_DATAGEN_OPTION',
        message: expect.stringContaining(`source gen, column x: ${problem}`),
      }),
    );
  }

  test('bounds outside the type, the wrong way round or no numbers', () => {
    check(types.TINYINT, { max: '128' }, 'min (default), max 128 is no range within TINYINT');
    check(types.INT, { min: '2', max: '1' }, 'min 2, max 1 is no range within INT');
    check(types.INT, { min: '1.5' }, 'min 1.5, max (default) is no range within INT');
    check(types.DOUBLE, { max: 'much' }, 'min (default), max much is no range within DOUBLE');
    check(types.DECIMAL, { max: '0.00001' }, 'min (default), max 0.00001 is no range');
  });

  test('lengths that the type does not allow', () => {
    check(types.CHAR, { length: 8 }, 'the length of CHAR is 7');
    check({ root: 'VARCHAR', length: 5, nullable }, { length: 6 }, 'length 6 does not fit VARCHAR');
    check(types.STRING, { length: 0 }, 'length 0 does not fit VARCHAR');
    check(array, { length: -1 }, 'length -1 is not 0 to 100000');
  });

  test('sequences without bounds, too large for the type, or of a type without them', () => {
    check(types.INT, { generator: 'sequence', min: '1' }, 'a sequence needs start and end');
    check(types.TINYINT, { generator: 'sequence', min: '1', max: '200' }, '1 to 200 does not fit');
    check(types.DATE, { generator: 'sequence', min: '1', max: '2' }, 'DATE has no sequence');
  });

  test('null-rates beyond 1 or of a NOT NULL column', () => {
    check(types.INT, { nullRate: 1.5 }, 'null-rate 1.5 is not between 0 and 1');
    check(
      { root: 'INT', nullable: false },
      { nullRate: 0.5 },
      'a NOT NULL column has no null-rate',
    );
  });

  test('columns that are not there, and a rate or seed that is none', () => {
    const schema = [{ name: 'x', type: types.INT }];
    expect(() => sourceOf(schema, { fields: [field('y')] })).toThrow('column y: there is no such');
    expect(() => sourceOf(schema, { rowsPerSecond: 0 })).toThrow('rows-per-second 0');
    expect(() => sourceOf(schema, { seed: 0.5 })).toThrow('seed 0.5');
  });
});

describe('the rate', () => {
  const schema = [{ name: 'x', type: types.INT }];

  test('holds rows back until they are due, on the platform clock', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    const options = { rowsPerSecond: 100, numberOfRows: 50 };
    const [reader] = await sourceOf(schema, options, world).open();
    const batch = new Batch(schema);
    const startMs = world.clock.monotonicMs();
    let rowCount = 0;
    const read = async (): Promise<void> => {
      for (;;) {
        batch.reset();
        const result = reader!.poll(batch);
        if (result === 'ended') return;
        rowCount += batch.rowCount;
        const passedMs = world.clock.monotonicMs() - startMs;
        expect(rowCount).toBeLessThanOrEqual(passedMs / 10 + 1.001);
        if (result === 'waiting') await reader!.ready();
      }
    };
    await world.drive(read());
    expect(rowCount).toBe(50);
    expect(world.clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(490);
    expect(world.clock.monotonicMs() - startMs).toBeLessThan(520);
  });

  test('lets a second at most be caught up after a stall', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    const [reader] = await sourceOf(schema, { rowsPerSecond: 100 }, world).open();
    const batch = new Batch(schema);
    expect(reader!.poll(batch)).toBe('rows');
    const hour = new Promise<void>((resolve) => world.timers.after(3_600_000, resolve));
    await world.drive(hour);
    batch.reset();
    expect(reader!.poll(batch)).toBe('rows');
    expect(batch.rowCount).toBeLessThanOrEqual(101);
    expect(batch.rowCount).toBeGreaterThanOrEqual(100);
  });

  test('does not keep a closed source waiting', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    const [reader] = await sourceOf(schema, { rowsPerSecond: 0.001 }, world).open();
    const batch = new Batch(schema);
    reader!.poll(batch);
    batch.reset();
    expect(reader!.poll(batch)).toBe('waiting');
    const ready = reader!.ready();
    await reader!.close();
    await ready;
    expect(world.clock.monotonicMs()).toBeLessThan(1000);
  });
});
