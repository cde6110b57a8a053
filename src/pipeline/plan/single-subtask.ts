/**
 * Which nodes have one subtask whatever parallelism the pipeline asks for, as in Flink: those whose
 * rows have no key to be divided by.
 */
import type { PlanNode } from './logical-plan.ts';

/** Why the node has only one subtask, as the end of a sentence; null: it has as many as it asks for. */
export function singleSubtaskReason(node: PlanNode): string | null {
  switch (node.kind) {
    case 'window-aggregate':
    case 'running-aggregate': {
      const [only] = node.groupingSets;
      if (node.groupingSets.length > 1) {
        return 'each row counts in several grouping sets, which have no key in common';
      }
      return only === undefined || only.length === 0 ? 'all rows are one group' : null;
    }
    case 'top-n':
      return node.partitionBy.length === 0 ? 'all rows are ranked together' : null;
    case 'interval-join':
      return node.left.keys.length === 0 ? 'no columns are compared for equality' : null;
    case 'source':
    case 'select':
    case 'union':
    case 'process':
    case 'lookup':
    case 'dedup':
    case 'dictionary':
    case 'async':
    case 'sink':
      return null;
  }
}
