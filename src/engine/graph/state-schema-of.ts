/**
 * What the state of each node means: the traits that a snapshot keeps beside it (state-schema.ts).
 * A trait is there for what would have old bytes misread, or go on with rows that are missing:
 * keys, rows, aggregates, windows, n. None is there for what may change: delays, lateness, times to
 * live, parallelism, conditions and columns of `where` and `select`, paths, formats.
 */
import { aggregateText, expressionText } from '../../expression/expression-text.ts';
import { bareTypeText } from '../../expression/type-text.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { IntervalJoinSpec, JoinInputSpec } from '../operator/join/interval-join-spec.ts';
import type { LookupSpec } from '../operator/lookup.ts';
import type { KeyedProcessSpec } from '../process/process-spec.ts';
import type { DedupSpec } from '../rank/dedup-spec.ts';
import type { RankSpec } from '../rank/top-n-spec.ts';
import { inFlightTrait, type StateSchema, type StateTrait } from '../state/state-schema.ts';
import type {
  AggregateSpec,
  AggregationSpec,
  SessionWindow,
  WindowAggregateSpecBase,
  WindowKind,
} from '../window/window-spec.ts';
import type { OperatorSpec } from './create-operator.ts';
import { inputsOf } from './job-graph.ts';
import { outputSchemaOf } from './output-schema.ts';
import type { StreamGraph, StreamNode } from './stream-graph.ts';

const MS_PER_SECOND = 1000;

/** By uid, for all nodes of a graph. */
export function stateSchemasOf(graph: StreamGraph): ReadonlyMap<string, StateSchema> {
  const nodes = new Map(graph.nodes.map((node) => [node.uid, node]));
  return new Map(
    graph.nodes.map((node) => {
      const inFlight = inputsOf(node).map((input, index) =>
        trait(inFlightTrait(index), rowText(outputSchemaOf(nodes.get(input.node)!, input.stream))),
      );
      return [node.uid, [...ownTraits(node, graph.timeZone), ...inFlight]];
    }),
  );
}

function ownTraits(node: StreamNode, timeZone: string): StateSchema {
  switch (node.kind) {
    case 'source':
    case 'sink':
      return [trait('connector', node.connector.kind)];
    case 'operator':
      return operatorTraits(node.spec, timeZone);
  }
}

function operatorTraits(spec: OperatorSpec, timeZone: string): StateSchema {
  switch (spec.kind) {
    case 'filter':
    case 'project':
    case 'union':
      // Watermarks at most.
      return [];
    case 'lookup':
      return lookupTraits(spec.lookup);
    case 'window-aggregate':
    case 'updating-window':
    case 'session-window':
      return windowTraits(spec.window, spec.window.window, timeZone);
    case 'running-aggregate': {
      const input = spec.running.takesUpdates ? 'a changelog' : 'append-only';
      return [...aggregationTraits(spec.running), trait('input', input)];
    }
    case 'interval-join':
      return joinTraits(spec.join);
    case 'keyed-process':
      return processTraits(spec.process, timeZone);
    case 'async':
      return [trait('rows', rowText(spec.async.inputSchema))];
    case 'dictionary': {
      const { columnIndex, outputSchema, store } = spec.dictionary;
      const column = trait('column', columnsText(outputSchema, [columnIndex]));
      return store === undefined ? [column] : [column, trait('store', `redis ${store.key}`)];
    }
    case 'first-row':
      return [trait('keys', columnsText(spec.dedup.schema, spec.dedup.keys))];
    case 'first-row-by-time':
    case 'last-row':
      return dedupTraits(spec.dedup);
    case 'top-n':
      return [
        ...rankTraits(spec.topN),
        trait('input', spec.topN.input === null ? 'append-only' : 'a changelog'),
      ];
    case 'window-top-n':
      return rankTraits(spec.topN);
  }
}

function aggregationTraits(spec: AggregationSpec): StateSchema {
  const { groupBy, groupingSets, aggregates } = spec;
  return [
    trait('group-by', `[${groupBy.map(expressionText).join(', ')}]`),
    trait('grouping sets', groupingSetsText(groupBy.length, groupingSets)),
    trait('aggregates', `[${aggregates.map(computedText).join(', ')}]`),
  ];
}

/** By position in the group-by, from 1 on. One set of all columns is the same for any group-by. */
function groupingSetsText(columnCount: number, sets: readonly (readonly number[])[]): string {
  const [first] = sets;
  if (sets.length === 1 && first?.length === columnCount) return 'one';
  return sets.map((set) => `(${set.map((index) => index + 1).join(', ')})`).join(' ');
}

function computedText(spec: AggregateSpec): string {
  switch (spec.kind) {
    case 'aggregate':
      return aggregateText(spec.aggregate);
    case 'grouping':
      return `GROUPING(${spec.groupByIndexes.map((index) => index + 1).join(', ')})`;
  }
}

function windowTraits(
  spec: WindowAggregateSpecBase,
  window: WindowKind | SessionWindow,
  timeZone: string,
): StateSchema {
  return [
    ...aggregationTraits(spec),
    trait('window', windowText(window)),
    trait('event time', columnsText(spec.inputSchema, [spec.timeIndex])),
    trait('time zone', spec.zone === null ? 'UTC' : timeZone),
  ];
}

function windowText(window: WindowKind | SessionWindow): string {
  switch (window.kind) {
    case 'session':
      return `session with gap ${lengthText(window.gapMs)}`;
    case 'tumble':
      return `tumble of ${lengthText(window.sizeMs)}${offsetText(window.offsetMs)}`;
    case 'hop': {
      const { sizeMs, slideMs, offsetMs } = window;
      return `hop of ${lengthText(sizeMs)} by ${lengthText(slideMs)}${offsetText(offsetMs)}`;
    }
    case 'cumulate': {
      const { sizeMs, stepMs, offsetMs, leavesOutUnchanged } = window;
      const unchanged = leavesOutUnchanged ? ' without unchanged rows' : '';
      const steps = `cumulate of ${lengthText(sizeMs)} by ${lengthText(stepMs)}`;
      return `${steps}${offsetText(offsetMs)}${unchanged}`;
    }
  }
}

function lookupTraits({ tableSchema, tableKeys, follows }: LookupSpec): StateSchema {
  return [
    trait('table', rowText(tableSchema)),
    trait('keys of the table', columnsText(tableSchema, tableKeys)),
    trait('table kind', follows ? 'followed' : 'read whole'),
  ];
}

function joinTraits({ left, right, lowerMs, upperMs, kind }: IntervalJoinSpec): StateSchema {
  return [
    trait('join', kind),
    trait('bounds', `${lengthText(lowerMs)} to ${lengthText(upperMs)}`),
    ...joinInputTraits('left', left),
    ...joinInputTraits('right', right),
  ];
}

function joinInputTraits(
  side: 'left' | 'right',
  { schema, keys, timeIndex }: JoinInputSpec,
): StateSchema {
  return [
    trait(`${side} rows`, rowText(schema)),
    trait(`${side} keys`, columnsText(schema, keys)),
    trait(`${side} event time`, columnsText(schema, [timeIndex])),
  ];
}

/** The states of the function itself are named and checked where it declares them. */
function processTraits(spec: KeyedProcessSpec, timeZone: string): StateSchema {
  const { inputSchema, keyIndexes, window } = spec;
  const keys = trait('key-by', columnsText(inputSchema, keyIndexes));
  if (window === null) return [keys, trait('window', 'none')];
  const { sizeMs, slideMs, offsetMs, zone } = window;
  const size = `${lengthText(sizeMs)} by ${lengthText(slideMs)}${offsetText(offsetMs)}`;
  return [
    keys,
    trait('window', size),
    trait('time zone', zone === null ? 'UTC' : timeZone),
    trait('rows', rowText(inputSchema)),
  ];
}

function dedupTraits({ schema, keys, timeIndex }: DedupSpec): StateSchema {
  return [
    trait('keys', columnsText(schema, keys)),
    trait('order', timeIndex === null ? 'of arrival' : columnsText(schema, [timeIndex])),
    trait('rows', rowText(schema)),
  ];
}

function rankTraits({ inputSchema, partitionBy, orderBy, n, hasRank }: RankSpec): StateSchema {
  const order = orderBy.map(
    ({ index, isDescending }) => `${inputSchema[index]!.name} ${isDescending ? 'DESC' : 'ASC'}`,
  );
  return [
    trait('partition-by', columnsText(inputSchema, partitionBy)),
    trait('order-by', `[${order.join(', ')}]`),
    trait('n', `${n}${hasRank ? ' with ranks' : ''}`),
    trait('rows', rowText(inputSchema)),
  ];
}

function trait(name: string, text: string): StateTrait {
  return { name, text };
}

function rowText(schema: RowSchema): string {
  return `[${schema.map(({ name, type }) => `${name} ${bareTypeText(type)}`).join(', ')}]`;
}

function columnsText(schema: RowSchema, indexes: readonly number[]): string {
  return rowText(indexes.map((index) => schema[index]!));
}

function lengthText(ms: number): string {
  return ms % MS_PER_SECOND === 0 ? `${ms / MS_PER_SECOND} s` : `${ms} ms`;
}

function offsetText(offsetMs: number): string {
  return offsetMs === 0 ? '' : ` offset ${lengthText(offsetMs)}`;
}
