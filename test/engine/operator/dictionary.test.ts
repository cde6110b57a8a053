import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch, rowKinds } from '../../../src/engine/batch/batch.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { DictionaryOperator } from '../../../src/engine/operator/dictionary.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { runInAllModes, type HarnessEvent } from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

const specOf = (type: LogicalType) => {
  const schema = [
    { name: 'n', type: types.bigint },
    { name: 'value', type },
  ];
  const outputSchema = [...schema, { name: 'number', type: types.int }];
  return {
    create: () => new DictionaryOperator({ columnIndex: 1, outputSchema }, roomyTestMemory()),
    schemas: [schema],
  };
};

const rowsOf = (values: readonly Value[]): HarnessEvent => ({
  kind: 'rows',
  input: 0,
  rows: values.map((value, index) => ({ values: [BigInt(index), value] })),
});

test('values get numbers from 0 on in the order of their first rows, NULL gets none', () => {
  const { main } = runInAllModes(specOf(types.text), [
    rowsOf(['b', null, 'a', 'b', '', null, 'c', '']),
  ]);
  expect(main.map((row) => row[2])).toEqual([0, null, 1, 0, 2, null, 3, 2]);
});

test('watermarks pass', () => {
  const events: HarnessEvent[] = [
    rowsOf(['a']),
    { kind: 'watermark', input: 0, watermarkMs: 5 },
    { kind: 'watermark', input: 0, watermarkMs: Infinity },
    { kind: 'end', input: 0 },
  ];
  expect(runInAllModes(specOf(types.text), events).watermarks).toEqual([5, Infinity]);
});

test.each<[string, LogicalType, fc.Arbitrary<Value>]>([
  ['texts', types.text, fc.string({ maxLength: 3 })],
  ['integers', types.bigint, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['decimals', types.decimal, fc.bigInt({ min: -20n, max: 20n })],
  ['booleans', types.boolean, fc.boolean()],
])('numbers of %s are those of a list of the values seen', (_name, type, value) => {
  const some = fc.array(fc.option(value, { freq: 6 }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 4 }), (batches) => {
      const { main } = runInAllModes(specOf(type), batches.map(rowsOf));
      const seen: Value[] = [];
      const expected = batches.flat().map((each) => {
        if (each === null) return null;
        if (!seen.includes(each)) seen.push(each);
        return seen.indexOf(each);
      });
      expect(main.map((row) => row[2])).toEqual(expected);
    }),
    { numRuns: runs(30) },
  );
});

test('rows keep their kinds, and an update is taken back under its number', () => {
  const { create, schemas } = specOf(types.text);
  const operator = create();
  const rows: (readonly [Value, number | null])[] = [];
  operator.open({
    main: {
      isFull: false,
      emit: (batch) => {
        for (let row = 0; row < batch.rowCount; row++) {
          rows.push([readValue(batch.columns[2]!, row), batch.kinds?.[row] ?? null]);
        }
      },
      emitWatermark: () => undefined,
    },
    side: () => null,
  });
  const batch = new Batch(schemas[0]!);
  for (const [row, value] of ['a', 'b', 'a', 'c'].entries()) {
    writeValue(batch.columns[0]!, row, BigInt(row));
    writeValue(batch.columns[1]!, row, value);
  }
  batch.rowCount = 4;
  const { insert, updateBefore, updateAfter } = rowKinds;
  batch.kinds = Uint8Array.of(insert, insert, updateBefore, updateAfter);
  expect(operator.processBatch(batch)).toBe(true);
  operator.close();
  expect(rows).toEqual([
    [0, insert],
    [1, insert],
    [0, updateBefore],
    [2, updateAfter],
  ]);
});
