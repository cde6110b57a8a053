/** From an aggregate expression to its accumulator, and back to the state it keeps, in words. */
import { assert } from '../../errors/assert.ts';
import type { AggregateExpression } from '../../expression/tree.ts';
import { columnKindOf, type Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Accumulator, RunningAccumulator, SlotAccumulator } from './accumulator.ts';
import { ApproximateDistinctAccumulator } from './approximate-distinct.ts';
import { DecimalAverage, DoubleAverage, IntegerAverage } from './average.ts';
import { CountAccumulator } from './count.ts';
import { DecimalSum } from './decimal-sum.ts';
import { DistinctCountAccumulator } from './distinct-count.ts';
import { DistinctListsAccumulator } from './distinct-lists.ts';
import { DistinctValuesAccumulator } from './distinct-values.ts';
import { ExtremeAccumulator } from './extreme.ts';
import { FirstLastAccumulator } from './first-last.ts';
import { DoubleSum, IntegerSum, type SumBase } from './sum.ts';

export interface AccumulatorPlace {
  /** Where the tables of distinct values are kept. */
  readonly memory: LinearMemory;
  /** Values of the operand by their ids, at most a batch of them, for the merging of sets of ids. */
  readonly valuesOf: (ids: Int32Array) => Column;
  /** True: results are asked for again and again, and not at the end alone. */
  readonly isAskedOften: boolean;
}

export function createAccumulator(
  aggregate: AggregateExpression,
  place: AccumulatorPlace,
): Accumulator {
  const { memory, isAskedOften } = place;
  switch (aggregate.function) {
    case 'COUNT':
      if (!aggregate.distinct) return new CountAccumulator(memory);
      return isAskedOften
        ? new DistinctValuesAccumulator(new CountAccumulator(memory), memory, null)
        : new DistinctCountAccumulator(memory);
    case 'SUM':
      return ofDistinct(aggregate, createSum(aggregate), place);
    case 'AVG':
      return ofDistinct(aggregate, createAverage(aggregate), place);
    case 'MIN':
    case 'MAX':
      return createExtreme(aggregate, aggregate.function);
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      return createFirstLast(aggregate, aggregate.function);
    case 'APPROX_COUNT_DISTINCT':
      return new ApproximateDistinctAccumulator();
  }
}

/** For groups that come and go one by one. */
export function createSlotAccumulator(
  aggregate: AggregateExpression,
  place: Pick<AccumulatorPlace, 'memory' | 'valuesOf'>,
): SlotAccumulator {
  const { memory, valuesOf } = place;
  switch (aggregate.function) {
    case 'COUNT':
      return aggregate.distinct
        ? new DistinctListsAccumulator({ make: null, valuesOf })
        : new CountAccumulator(memory);
    case 'SUM':
      return listsOf(aggregate, () => createSum(aggregate), valuesOf);
    case 'AVG':
      return listsOf(aggregate, () => createAverage(aggregate), valuesOf);
    case 'MIN':
    case 'MAX':
      return createExtreme(aggregate, aggregate.function);
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      return createFirstLast(aggregate, aggregate.function);
    case 'APPROX_COUNT_DISTINCT':
      return new ApproximateDistinctAccumulator();
  }
}

/** True when the aggregate works on its operand as key bytes. */
export function needsKeys(aggregate: AggregateExpression): boolean {
  return needsDictionary(aggregate) || aggregate.function === 'APPROX_COUNT_DISTINCT';
}

/** True when the aggregate works on dictionary ids; DISTINCT changes nothing for the others. */
export function needsDictionary(aggregate: AggregateExpression): boolean {
  const { function: name, distinct } = aggregate;
  return distinct && (name === 'COUNT' || name === 'SUM' || name === 'AVG');
}

function ofDistinct(
  { distinct }: AggregateExpression,
  inner: Accumulator & RunningAccumulator,
  { memory, valuesOf }: AccumulatorPlace,
): Accumulator {
  return distinct ? new DistinctValuesAccumulator(inner, memory, valuesOf) : inner;
}

function listsOf(
  { distinct }: AggregateExpression,
  make: () => SlotAccumulator,
  valuesOf: AccumulatorPlace['valuesOf'],
): SlotAccumulator {
  return distinct ? new DistinctListsAccumulator({ make, valuesOf }) : make();
}

export function createExtreme(
  { operand }: AggregateExpression,
  which: 'MIN' | 'MAX',
): ExtremeAccumulator {
  assert(operand !== undefined, 'MIN and MAX have an operand');
  return new ExtremeAccumulator(which, columnKindOf(operand.type.root));
}

export function createFirstLast(
  { operand }: AggregateExpression,
  which: 'FIRST_VALUE' | 'LAST_VALUE',
): FirstLastAccumulator {
  assert(operand !== undefined, 'FIRST_VALUE and LAST_VALUE have an operand');
  return new FirstLastAccumulator(which, columnKindOf(operand.type.root));
}

export function createSum(aggregate: AggregateExpression): SumBase {
  const { operand } = aggregate;
  assert(operand !== undefined, 'SUM has an operand');
  switch (columnKindOf(operand.type.root)) {
    case 'decimal':
      return new DecimalSum();
    case 'double':
      return new DoubleSum();
    default:
      return new IntegerSum();
  }
}

export function createAverage(aggregate: AggregateExpression): SumBase {
  const { operand } = aggregate;
  assert(operand !== undefined, 'AVG has an operand');
  if (operand.type.root === 'DECIMAL') return new DecimalAverage(operand.type);
  if (columnKindOf(operand.type.root) === 'double') return new DoubleAverage();
  return new IntegerAverage(aggregate.dividesSum ?? false);
}
