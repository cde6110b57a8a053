import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStateValue, writeStateValue } from '../../../src/engine/state/state-value.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import type { Value } from '../../../src/expression/value.ts';
import { runs } from '../../support/property-runs.ts';

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    // A DECIMAL has 38 digits at most.
    fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.array(tie('value')),
  ),
}));

test('values of every kind come back from state as they were', () => {
  fc.assert(
    fc.property(fc.array(value), (values) => {
      const writer = new StateWriter();
      for (const one of values) writeStateValue(writer, one);
      const reader = new StateReader(writer.finish());
      expect(values.map(() => readStateValue(reader))).toEqual(values);
    }),
    { numRuns: runs(300) },
  );
});

test('a text may begin with a byte order mark', () => {
  const writer = new StateWriter();
  writeStateValue(writer, '\ufeffbom');
  expect(readStateValue(new StateReader(writer.finish()))).toBe('\ufeffbom');
});

test('a kind that does not exist is corrupt state', () => {
  const writer = new StateWriter();
  writer.uint32(99);
  expect(() => readStateValue(new StateReader(writer.finish()))).toThrow('unknown kind 99');
});

test('state that ends inside a value is corrupt', () => {
  const writer = new StateWriter();
  writeStateValue(writer, 'a text');
  const cut = writer.finish().subarray(0, -1);
  expect(() => readStateValue(new StateReader(cut))).toThrow('it ends inside a value');
});
