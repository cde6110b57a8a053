/**
 * From the description of an operator in the stream graph to the operator. Those that few jobs have
 * are loaded when a graph names them: each run of drey pays for what it loads.
 */
import { assert } from '../../errors/assert.ts';
import { UpdatingWindowOperator } from '../window/updating-window.ts';
import type {
  RunningAggregateSpec,
  SessionWindowSpec,
  UpdatingWindowSpec,
  WindowAggregateSpec,
} from '../window/window-spec.ts';
import { SessionWindowOperator } from '../window/session-window.ts';
import { WindowAggregateOperator } from '../window/window-aggregate.ts';
import type { DedupSpec } from '../rank/dedup-spec.ts';
import type { TopNSpec, WindowTopNSpec } from '../rank/top-n-spec.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { Operator } from '../operator/contract.ts';
import type { AsyncWaitSpec } from '../async/async-wait-spec.ts';
import type { DictionarySpec } from '../operator/dictionary.ts';
import { FilterOperator } from '../operator/filter.ts';
import type { IntervalJoinSpec } from '../operator/join/interval-join-spec.ts';
import { LookupOperator, type LookupSpec } from '../operator/lookup.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { UnionOperator, type UnionSpec } from '../operator/union.ts';
import type { KeyedProcessSpec } from '../process/process-spec.ts';
import { ProjectOperator, type ProjectSpec } from '../operator/project.ts';

export type OperatorSpec = CommonOperatorSpec | RareOperatorSpec;

type CommonOperatorSpec =
  | { readonly kind: 'filter'; readonly schema: RowSchema; readonly condition: TypedExpression }
  | { readonly kind: 'project'; readonly project: ProjectSpec }
  | { readonly kind: 'union'; readonly union: UnionSpec }
  | { readonly kind: 'lookup'; readonly lookup: LookupSpec }
  | { readonly kind: 'window-aggregate'; readonly window: WindowAggregateSpec }
  | { readonly kind: 'updating-window'; readonly window: UpdatingWindowSpec }
  | { readonly kind: 'session-window'; readonly window: SessionWindowSpec };

export type RareOperatorSpec =
  | { readonly kind: 'interval-join'; readonly join: IntervalJoinSpec }
  | { readonly kind: 'keyed-process'; readonly process: KeyedProcessSpec }
  | { readonly kind: 'async'; readonly async: AsyncWaitSpec }
  | { readonly kind: 'dictionary'; readonly dictionary: DictionarySpec }
  | { readonly kind: 'first-row' | 'first-row-by-time' | 'last-row'; readonly dedup: DedupSpec }
  | { readonly kind: 'top-n'; readonly topN: TopNSpec }
  | { readonly kind: 'window-top-n'; readonly topN: WindowTopNSpec }
  | { readonly kind: 'running-aggregate'; readonly running: RunningAggregateSpec };

type CreateRareOperator = (
  spec: RareOperatorSpec,
  context: TaskContext,
  counters: NodeCounters,
) => Operator;

/** Code, once it is loaded; the same for all jobs. */
let createRareOperator: CreateRareOperator | null = null;

/** Loads the operators that these descriptions name; before a job of them starts. */
export async function loadOperators(specs: readonly Pick<OperatorSpec, 'kind'>[]): Promise<void> {
  if (createRareOperator !== null || specs.every(({ kind }) => commonKinds.has(kind))) return;
  ({ createRareOperator } = await import('./rare-operators.ts'));
}

/** `loadOperators` has been called for the description. */
export function createOperator(
  spec: OperatorSpec,
  context: TaskContext,
  counters: NodeCounters,
): Operator {
  if (isCommon(spec)) return createCommonOperator(spec, context, counters);
  assert(createRareOperator !== null, 'operators are loaded before a job starts');
  return createRareOperator(spec, context, counters);
}

const commonKinds: ReadonlySet<string> = new Set<CommonOperatorSpec['kind']>([
  'filter',
  'project',
  'union',
  'lookup',
  'window-aggregate',
  'updating-window',
  'session-window',
]);

const isCommon = (spec: OperatorSpec): spec is CommonOperatorSpec => commonKinds.has(spec.kind);

function createCommonOperator(
  spec: CommonOperatorSpec,
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
    case 'lookup':
      return new LookupOperator(spec.lookup, context.memory);
    case 'window-aggregate':
      return new WindowAggregateOperator(spec.window, context, counters);
    case 'updating-window':
      return new UpdatingWindowOperator(spec.window, context, counters);
    case 'session-window':
      return new SessionWindowOperator(spec.window, context, counters);
  }
}
