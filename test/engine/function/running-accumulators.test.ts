import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowKinds } from '../../../src/engine/batch/batch.ts';
import { createColumn, type Column } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import type {
  Operand,
  SlotResults,
  SlottedRows,
} from '../../../src/engine/function/accumulator.ts';
import { createAccumulator } from '../../../src/engine/function/create-accumulator.ts';
import {
  createRetractableAccumulator,
  createRunningAccumulator,
} from '../../../src/engine/function/create-running-accumulator.ts';
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

const SLOTS = 4;
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
const retractable: readonly (readonly [call: string, operand: string])[] = [
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
  ]),
];
const running = [
  ...retractable,
  ...Object.keys(operands).flatMap((name) => [
    [`FIRST_VALUE(${name})`, name] as const,
    [`LAST_VALUE(${name})`, name] as const,
    [`APPROX_COUNT_DISTINCT(${name})`, name] as const,
  ]),
];

type Step =
  | { readonly kind: 'add'; readonly count: number; readonly backOneIn: number }
  | { readonly kind: 'clear'; readonly slot: number }
  | { readonly kind: 'restore' };

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        count: fc.nat({ max: 200 }),
        backOneIn: fc.constantFrom(2, 3, 10),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('clear' as const),
        slot: fc.nat({ max: SLOTS - 1 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const) }) },
  ),
  { maxLength: 10, size: 'max' },
);

function check(call: string, operand: string, takesBack: boolean): void {
  fc.assert(
    fc.property(steps, fc.integer(), (drawn, seed) => {
      const groups = new Groups(call, operands[operand]!, takesBack);
      const draw = drawFrom(seed);
      for (const step of drawn) groups.take(step, draw);
      expect(groups.results()).toEqual(groups.expected());
    }),
    { numRuns: runs(15) },
  );
}

test.each(running)('%s of groups that come and go is that of their values', (call, operand) => {
  check(call, operand, false);
});

test.each(retractable)('%s is that of the values that were not taken back', (call, operand) => {
  check(call, operand, true);
});

interface Change {
  readonly value: Value;
  readonly slot: number;
  readonly kind: number;
}

/** The accumulator at work, and the values of each slot beside it. */
class Groups {
  private readonly call: string;
  private readonly type: LogicalType;
  private readonly takesBack: boolean;
  private readonly memory = roomyTestMemory();
  private readonly dictionary = new KeyDictionary(this.memory);
  private readonly values: Value[][] = Array.from({ length: SLOTS }, () => []);
  private accumulator: Working;

  constructor(call: string, type: LogicalType, takesBack: boolean) {
    this.call = call;
    this.type = type;
    this.takesBack = takesBack;
    this.accumulator = this.create();
    this.accumulator.results.ensureSlots(SLOTS);
  }

  take(step: Step, draw: ReturnType<typeof drawFrom>): void {
    switch (step.kind) {
      case 'add': {
        const changes = Array.from({ length: step.count }, () => this.change(draw, step.backOneIn));
        this.feed(this.accumulator, changes);
        return;
      }
      case 'clear':
        this.accumulator.results.clearSlot(step.slot);
        this.values[step.slot]!.length = 0;
        return;
      case 'restore': {
        const fresh = this.create();
        const given = { slotCount: SLOTS, dictionary: this.dictionary };
        copySlots(this.accumulator.results, fresh.results, given);
        this.accumulator = fresh;
      }
    }
  }

  results(): readonly Value[] {
    const column = this.resultColumn();
    return this.values.map((_values, slot) => {
      this.accumulator.results.emitSlot(slot, column, slot);
      return readValue(column, slot);
    });
  }

  /** What the plain accumulator makes of the values that each slot is left with. */
  expected(): readonly Value[] {
    return this.values.map((values) => {
      const plain = createAccumulator(aggregate(this.call, scope), {
        ...this.place(),
        isAskedOften: false,
      });
      plain.ensureSlots(1);
      const add = (rows: SlottedRows, operand: Operand): void => plain.accumulate(rows, operand);
      const changes = values.map((value) => ({ value, slot: 0, kind: rowKinds.insert }));
      this.feed({ add }, changes);
      const column = this.resultColumn();
      plain.emit(0, 1, column);
      return readValue(column, 0);
    });
  }

  /** A new value, or one of the slot that is taken back; `values` is kept in step. */
  private change(draw: ReturnType<typeof drawFrom>, backOneIn: number): Change {
    const slot = draw(SLOTS);
    const values = this.values[slot]!;
    if (this.takesBack && values.length > 0 && draw(backOneIn) === 0) {
      const [value] = values.splice(draw(values.length), 1);
      const kind = draw(2) === 0 ? rowKinds.updateBefore : rowKinds.delete;
      return { value: value ?? null, slot, kind };
    }
    const value = randomValue(this.type, draw, { narrow: true, nullsOneIn: 5 });
    values.push(value);
    return { value, slot, kind: draw(2) === 0 ? rowKinds.insert : rowKinds.updateAfter };
  }

  private create(): Working {
    const call = aggregate(this.call, scope);
    if (!this.takesBack) {
      const accumulator = createRunningAccumulator(call, this.place());
      return {
        results: accumulator,
        add: (rows, operand) => accumulator.accumulate(rows, operand),
      };
    }
    const accumulator = createRetractableAccumulator(call, this.place());
    return {
      results: accumulator,
      add: (rows, operand, kinds) => accumulator.update(rows, operand, kinds),
    };
  }

  private place(): Pick<Parameters<typeof createAccumulator>[1], 'memory' | 'valuesOf'> {
    return { memory: this.memory, valuesOf: (ids) => this.valuesOf(ids) };
  }

  private valuesOf(ids: Int32Array): Column {
    const column = createColumn({ ...this.type, nullable: true });
    const decoder = new KeyDecoder(this.memory);
    decoder.load(this.dictionary, ids);
    decoder.decodeAll([column]);
    return column;
  }

  private feed(target: Pick<Working, 'add'>, changes: readonly Change[]): void {
    for (let from = 0; from < changes.length; from += 2000) {
      const part = changes.slice(from, from + 2000);
      const batch = batchOf(
        [field('x', this.type)],
        part.map(({ value }) => [value]),
      );
      const keys = new KeyEncoder(this.memory).encode(batch.columns, part.length);
      const ids = new Int32Array(part.length);
      this.dictionary.internAll(keys, part.length, ids);
      const { idLimit } = this.dictionary;
      target.add(
        {
          rows: Int32Array.from(part, (_change, row) => row),
          count: part.length,
          slots: Int32Array.from(part, ({ slot }) => slot),
        },
        { column: batch.columns[0]!, filter: null, keys, ids, idLimit },
        Uint8Array.from(part, ({ kind }) => kind),
      );
    }
  }

  private resultColumn(): Column {
    return createColumn({ ...aggregate(this.call, scope).type, nullable: true });
  }
}

interface Working {
  readonly results: SlotResults;
  readonly add: (rows: SlottedRows, operand: Operand, kinds: Uint8Array) => void;
}
