/** From the description of an operator in the stream graph to the operator. */
import { UpdatingWindowOperator } from '../window/updating-window.ts';
import type {
  SessionWindowSpec,
  UpdatingWindowSpec,
  WindowAggregateSpec,
} from '../window/window-spec.ts';
import { SessionWindowOperator } from '../window/session-window.ts';
import { WindowAggregateOperator } from '../window/window-aggregate.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { Operator } from '../operator/contract.ts';
import { AsyncWaitOperator } from '../async/async-wait.ts';
import type { AsyncWaitSpec } from '../async/async-wait-spec.ts';
import { DictionaryOperator, type DictionarySpec } from '../operator/dictionary.ts';
import { FilterOperator } from '../operator/filter.ts';
import { LookupOperator, type LookupSpec } from '../operator/lookup.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { UnionOperator, type UnionSpec } from '../operator/union.ts';
import { KeyedProcessOperator } from '../process/keyed-process.ts';
import type { KeyedProcessSpec } from '../process/process-spec.ts';
import { ProjectOperator, type ProjectSpec } from '../operator/project.ts';

export type OperatorSpec =
  | { readonly kind: 'filter'; readonly schema: RowSchema; readonly condition: TypedExpression }
  | { readonly kind: 'project'; readonly project: ProjectSpec }
  | { readonly kind: 'union'; readonly union: UnionSpec }
  | { readonly kind: 'keyed-process'; readonly process: KeyedProcessSpec }
  | { readonly kind: 'lookup'; readonly lookup: LookupSpec }
  | { readonly kind: 'async'; readonly async: AsyncWaitSpec }
  | { readonly kind: 'dictionary'; readonly dictionary: DictionarySpec }
  | { readonly kind: 'window-aggregate'; readonly window: WindowAggregateSpec }
  | { readonly kind: 'updating-window'; readonly window: UpdatingWindowSpec }
  | { readonly kind: 'session-window'; readonly window: SessionWindowSpec };

export function createOperator(
  spec: OperatorSpec,
  context: TaskContext,
  counters: NodeCounters,
): Operator {
  switch (spec.kind) {
    case 'filter':
      return new FilterOperator(spec.condition, spec.schema, context.evaluation);
    case 'project':
      return new ProjectOperator(spec.project, context.evaluation);
    case 'union':
      return new UnionOperator(spec.union);
    case 'keyed-process':
      return new KeyedProcessOperator(spec.process, context, counters);
    case 'lookup':
      return new LookupOperator(spec.lookup, context.memory);
    case 'async':
      return new AsyncWaitOperator(spec.async, context);
    case 'dictionary':
      return new DictionaryOperator(spec.dictionary, context);
    case 'window-aggregate':
      return new WindowAggregateOperator(spec.window, context, counters);
    case 'updating-window':
      return new UpdatingWindowOperator(spec.window, context, counters);
    case 'session-window':
      return new SessionWindowOperator(spec.window, context, counters);
  }
}
