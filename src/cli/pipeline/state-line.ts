/** One thing that a node keeps between records. */
export interface StateLine {
  readonly name: string;
  /** Flink's kinds: one per subtask, one per key, or the same in every subtask. */
  readonly kind: 'operator' | 'keyed' | 'broadcast';
  readonly description: string;
}
