/**
 * Which averages are the quotient of the sum and the count beside them. Flink's planner takes
 * AVG(x) from SUM(x) and COUNT(x) where a query has all three over the same operand and filter, for
 * each of its averages; an integer sum that has wrapped around is then divided as it is, while an
 * average of its own adds up 64-bit integers. Seen with Flink 2.3.0.
 */
import { isSameExpression } from './same-expression.ts';
import type { AggregateExpression, AggregateName, TypedExpression } from './tree.ts';

/** The aggregates of one node, its averages marked with `dividesSum` where that holds. */
export function reduceAverages(
  aggregates: readonly AggregateExpression[],
): readonly AggregateExpression[] {
  const averages = aggregates.filter((each) => each.function === 'AVG');
  const hasBeside = (average: AggregateExpression, name: AggregateName): boolean =>
    aggregates.some((each) => each.function === name && hasSameRows(each, average));
  const isReduced = averages.every(
    (average) => hasBeside(average, 'SUM') && hasBeside(average, 'COUNT'),
  );
  if (!isReduced) return aggregates;
  return aggregates.map((each) => (each.function === 'AVG' ? { ...each, dividesSum: true } : each));
}

function hasSameRows(one: AggregateExpression, other: AggregateExpression): boolean {
  return (
    one.distinct === other.distinct &&
    isSameOrAbsent(one.operand, other.operand) &&
    isSameOrAbsent(one.filter, other.filter)
  );
}

function isSameOrAbsent(
  one: TypedExpression | undefined,
  other: TypedExpression | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return isSameExpression(one, other);
}
