import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { NO_SLOT, type Accumulator } from '../../../src/engine/function/accumulator.ts';
import {
  createAccumulator,
  type AccumulatorPlace,
} from '../../../src/engine/function/create-accumulator.ts';
import type { LinearMemory } from '../../../src/engine/memory/linear-memory.ts';
import { KeyDecoder } from '../../../src/engine/state/key-decoder.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import type { AggregateExpression } from '../../../src/expression/tree.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { aggregate } from '../../expression/expression-of.ts';
import { runs } from '../../support/property-runs.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { copySlots } from './copy-slots.ts';
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

interface FeedOptions {
  readonly restores?: boolean;
  readonly isAskedOften?: boolean;
  /** That of another feed that this one is merged with. */
  readonly dictionary?: KeyDictionary;
}

/** Feeds batches of rows, each in a slot; with `restores` each batch to a restored accumulator. */
class Feed {
  private readonly expression: AggregateExpression;
  private readonly type: LogicalType;
  private readonly restores: boolean;
  readonly memory: LinearMemory = roomyTestMemory();
  readonly dictionary: KeyDictionary;
  private readonly place: AccumulatorPlace;
  private accumulator: Accumulator;
  slotCount = 0;

  constructor(call: string, type: LogicalType, options: FeedOptions = {}) {
    this.expression = aggregate(call, scope);
    this.type = type;
    this.restores = options.restores ?? false;
    this.dictionary = options.dictionary ?? new KeyDictionary(this.memory);
    this.place = {
      memory: this.memory,
      valuesOf: (ids) => {
        const column = createColumn({ ...type, nullable: true });
        const decoder = new KeyDecoder(this.memory);
        decoder.load(this.dictionary, ids);
        decoder.decodeAll([column]);
        return column;
      },
      isAskedOften: options.isAskedOften ?? false,
    };
    this.accumulator = createAccumulator(this.expression, this.place);
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

  /** Adds what another feed has, each of its slots to the slot `target` gives. */
  merge(other: Feed, target: (slot: number) => number): void {
    const targets = Int32Array.from({ length: other.slotCount }, (_, slot) => target(slot));
    this.ensureSlots(Math.max(...targets) + 1);
    this.accumulator.merge(other.accumulator, targets);
  }

  ensureSlots(slotCount: number): void {
    this.slotCount = Math.max(this.slotCount, slotCount);
    this.accumulator.ensureSlots(this.slotCount);
  }

  results(): Value[] {
    const { type } = this.expression;
    const column = createColumn({ ...type, nullable: true });
    this.accumulator.emit(0, this.slotCount, column);
    return Array.from({ length: this.slotCount }, (_, slot) => readValue(column, slot));
  }

  private restore(): void {
    const fresh = createAccumulator(this.expression, this.place);
    copySlots(this.accumulator, fresh, this);
    this.accumulator = fresh;
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
        const straight = new Feed(call, type);
        const restored = new Feed(call, type, { restores: true });
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

const merged: readonly (readonly [call: string, operand: string, isAskedOften: boolean])[] = [
  ...calls.map(([call, operand]) => [call, operand, false] as const),
  ...numeric
    .filter((name) => name !== 'ratio')
    .flatMap((name) => [
      [`SUM(DISTINCT ${name})`, name, false] as const,
      [`AVG(DISTINCT ${name})`, name, false] as const,
    ]),
  ...Object.keys(operandTypes).map((name) => [`COUNT(DISTINCT ${name})`, name, true] as const),
];

/** Sums of floats depend on their order, whole ones do not; nor does an extreme without NaN. */
const isOrdered = (call: string): boolean => /^(?:SUM|AVG|MIN|MAX)\(ratio\)$/.test(call);

test.each(merged)(
  '%s merged from parts is that of all rows (%s, asked often: %s)',
  (call, operand, isAskedOften) => {
    const type = operandTypes[operand]!;
    fc.assert(
      fc.property(
        fc.array(fc.nat(60), { minLength: 1, maxLength: 5, size: 'max' }),
        fc.integer(),
        (sizes, seed) => {
          const draw = drawFrom(seed);
          const whole = new Feed(call, type);
          const total = new Feed(call, type, { isAskedOften });
          // Nobody looks at the slots that are merged into none.
          const target = (slot: number): number => (slot % 4 === 3 ? NO_SLOT : slot * 2 + 1);
          for (const [index, size] of sizes.entries()) {
            const options = { narrow: index < 2 || isOrdered(call), nullsOneIn: 4 };
            const drawn = Array.from({ length: size + 1 }, () => randomValue(type, draw, options));
            const values = isOrdered(call) ? drawn.map(wholeOf) : drawn;
            const slots = values.map(() => draw(5 + index * 20));
            const part = new Feed(call, type, { dictionary: total.dictionary });
            part.add(values, slots);
            total.merge(part, target);
            const kept = values.flatMap((value, at) =>
              target(slots[at]!) === NO_SLOT ? [] : [[value, target(slots[at]!)] as const],
            );
            whole.add(
              kept.map(([value]) => value),
              kept.map(([, slot]) => slot),
            );
          }
          whole.ensureSlots(total.slotCount);
          expect(total.results()).toEqual(whole.results());
        },
      ),
      { numRuns: runs(20) },
    );
  },
);

function wholeOf(value: Value): Value {
  if (typeof value !== 'number') return value;
  return Number.isFinite(value) ? Math.trunc(value) % 1000 : 0;
}
