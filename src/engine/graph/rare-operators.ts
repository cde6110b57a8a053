/** The operators that few jobs have: joins, first rows, running aggregates, functions and calls. */
import { AsyncWaitOperator } from '../async/async-wait.ts';
import type { Operator } from '../operator/contract.ts';
import { SharedDictionaryOperator } from '../async/shared-dictionary.ts';
import { DictionaryOperator, type DictionarySpec } from '../operator/dictionary.ts';
import { IntervalJoinOperator } from '../operator/join/interval-join.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { KeyedProcessOperator } from '../process/keyed-process.ts';
import { FirstRowByTimeOperator } from '../rank/first-row-by-time.ts';
import { FirstRowOperator } from '../rank/first-row.ts';
import { LastRowOperator } from '../rank/last-row.ts';
import { TopNOperator } from '../rank/top-n.ts';
import { WindowTopNOperator } from '../rank/window-top-n.ts';
import { RunningAggregateOperator } from '../window/running-aggregate.ts';
import type { RareOperatorSpec } from './create-operator.ts';

export function createRareOperator(
  spec: RareOperatorSpec,
  context: TaskContext,
  counters: NodeCounters,
): Operator {
  switch (spec.kind) {
    case 'interval-join':
      return new IntervalJoinOperator(spec.join, context, counters);
    case 'keyed-process':
      return new KeyedProcessOperator(spec.process, context, counters);
    case 'async':
      return new AsyncWaitOperator(spec.async, context);
    case 'dictionary':
      return createDictionary(spec.dictionary, context);
    case 'first-row':
      return new FirstRowOperator(spec.dedup, context);
    case 'first-row-by-time':
      return new FirstRowByTimeOperator(spec.dedup, context, counters);
    case 'last-row':
      return new LastRowOperator(spec.dedup, context);
    case 'top-n':
      return new TopNOperator(spec.topN, context);
    case 'window-top-n':
      return new WindowTopNOperator(spec.topN, context, counters);
    case 'running-aggregate':
      return new RunningAggregateOperator(spec.running, context);
  }
}

function createDictionary(spec: DictionarySpec, context: TaskContext): Operator {
  const { redis } = context;
  const { store } = spec;
  if (store === undefined || redis === undefined) return new DictionaryOperator(spec, context);
  return new SharedDictionaryOperator(spec, store, { ...context, redis });
}
