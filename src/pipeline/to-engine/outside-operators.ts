/** Operators of nodes that give values from elsewhere: calls to the outside, numbers of values. */
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { AsyncNode, DictionaryNode } from '../plan/logical-plan.ts';

const NO_RETRY = { attempts: 0, delayMs: 0, backoff: 'fixed', maxDelayMs: 0 } as const;

export function asyncOperator(node: AsyncNode, inputSchema: RowSchema): OperatorSpec {
  return {
    kind: 'async',
    async: {
      name: node.name,
      modulePath: node.modulePath,
      moduleText: node.moduleText,
      inputSchema,
      resultSchema: node.resultColumns,
      isOrdered: node.isOrdered,
      capacity: node.capacity,
      timeoutMs: node.timeoutMs,
      retry: node.retry ?? NO_RETRY,
    },
  };
}

export function dictionaryOperator(node: DictionaryNode): OperatorSpec {
  const { columnIndex, columns, stateTtlMs, store, name } = node;
  const dictionary = {
    columnIndex,
    outputSchema: columns,
    ttlMs: stateTtlMs,
    ...(store !== null && { store: { name, ...store } }),
  };
  return { kind: 'dictionary', dictionary };
}
