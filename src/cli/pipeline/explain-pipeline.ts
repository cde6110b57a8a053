/**
 * `drey pipeline explain`: what each node of a checked pipeline is, what it reads and gives, what
 * it keeps as state, and which configuration takes effect where.
 */
import { durationText } from '../../errors/duration-text.ts';
import type {
  AsyncNode,
  PlanNode,
  RunningAggregateNode,
  Window,
  WindowEmit,
} from '../../pipeline/plan/logical-plan.ts';
import { singleSubtaskReason } from '../../pipeline/plan/single-subtask.ts';
import type { StreamReference } from '../../pipeline/plan/stream-reference.ts';
import { typeText } from '../../expression/type-text.ts';
import type { Platform } from '../../platform/platform.ts';
import { configurationLines, type ConfigurationLine } from './honoured-configuration.ts';
import { stateOf } from './node-state.ts';
import { rankingSummary } from './ranking-text.ts';
import { joinSummary } from './explain-join.ts';
import { explainWatermark, type WatermarkLine } from './explain-watermark.ts';
import { readPipeline, type PipelineRequest } from './read-pipeline.ts';
import type { StateLine } from './state-line.ts';

export interface ExplainedNode {
  readonly name: string;
  readonly kind: PlanNode['kind'];
  /** Connector or operation, one line. */
  readonly summary: string;
  readonly parallelism: number;
  /** Why it has one subtask and not as many as it asks for; null: it has as many. */
  readonly singleSubtaskBecause: string | null;
  /** `node`, or `node.late` for a side stream. */
  readonly inputs: readonly string[];
  readonly columns: readonly ExplainedColumn[];
  readonly timeColumn: string | null;
  /** Further time attributes, where a join leaves two. */
  readonly otherTimeColumns: readonly string[];
  /** Of a source with event time; else empty. */
  readonly watermark: readonly WatermarkLine[];
  readonly state: readonly StateLine[];
  readonly changelog: boolean;
}

export interface ExplainedColumn {
  readonly name: string;
  /** As Flink SQL writes it. */
  readonly type: string;
  /** Not written by sinks unless a `select` names it. */
  readonly hidden: boolean;
}

export interface ExplainResult {
  readonly name: string;
  readonly parallelism: number;
  /** Number of key groups, among which keyed state is divided; no node has more subtasks. */
  readonly maxParallelism: number;
  readonly timeZone: string;
  readonly nodes: readonly ExplainedNode[];
  readonly configuration: readonly ConfigurationLine[];
}

export async function explainPipeline(
  request: PipelineRequest,
  platform: Platform,
): Promise<ExplainResult> {
  const { plan } = await readPipeline(request, platform);
  const { defaultMaxParallelism } = await import('../../engine/configuration.ts');
  const widest = Math.max(1, ...plan.nodes.map(({ parallelism }) => parallelism));
  return {
    name: plan.name,
    parallelism: plan.parallelism,
    maxParallelism: plan.maxParallelism ?? defaultMaxParallelism(widest),
    timeZone: plan.timeZone,
    nodes: plan.nodes.map(explainNode),
    configuration: configurationLines(plan),
  };
}

export function explainNode(node: PlanNode): ExplainedNode {
  const singleSubtaskBecause = node.parallelism > 1 ? singleSubtaskReason(node) : null;
  return {
    name: node.name,
    kind: node.kind,
    summary: summaryOf(node),
    parallelism: singleSubtaskBecause === null ? node.parallelism : 1,
    singleSubtaskBecause,
    inputs: inputsOf(node).map(({ text }) => text),
    columns: node.schema.map(({ name, type }) => ({
      name,
      type: typeText(type),
      hidden: node.hiddenColumns.includes(name),
    })),
    timeColumn: node.timeColumn,
    otherTimeColumns: node.otherTimeColumns ?? [],
    watermark: node.kind === 'source' ? explainWatermark(node) : [],
    state: stateOf(node),
    changelog: node.changelog !== null,
  };
}

export interface NodeInput {
  readonly node: string;
  /** `node`, or `node.late` for a side stream. */
  readonly text: string;
  /** What the input is, when it is not the main stream. */
  readonly role: string | null;
}

export function inputsOf(node: PlanNode): readonly NodeInput[] {
  if (node.kind === 'source') return [];
  if (node.kind === 'union') return node.inputs.map(({ from }) => streamInput(from));
  if (node.kind === 'interval-join') {
    return [
      { ...streamInput(node.left.from), role: 'left' },
      { ...streamInput(node.right.from), role: 'right' },
    ];
  }
  const main = streamInput(node.from);
  if (node.kind !== 'lookup') return [main];
  return [main, { node: node.table, text: node.table, role: 'table' }];
}

function streamInput({ node, stream }: StreamReference): NodeInput {
  return stream === 'main'
    ? { node, text: node, role: null }
    : { node, text: `${node}.${stream}`, role: stream };
}

/** What the node does, in a few words. */
export function summaryOf(node: PlanNode): string {
  switch (node.kind) {
    case 'source':
      return `source ${node.connector.kind}`;
    case 'select':
      return selectSummary(node.where !== null, node.select !== null);
    case 'union':
      return `union of ${node.inputs.length}`;
    case 'interval-join':
      return joinSummary(node);
    case 'lookup':
      return `lookup in ${node.table}${node.follows ? ' as it changes' : ''}, missing: ${node.missing}${refreshSummary(node.refreshMs)}`;
    case 'process':
      return processSummary(node);
    case 'async':
      return asyncSummary(node);
    case 'dictionary':
      return `dictionary of ${node.columns[node.columnIndex]!.name} as ${node.columns.at(-1)!.name}`;
    case 'window-aggregate': {
      const keys = node.groupBy.map(({ name }) => name).join(', ');
      const by = keys === '' ? '' : ` by ${keys}`;
      return `${windowSummary(node.window)}${by}${emitSummary(node.emit)}`;
    }
    case 'dedup':
    case 'top-n':
      return rankingSummary(node);
    case 'running-aggregate':
      return runningSummary(node);
    case 'sink':
      return `sink ${node.connector.kind}`;
  }
}

function runningSummary({ groupBy, stateTtlMs }: RunningAggregateNode): string {
  const by = groupBy.length === 0 ? '' : ` by ${groupBy.map(({ name }) => name).join(', ')}`;
  const kept = stateTtlMs === 0 ? '' : `, groups kept for ${durationText(stateTtlMs)}`;
  return `running aggregate${by}${kept}`;
}

function processSummary(node: PlanNode & { readonly kind: 'process' }): string {
  const { moduleText, sides, keyNames, window } = node;
  const over = window === null ? '' : ` over a ${windowSummary(window)}`;
  const beside =
    sides.length === 0 ? '' : `, side outputs ${sides.map(({ name }) => name).join(', ')}`;
  return `process function ${moduleText} by ${keyNames.join(', ')}${over}${beside}`;
}

function windowSummary(window: Window): string {
  if (window.kind === 'session') return `sessions with a gap of ${durationText(window.gapMs)}`;
  const size = durationText(window.sizeMs);
  switch (window.kind) {
    case 'tumble':
      return `tumbling window of ${size}`;
    case 'hop':
      return `hopping window of ${size} each ${durationText(window.slideMs)}`;
    case 'cumulate':
      return `cumulating window of ${size} in steps of ${durationText(window.stepMs)}${window.leavesOutUnchanged ? ', changes alone' : ''}`;
  }
}

function refreshSummary(refreshMs: number | null): string {
  return refreshMs === null ? '' : `, read again each ${durationText(refreshMs)}`;
}

function emitSummary(emit: WindowEmit | null): string {
  if (emit === null) return '';
  const { earlyMs, allowedLatenessMs } = emit;
  const early = earlyMs === null ? '' : `, early each ${durationText(earlyMs)}`;
  const late =
    allowedLatenessMs === 0 ? '' : `, corrected up to ${durationText(allowedLatenessMs)} late`;
  return `${early}${late}`;
}

function asyncSummary({ moduleText, isOrdered, capacity, timeoutMs, retry }: AsyncNode): string {
  const retries =
    retry === null ? '' : `, up to ${retry.attempts} retries each ${durationText(retry.delayMs)}`;
  const grows = retry?.backoff === 'exponential' ? ' and longer' : '';
  return `calls of ${moduleText}, ${isOrdered ? 'ordered' : 'unordered'}, ${capacity} at a time, timeout ${durationText(timeoutMs)}${retries}${grows}`;
}

function selectSummary(filters: boolean, projects: boolean): string {
  if (filters && projects) return 'filter and columns';
  return filters ? 'filter' : 'columns';
}
