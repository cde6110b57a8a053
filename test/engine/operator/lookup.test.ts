import { describe, expect, test } from 'vitest';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { LookupOperator, type LookupSpec } from '../../../src/engine/operator/lookup.ts';
import type { Value } from '../../../src/expression/value.ts';
import { field } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom } from '../batch/random-values.ts';
import {
  runInAllModes,
  runOperator,
  type HarnessEvent,
  type HarnessResult,
  type HarnessSpec,
} from '../../support/operator-harness.ts';
import { checkStates } from '../../support/stored-states.ts';
import { testMemory } from '../../support/test-memory.ts';

const inputSchema = [field('device', types.text), field('level', types.int)];
const tableSchema = [field('id', types.text), field('rank', types.int), field('place', types.text)];

function specOf(more: Partial<LookupSpec> = {}): LookupSpec {
  return {
    name: 'located',
    tableName: 'places',
    inputSchema,
    tableSchema,
    outputSchema: [...inputSchema, field('place', types.text), field('rank', types.int)],
    inputKeys: [0],
    tableKeys: [0],
    tableColumns: [2, 1],
    missing: 'keep',
    follows: false,
    ...more,
  };
}

type Rows = readonly (readonly Value[])[];
const rowsTo = (input: number, rows: Rows): HarnessEvent => ({
  kind: 'rows',
  input,
  rows: rows.map((values) => ({ values })),
});

function eventsOf(table: Rows, rows: Rows): readonly HarnessEvent[] {
  return [
    rowsTo(1, table),
    { kind: 'watermark', input: 1, watermarkMs: Infinity },
    { kind: 'end', input: 1 },
    rowsTo(0, rows),
    { kind: 'watermark', input: 0, watermarkMs: 7 },
    { kind: 'end', input: 0 },
  ];
}

const harnessOf = (spec: LookupSpec): HarnessSpec => ({
  create: () => new LookupOperator(spec, testMemory),
  schemas: [inputSchema, tableSchema],
  keyColumns: [[0], 'all'],
});

function run(spec: LookupSpec, table: Rows, rows: Rows): HarnessResult {
  return runInAllModes(harnessOf(spec), eventsOf(table, rows));
}

const table: Rows = [
  ['d1', 1, 'here'],
  ['d2', null, null],
  [null, 3, 'nowhere'],
  ['', 4, 'empty'],
];
const rows: Rows = [
  ['d2', 5],
  ['unknown', 6],
  ['d1', null],
  [null, 8],
  ['', 9],
  ['d1', 10],
];

describe('a lookup', () => {
  test('keeps rows without a match, with NULLs; a NULL key has none', () => {
    const { main, watermarks } = run(specOf(), table, rows);
    expect(main).toEqual([
      ['d2', 5, null, null],
      ['unknown', 6, null, null],
      ['d1', null, 'here', 1],
      [null, 8, null, null],
      ['', 9, 'empty', 4],
      ['d1', 10, 'here', 1],
    ]);
    expect(watermarks).toEqual([7]);
  });

  test('drops them when it is told to', () => {
    expect(run(specOf({ missing: 'drop' }), table, rows).main).toEqual([
      ['d2', 5, null, null],
      ['d1', null, 'here', 1],
      ['', 9, 'empty', 4],
      ['d1', 10, 'here', 1],
    ]);
  });

  test('fails at the first of them when it is told to, and names the key', () => {
    expect(() => run(specOf({ missing: 'fail' }), table, rows)).toThrow(
      expect.objectContaining({
        code: 'DREY_LOOKUP_MISSING',
        exitCode: 3,
        message: 'located: no row of places has the key device=unknown',
      }),
    );
    expect(() => run(specOf({ missing: 'fail' }), table, [[null, 1]])).toThrow('device=null');
    expect(run(specOf({ missing: 'fail' }), table, [['d1', 1]]).main).toHaveLength(1);
  });

  test('compares keys of several columns part by part', () => {
    const spec = specOf({ inputKeys: [0, 1], tableKeys: [0, 1], missing: 'drop' });
    const places: Rows = [
      ['a', 1, 'a1'],
      ['a', 2, 'a2'],
      ['a', null, 'never'],
      [null, 1, 'never'],
    ];
    const found = run(spec, places, [
      ['a', 2],
      ['a', null],
      [null, 1],
      ['b', 1],
      ['a', 1],
    ]);
    expect(found.main).toEqual([
      ['a', 2, 'a2', 2],
      ['a', 1, 'a1', 1],
    ]);
  });

  test('refuses a table with two rows of one key, but not with two NULL keys', () => {
    expect(() => run(specOf(), [...table, ['d1', 2, 'there']], rows)).toThrow(
      expect.objectContaining({
        code: 'DREY_LOOKUP_DUPLICATE_KEY',
        exitCode: 3,
        message: 'located: two rows of places have the key id=d1',
      }),
    );
    expect(run(specOf(), [...table, [null, 3, 'x']], [['d1', 1]]).main).toHaveLength(1);
  });

  test('takes tables and inputs of many batches', () => {
    const many = Array.from({ length: 5000 }, (_, index): Value[] => [`d${index}`, index, 'p']);
    const asked = many.map(([id], index): Value[] => [index % 3 === 0 ? 'none' : id!, index]);
    // Not row by row: each restore reads the whole table again.
    const mode = { rowsPerBatch: BATCH_ROWS, outputCapacity: 1, snapshots: 'restored' } as const;
    const { main } = runOperator(
      harnessOf(specOf({ missing: 'drop' })),
      eventsOf(many, asked),
      mode,
    );
    expect(main).toEqual(
      asked.flatMap(([id, index]) => (id === 'none' ? [] : [[id, index, 'p', index]])),
    );
  });

  test('without a table keeps or drops everything', () => {
    expect(run(specOf(), [], rows).main).toHaveLength(rows.length);
    expect(run(specOf({ missing: 'drop' }), [], rows).main).toEqual([]);
  });
});

test('a lookup is idle when its rows are, whatever its table is', () => {
  const { times } = runInAllModes(harnessOf(specOf()), [
    { kind: 'idle', input: 1, isIdle: true },
    { kind: 'idle', input: 0, isIdle: true },
    { kind: 'idle', input: 0, isIdle: false },
    { kind: 'idle', input: 1, isIdle: false },
  ]);
  expect(times).toEqual(['idle', 'active']);
});

test('the table is read back equal; corrupt state is refused', () => {
  for (let seed = 0; seed < 20; seed++) {
    checkStates(harnessOf(specOf()), eventsOf(table, rows), drawFrom(seed));
  }
});
