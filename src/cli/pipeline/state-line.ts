/** A line about state, and what aggregates of all kinds say in one. */
import type { AggregateExpression } from '../../expression/tree.ts';

export interface StateLine {
  readonly name: string;
  /** Flink's kinds: one per subtask, one per key, or the same in every subtask. */
  readonly kind: 'operator' | 'keyed' | 'broadcast';
  readonly description: string;
}

/** Null: no more than its own value. */
export function distinctState({ distinct, function: name }: AggregateExpression): string | null {
  if (name === 'APPROX_COUNT_DISTINCT') return 'a HyperLogLog sketch';
  return distinct ? 'the set of distinct values' : null;
}
