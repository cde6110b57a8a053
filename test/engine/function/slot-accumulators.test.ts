import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createColumn, type Column } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import type { Accumulator, SlotAccumulator } from '../../../src/engine/function/accumulator.ts';
import {
  createAccumulator,
  createSlotAccumulator,
} from '../../../src/engine/function/create-accumulator.ts';
import { KeyDecoder } from '../../../src/engine/state/key-decoder.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { aggregate } from '../../expression/expression-of.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom, randomValue } from '../batch/random-values.ts';
import { copySlots } from './copy-slots.ts';

const SLOTS = 6;
const operands: Readonly<Record<string, LogicalType>> = {
  number: types.int,
  long: types.bigint,
  price: types.decimal,
  word: types.text,
};
const scope = {
  columns: Object.entries(operands).map(([name, type]) => ({ name, type })),
  timeZone: 'UTC',
};
const calls: readonly (readonly [call: string, operand: string])[] = [
  ...['number', 'long', 'price'].flatMap((name) =>
    ['SUM', 'AVG'].flatMap((call) => [
      [`${call}(${name})`, name] as const,
      [`${call}(DISTINCT ${name})`, name] as const,
    ]),
  ),
  ...Object.keys(operands).flatMap((name) => [
    [`COUNT(${name})`, name] as const,
    [`COUNT(DISTINCT ${name})`, name] as const,
    [`MIN(${name})`, name] as const,
    [`MAX(${name})`, name] as const,
    [`FIRST_VALUE(${name})`, name] as const,
    [`LAST_VALUE(${name})`, name] as const,
    [`APPROX_COUNT_DISTINCT(${name})`, name] as const,
  ]),
];

type Step =
  | { readonly kind: 'add'; readonly count: number; readonly slot: number | null }
  | { readonly kind: 'merge'; readonly from: number; readonly to: number }
  | { readonly kind: 'clear'; readonly slot: number }
  | { readonly kind: 'restore' };

const slot = fc.nat({ max: SLOTS - 1 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        count: fc.nat({ max: 300 }),
        slot: fc.option(slot),
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ kind: fc.constant('merge' as const), from: slot, to: slot })
        .filter(({ from, to }) => from !== to),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), slot }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const) }) },
  ),
  { maxLength: 12, size: 'max' },
);

test.each(calls)('%s of groups that come, join and go is that of their values', (call, operand) => {
  const type = operands[operand]!;
  fc.assert(
    fc.property(steps, fc.integer(), (drawn, seed) => {
      const groups = new Groups(call, type);
      const draw = drawFrom(seed);
      for (const step of drawn) {
        if (step.kind === 'add') {
          const options = { narrow: true, nullsOneIn: 5 };
          const values = Array.from({ length: step.count }, () => randomValue(type, draw, options));
          groups.add(
            values,
            values.map(() => step.slot ?? draw(SLOTS)),
          );
        } else groups.take(step);
      }
      expect(groups.results()).toEqual(groups.expected());
    }),
    { numRuns: runs(15) },
  );
});

/** The accumulator at work, and the values of each slot beside it. */
class Groups {
  private readonly call: string;
  private readonly type: LogicalType;
  private readonly memory = roomyTestMemory();
  private readonly dictionary = new KeyDictionary(this.memory);
  private readonly values: Value[][] = Array.from({ length: SLOTS }, () => []);
  private accumulator: SlotAccumulator;

  constructor(call: string, type: LogicalType) {
    this.call = call;
    this.type = type;
    this.accumulator = this.create();
    this.accumulator.ensureSlots(SLOTS);
  }

  add(values: readonly Value[], slots: readonly number[]): void {
    this.feed(this.accumulator, values, slots);
    for (const [index, value] of values.entries()) this.values[slots[index]!]!.push(value);
  }

  take(step: Exclude<Step, { kind: 'add' }>): void {
    switch (step.kind) {
      case 'merge':
        this.accumulator.mergeSlot(step.from, step.to);
        this.values[step.to]!.push(...this.values[step.from]!.splice(0));
        return;
      case 'clear':
        this.accumulator.clearSlot(step.slot);
        this.values[step.slot]!.length = 0;
        return;
      case 'restore': {
        const fresh = this.create();
        copySlots(this.accumulator, fresh, { slotCount: SLOTS, dictionary: this.dictionary });
        this.accumulator = fresh;
      }
    }
  }

  results(): readonly Value[] {
    return this.read(this.accumulator, SLOTS);
  }

  /** What the plain accumulator makes of the values of each slot. */
  expected(): readonly Value[] {
    const place = { ...this.place(), isAskedOften: false };
    return this.values.map((values) => {
      const plain = createAccumulator(aggregate(this.call, scope), place);
      plain.ensureSlots(1);
      this.feed(
        plain,
        values,
        values.map(() => 0),
      );
      return this.read(plain, 1)[0]!;
    });
  }

  private create(): SlotAccumulator {
    return createSlotAccumulator(aggregate(this.call, scope), this.place());
  }

  private place(): Parameters<typeof createSlotAccumulator>[1] {
    return { memory: this.memory, valuesOf: (ids) => this.valuesOf(ids) };
  }

  private valuesOf(ids: Int32Array): Column {
    const column = createColumn({ ...this.type, nullable: true });
    const decoder = new KeyDecoder(this.memory);
    decoder.load(this.dictionary, ids);
    decoder.decodeAll([column]);
    return column;
  }

  private feed(target: Accumulator, values: readonly Value[], slots: readonly number[]): void {
    for (let from = 0; from < values.length; from += 2000) {
      const part = values.slice(from, from + 2000);
      const batch = batchOf(
        [field('x', this.type)],
        part.map((value) => [value]),
      );
      const keys = new KeyEncoder(this.memory).encode(batch.columns, part.length);
      const ids = new Int32Array(part.length);
      this.dictionary.internAll(keys, part.length, ids);
      target.accumulate(
        {
          rows: Int32Array.from(part, (_value, row) => row),
          count: part.length,
          slots: Int32Array.from(slots.slice(from, from + 2000)),
        },
        { column: batch.columns[0]!, filter: null, keys, ids, idLimit: this.dictionary.idLimit },
      );
    }
  }

  private read(source: Accumulator, count: number): readonly Value[] {
    const column = createColumn({ ...aggregate(this.call, scope).type, nullable: true });
    source.emit(0, count, column);
    return Array.from({ length: count }, (_, index) => readValue(column, index));
  }
}
