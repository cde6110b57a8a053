/** From an aggregate expression to its accumulator in a running aggregate. */
import { assert } from '../../errors/assert.ts';
import type { AggregateExpression } from '../../expression/tree.ts';
import type { RetractableAccumulator, RunningAccumulator } from './accumulator.ts';
import { ApproximateDistinctAccumulator } from './approximate-distinct.ts';
import { CountAccumulator } from './count.ts';
import {
  createAverage,
  createExtreme,
  createFirstLast,
  createSum,
  needsDictionary,
  type AccumulatorPlace,
} from './create-accumulator.ts';
import { DistinctValuesAccumulator } from './distinct-values.ts';
import { RetractableDistinctAccumulator } from './retractable-distinct.ts';
import { RetractableExtremeAccumulator } from './retractable-extreme.ts';

type Place = Pick<AccumulatorPlace, 'memory' | 'valuesOf'>;

export function createRunningAccumulator(
  aggregate: AggregateExpression,
  { memory, valuesOf }: Place,
): RunningAccumulator {
  const { function: name, distinct } = aggregate;
  switch (name) {
    case 'COUNT': {
      const count = new CountAccumulator(memory);
      return distinct ? new DistinctValuesAccumulator(count, memory, null) : count;
    }
    case 'SUM':
    case 'AVG': {
      const plain = name === 'SUM' ? createSum(aggregate) : createAverage(aggregate);
      return distinct ? new DistinctValuesAccumulator(plain, memory, valuesOf) : plain;
    }
    case 'MIN':
    case 'MAX':
      return createExtreme(aggregate, name);
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      return createFirstLast(aggregate, name);
    case 'APPROX_COUNT_DISTINCT':
      return new ApproximateDistinctAccumulator();
  }
}

/** For rows that may be taken back. */
export function createRetractableAccumulator(
  aggregate: AggregateExpression,
  { memory, valuesOf }: Place,
): RetractableAccumulator {
  const { function: name, distinct, operand } = aggregate;
  assert(
    name !== 'FIRST_VALUE' && name !== 'LAST_VALUE' && name !== 'APPROX_COUNT_DISTINCT',
    'the plan refuses aggregates that take no rows back',
  );
  switch (name) {
    case 'COUNT':
      return ofDistinct(new CountAccumulator(memory), distinct);
    case 'SUM':
      return ofDistinct(createSum(aggregate), distinct);
    case 'AVG':
      return ofDistinct(createAverage(aggregate), distinct);
    case 'MIN':
    case 'MAX': {
      assert(operand !== undefined, 'MIN and MAX have an operand');
      const type = { ...operand.type, nullable: true };
      return new RetractableExtremeAccumulator(createExtreme(aggregate, name), { type, valuesOf });
    }
  }
}

/** True when the accumulator for rows that may be taken back works on dictionary ids. */
export function needsIdsToRetract(aggregate: AggregateExpression): boolean {
  const { function: name } = aggregate;
  return name === 'MIN' || name === 'MAX' || needsDictionary(aggregate);
}

function ofDistinct(plain: RetractableAccumulator, distinct: boolean): RetractableAccumulator {
  return distinct ? new RetractableDistinctAccumulator(plain) : plain;
}
