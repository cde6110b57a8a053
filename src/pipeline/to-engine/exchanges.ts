/**
 * How the rows of each input of an operator are divided among its subtasks, and which operators
 * have only one.
 * Invariant: the values that an exchange divides by are those that the operator makes its keys of,
 * in the same order, so that equal keys meet in the subtask that owns their key group.
 */
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { Exchange } from '../../engine/graph/stream-graph.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { Changelog } from '../plan/logical-plan.ts';

const FORWARD: Exchange = { kind: 'forward' };

/** Of one input; `forward` where rows need not meet. */
export function exchangeOf(spec: OperatorSpec, input: number): Exchange {
  switch (spec.kind) {
    case 'filter':
    case 'project':
    case 'union':
    case 'async':
      return FORWARD;
    case 'lookup':
      return input === 0 ? FORWARD : { kind: 'broadcast' };
    case 'window-aggregate':
    case 'updating-window':
    case 'session-window':
      return byGroup(spec.window);
    case 'running-aggregate':
      return byGroup(spec.running);
    case 'interval-join': {
      const { schema, keys } = input === 0 ? spec.join.left : spec.join.right;
      return byColumns(schema, keys);
    }
    case 'keyed-process':
      return byColumns(spec.process.inputSchema, spec.process.keyIndexes);
    case 'dictionary':
      return byColumns(spec.dictionary.outputSchema, [spec.dictionary.columnIndex]);
    case 'first-row':
    case 'first-row-by-time':
    case 'last-row':
      return byColumns(spec.dedup.schema, spec.dedup.keys);
    case 'top-n':
    case 'window-top-n':
      return byColumns(spec.topN.inputSchema, spec.topN.partitionBy);
  }
}

/** Several grouping sets have no key in common: a row would have to go to several subtasks. */
function byGroup({
  groupBy,
  groupingSets,
}: {
  readonly groupBy: readonly TypedExpression[];
  readonly groupingSets: readonly (readonly number[])[];
}): Exchange {
  const [only] = groupingSets;
  if (only === undefined || groupingSets.length > 1) return FORWARD;
  return byKeys(only.map((position) => groupBy[position]!));
}

function byColumns(schema: RowSchema, columns: readonly number[]): Exchange {
  return byKeys(
    columns.map((index) => {
      const { name, type } = schema[index]!;
      return { kind: 'column', index, name, type };
    }),
  );
}

function byKeys(keys: readonly TypedExpression[]): Exchange {
  return keys.length === 0 ? FORWARD : { kind: 'hash', keys };
}

/**
 * The changes of one row go to one subtask, in their order, where the number of subtasks changes;
 * each of them carries the values of the changelog's key.
 */
export function changelogExchange(schema: RowSchema, { key }: Changelog): Exchange {
  const known = key?.map((name) => schema.findIndex((column) => column.name === name));
  const isComplete = known !== undefined && known.length > 0 && !known.includes(-1);
  return byColumns(schema, isComplete ? known : schema.map((_, index) => index));
}
