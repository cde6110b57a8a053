import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import type { Accumulator } from '../../../src/engine/function/accumulator.ts';
import { createAccumulator } from '../../../src/engine/function/create-accumulator.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import type { AggregateExpression } from '../../../src/expression/tree.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { aggregate } from '../../expression/expression-of.ts';
import { runs } from '../../support/property-runs.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { drawFrom, randomValue } from '../batch/random-values.ts';
import { types } from '../batch/nullable-types.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';

/** By the name of a column: no SQL word. */
const operandTypes: Readonly<Record<string, LogicalType>> = {
  tiny: types.tinyint,
  number: types.int,
  long: types.bigint,
  ratio: types.double,
  price: types.decimal,
  word: types.text,
  moment: types.timestamp,
};
const scope = {
  columns: Object.entries(operandTypes).map(([name, type]) => ({ name, type })),
  timeZone: 'UTC',
};
const numeric = ['tiny', 'number', 'long', 'ratio', 'price'];
const calls: readonly (readonly [call: string, operand: string])[] = [
  ...numeric.flatMap((name) => [[`SUM(${name})`, name] as const, [`AVG(${name})`, name] as const]),
  ...Object.keys(operandTypes).flatMap((name) =>
    ['COUNT', 'MIN', 'MAX', 'FIRST_VALUE', 'LAST_VALUE', 'APPROX_COUNT_DISTINCT'].map(
      (call) => [`${call}(${name})`, name] as const,
    ),
  ),
  ...Object.keys(operandTypes).map((name) => [`COUNT(DISTINCT ${name})`, name] as const),
];

/** Feeds batches of rows, each in a slot; with `restores` each batch to a restored accumulator. */
class Feed {
  private readonly expression: AggregateExpression;
  private readonly type: LogicalType;
  private readonly restores: boolean;
  private readonly memory = roomyTestMemory();
  private readonly dictionary = new KeyDictionary(this.memory);
  private accumulator: Accumulator;
  private slotCount = 0;

  constructor(call: string, type: LogicalType, restores: boolean) {
    this.expression = aggregate(call, scope);
    this.type = type;
    this.restores = restores;
    this.accumulator = createAccumulator(this.expression, this.memory);
  }

  add(values: readonly Value[], slots: readonly number[]): void {
    if (this.restores) this.restore();
    const batch = batchOf(
      [field('x', this.type)],
      values.map((value) => [value]),
    );
    const [column] = batch.columns;
    const keys = new KeyEncoder(this.memory).encode(batch.columns, values.length);
    const ids = new Int32Array(values.length);
    this.dictionary.internAll(keys, values.length, ids);
    this.slotCount = Math.max(this.slotCount, ...slots.map((slot) => slot + 1));
    this.accumulator.ensureSlots(this.slotCount);
    this.accumulator.accumulate(
      {
        rows: Int32Array.from(values, (_, row) => row),
        count: values.length,
        slots: Int32Array.from(slots),
      },
      { column: column!, filter: null, keys, ids, idLimit: this.dictionary.idLimit },
    );
  }

  results(): Value[] {
    const { type } = this.expression;
    const column = createColumn({ ...type, nullable: true });
    this.accumulator.emit(0, this.slotCount, column);
    return Array.from({ length: this.slotCount }, (_, slot) => readValue(column, slot));
  }

  private restore(): void {
    const writer = new StateWriter();
    this.accumulator.snapshotState(writer, this.slotCount);
    this.accumulator = createAccumulator(this.expression, this.memory);
    this.accumulator.restoreState(new StateReader(writer.finish()), this.slotCount);
  }
}

test.each(calls)('%s goes on from a snapshot as if there had been none', (call, operand) => {
  const type = operandTypes[operand]!;
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { maxLength: 8, size: 'max' }),
      fc.integer(),
      (batchSizes, seed) => {
        const draw = drawFrom(seed);
        const straight = new Feed(call, type, false);
        const restored = new Feed(call, type, true);
        for (const [index, size] of batchSizes.entries()) {
          // Large numbers come late, slots are added all the time: past the first 64, too.
          const options = { narrow: index < 4, nullsOneIn: 4 };
          const values = Array.from({ length: size }, () => randomValue(type, draw, options));
          const slots = values.map(() => draw(5 + index * 20));
          straight.add(values, slots);
          restored.add(values, slots);
        }
        expect(restored.results()).toEqual(straight.results());
      },
    ),
    { numRuns: runs(20) },
  );
});
