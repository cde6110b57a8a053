/** From an aggregate expression to its accumulator, and back to the state it keeps, in words. */
import { assert } from '../../errors/assert.ts';
import type { AggregateExpression } from '../../expression/tree.ts';
import { columnKindOf } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Accumulator } from './accumulator.ts';
import { ApproximateDistinctAccumulator } from './approximate-distinct.ts';
import { DecimalAverage, DoubleAverage, IntegerAverage } from './average.ts';
import { CountAccumulator } from './count.ts';
import { DistinctCountAccumulator } from './distinct-count.ts';
import { DistinctValuesAccumulator } from './distinct-values.ts';
import { ExtremeAccumulator } from './extreme.ts';
import { FirstLastAccumulator } from './first-last.ts';
import { DecimalSum, DoubleSum, IntegerSum } from './sum.ts';

/** `memory`: where the tables of distinct values are kept. */
export function createAccumulator(
  aggregate: AggregateExpression,
  memory: LinearMemory,
): Accumulator {
  switch (aggregate.function) {
    case 'COUNT':
      return aggregate.distinct
        ? new DistinctCountAccumulator(memory)
        : new CountAccumulator(memory);
    case 'SUM':
      return ofDistinct(aggregate, createSum(aggregate), memory);
    case 'AVG':
      return ofDistinct(aggregate, createAverage(aggregate), memory);
    case 'MIN':
    case 'MAX':
      return new ExtremeAccumulator(aggregate.function);
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      return new FirstLastAccumulator(aggregate.function);
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
  aggregate: AggregateExpression,
  inner: Accumulator,
  memory: LinearMemory,
): Accumulator {
  return aggregate.distinct ? new DistinctValuesAccumulator(inner, memory) : inner;
}

function createSum(aggregate: AggregateExpression): Accumulator {
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

function createAverage(aggregate: AggregateExpression): Accumulator {
  const { operand } = aggregate;
  assert(operand !== undefined, 'AVG has an operand');
  if (operand.type.root === 'DECIMAL') return new DecimalAverage(operand.type);
  return columnKindOf(operand.type.root) === 'double' ? new DoubleAverage() : new IntegerAverage();
}
