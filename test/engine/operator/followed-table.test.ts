import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import type { Output } from '../../../src/engine/operator/contract.ts';
import { LookupOperator, type LookupSpec } from '../../../src/engine/operator/lookup.ts';
import { sizeOf, stateOf } from '../../support/operator-state.ts';
import type { Value } from '../../../src/expression/value.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom } from '../batch/random-values.ts';
import {
  rowText,
  runInAllModes,
  runOperator,
  type HarnessEvent,
  type HarnessRow,
  type HarnessSpec,
  type RowKindName,
} from '../../support/operator-harness.ts';
import { checkStates } from '../../support/stored-states.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';

const inputSchema = [field('n', types.int), field('a', types.text), field('b', types.int)];
const tableSchema = [field('b', types.int), field('v', types.text), field('a', types.text)];

function specOf(missing: LookupSpec['missing']): LookupSpec {
  return {
    name: 'now',
    tableName: 'totals',
    inputSchema,
    tableSchema,
    outputSchema: [...inputSchema, field('v', types.text)],
    inputKeys: [1, 2],
    tableKeys: [2, 0],
    tableColumns: [1],
    missing,
    follows: true,
  };
}

const harnessOf = (missing: LookupSpec['missing'] = 'keep'): HarnessSpec => ({
  create: () => new LookupOperator(specOf(missing), roomyTestMemory()),
  schemas: [inputSchema, tableSchema],
  keyColumns: [[1, 2], 'all'],
});

const change = (kind: RowKindName, a: string | null, v: string | null, b = 1): HarnessRow => ({
  kind,
  values: [b, v, a],
});
const changes = (...rows: readonly HarnessRow[]): HarnessEvent => ({
  kind: 'rows',
  input: 1,
  rows,
});
const asks = (n: number, a: string | null, b: number | null = 1): HarnessEvent => ({
  kind: 'rows',
  input: 0,
  rows: [{ values: [n, a, b] }],
});

const nowhere: Output = {
  isFull: false,
  emit: () => undefined,
  emitWatermark: () => undefined,
  emitIdleness: () => undefined,
};

describe('a lookup that follows a changelog', () => {
  test('gives each row what the table says when it comes', () => {
    const { main } = runInAllModes(harnessOf(), [
      asks(1, 'x'),
      changes(change('+I', 'x', 'one'), change('+I', 'y', 'two')),
      asks(2, 'x'),
      changes(change('-U', 'x', 'one'), change('+U', 'x', 'uno')),
      asks(3, 'x'),
      asks(4, 'y'),
      changes(change('-D', 'x', 'uno')),
      asks(5, 'x'),
      changes(change('+I', 'x', null)),
      asks(6, 'x'),
      asks(7, 'y', 2),
    ]);
    expect(main.map((row) => row[3])).toEqual([null, 'one', 'uno', 'two', null, null, null]);
  });

  test('passes the watermarks of its input, and none of the table', () => {
    const { watermarks } = runInAllModes(harnessOf(), [
      { kind: 'watermark', input: 1, watermarkMs: 100 },
      { kind: 'watermark', input: 0, watermarkMs: 7 },
      { kind: 'end', input: 1 },
      asks(1, 'x'),
    ]);
    expect(watermarks).toEqual([7]);
  });

  test('equals a map, whatever comes', () => {
    const key = fc.constantFrom('x', 'y', 'z', null);
    const second = fc.constantFrom(1, 2, null);
    const event = fc.oneof(
      fc.record({ kind: fc.constant('ask' as const), a: key, b: second }),
      fc.record({
        kind: fc.constantFrom(...(['+I', '-U', '+U', '-D'] as const)),
        a: key,
        b: second,
        v: fc.constantFrom('p', 'q', null),
      }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.boolean(), (steps, drops) => {
        const current = new Map<string, Value>();
        const expected: Value[][] = [];
        const events: HarnessEvent[] = [];
        for (const [n, step] of steps.entries()) {
          const { a, b } = step;
          const name = a === null || b === null ? null : `${a} ${b}`;
          if (step.kind === 'ask') {
            events.push(asks(n, a, b));
            const has = name !== null && current.has(name);
            if (has || !drops) expected.push([n, a, b, has ? current.get(name)! : null]);
            continue;
          }
          events.push(changes({ kind: step.kind, values: [b, step.v, a] }));
          if (name === null || step.kind === '-U') continue;
          if (step.kind === '-D') current.delete(name);
          else current.set(name, step.v);
        }
        const { main } = runInAllModes(harnessOf(drops ? 'drop' : 'keep'), events);
        expect(main.map(rowText)).toEqual(expected.map(rowText));
      }),
      { numRuns: runs(40) },
    );
  });

  test('holds no more than the current rows, however often they change', () => {
    const spec = specOf('keep');
    const operator = new LookupOperator(spec, roomyTestMemory());
    operator.open({ main: nowhere, side: () => null });
    for (let round = 0; round < 50; round++) {
      const rows = Array.from({ length: BATCH_ROWS }, (_, index): Value[] => [
        index % 10,
        `value ${round}`,
        'x',
      ]);
      operator.processBatch(batchOf(tableSchema, rows), 1);
    }
    expect(sizeOf(stateOf(operator))).toBeLessThan(1000);
  });

  test('finds the rows of a large table after many changes', () => {
    const events: HarnessEvent[] = [];
    for (let round = 0; round < 12; round++) {
      events.push(
        changes(
          ...Array.from({ length: 1500 }, (_, index) =>
            change(round === 0 ? '+I' : '+U', `k${index}`, `${round} of ${index}`),
          ),
        ),
      );
    }
    events.push({
      kind: 'rows',
      input: 0,
      rows: Array.from({ length: 1500 }, (_, index) => ({ values: [index, `k${index}`, 1] })),
    });
    const mode = { rowsPerBatch: BATCH_ROWS, outputCapacity: 1, snapshots: 'restored' } as const;
    const { main } = runOperator(harnessOf(), events, mode);
    expect(main.map((row) => row[3])).toEqual(
      Array.from({ length: 1500 }, (_, index) => `11 of ${index}`),
    );
    const kept = runOperator(harnessOf(), events, { ...mode, snapshots: 'none' });
    expect(kept.main).toEqual(main);
  });
});

test('the table is read back equal; corrupt state is refused', () => {
  const row = fc.tuple(fc.constantFrom('+I', '+U', '-D'), fc.string({ maxLength: 1 }), fc.nat(9));
  fc.assert(
    fc.property(fc.integer(), fc.array(row, { maxLength: 40 }), (seed, rows) => {
      const events = rows.map(([kind, a, v]) => changes(change(kind, a, String(v))));
      checkStates(harnessOf(), events, drawFrom(seed));
    }),
    { numRuns: runs(20) },
  );
});
