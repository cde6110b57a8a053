/**
 * From the checked pipeline to the engine's stream graph: each pipeline node becomes one operator
 * with, where it says so, a filter before (`node/where`) and a projection behind (`node/select`).
 * Invariant: the last operator of a node has the node's name, so that readers need not know how
 * many there are; side streams come from the operator that makes them.
 */
import { assert } from '../../errors/assert.ts';
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type {
  Exchange,
  StreamGraph,
  StreamInput,
  StreamNode,
} from '../../engine/graph/stream-graph.ts';
import { zoneClockOf, type ZoneClock } from '../../expression/zone-clock.ts';
import type { ProcessWindow } from '../../engine/process/window-function.ts';
import type { WindowAggregateSpecBase } from '../../engine/window/window-spec.ts';
import type { LogicalType } from '../../expression/type.ts';
import { joinOperator } from './join-steps.ts';
import { asyncOperator, dictionaryOperator } from './outside-operators.ts';
import { streamSchemaOf, windowOutputSchema } from '../plan/stream-schema.ts';
import { changelogExchange, exchangeOf } from './exchanges.ts';
import { dedupOperator, topNOperator } from './ranking-operators.ts';
import type {
  DedupNode,
  AsyncNode,
  DictionaryNode,
  LogicalPlan,
  LookupNode,
  NamedExpression,
  PlanNode,
  RunningAggregateNode,
  ProcessNode,
  SelectNode,
  SinkNode,
  SourceNode,
  TopNNode,
  UnionNode,
  WindowAggregateNode,
} from '../plan/logical-plan.ts';
import { singleSubtaskReason } from '../plan/single-subtask.ts';
import type { StreamReference } from '../plan/stream-reference.ts';
import { PROCESS_STEP, processSteps } from './process-steps.ts';
import { runningAggregateStep } from './running-aggregate-step.ts';
import { sinkConnector, sinkRowExchange, sinkRowNode } from './sink-nodes.ts';
import { filterSteps, projectSteps, type Step } from './steps.ts';

export function toStreamGraph(plan: LogicalPlan): StreamGraph {
  const translation = new Translation(plan);
  for (const node of plan.nodes) translation.add(node);
  const { name, timeZone, maxParallelism } = plan;
  const { nodes } = translation;
  return { name, timeZone, nodes, ...(maxParallelism !== null && { maxParallelism }) };
}

/** Where the engine has a stream of the plan; side streams leave the operation, before a `select`. */
export function toStreamInput(plan: LogicalPlan, from: StreamReference): StreamInput {
  const node = plan.nodes.find((candidate) => candidate.name === from.node);
  if (from.stream === 'main' || node === undefined) return from;
  const step =
    node.kind === 'window-aggregate' ? WINDOW_STEP : node.kind === 'process' ? PROCESS_STEP : null;
  const isBeforeSelect = step !== null && 'select' in node && node.select !== null;
  return { node: isBeforeSelect ? `${from.node}/${step}` : from.node, stream: from.stream };
}

const WINDOW_STEP = 'window';

class Translation {
  readonly nodes: StreamNode[] = [];
  private readonly plan: LogicalPlan;
  private readonly planNodes: ReadonlyMap<string, PlanNode>;

  constructor(plan: LogicalPlan) {
    this.plan = plan;
    this.planNodes = new Map(plan.nodes.map((node) => [node.name, node]));
  }

  add(node: PlanNode): void {
    switch (node.kind) {
      case 'source':
        this.addSource(node);
        return;
      case 'select':
        this.addSteps(node, [this.inputOf(node.from)], this.selectSteps(node));
        return;
      case 'union':
        this.addSteps(
          node,
          node.inputs.map(({ from }) => this.inputOf(from)),
          unionSteps(node),
        );
        return;
      case 'interval-join': {
        const { left, right, select, columns, schema } = node;
        const spec = joinOperator(node, (from) => this.schemaOf(from));
        this.addSteps(
          node,
          [this.inputOf(left.from), this.inputOf(right.from)],
          [{ suffix: 'join', spec }, ...projectSteps(select, columns, schema)],
        );
        return;
      }
      case 'process': {
        const input = this.schemaOf(node.from);
        const steps = processSteps(node, input, this.processWindow(node, input));
        this.addSteps(node, [this.inputOf(node.from)], steps);
        return;
      }
      case 'lookup':
        this.addLookup(node);
        return;
      case 'window-aggregate':
        this.addWindowAggregate(node);
        return;
      case 'dedup':
      case 'top-n':
        this.addRanking(node);
        return;
      case 'async':
        this.addOperation(node, asyncOperator(node, this.schemaOf(node.from)));
        return;
      case 'dictionary':
        this.addOperation(node, dictionaryOperator(node));
        return;
      case 'running-aggregate':
        this.addSteps(
          node,
          [this.inputOf(node.from)],
          runningSteps(node, this.schemaOf(node.from)),
        );
        return;
      case 'sink':
        this.addSink(node);
        return;
    }
  }

  private addSource(node: SourceNode): void {
    const lookups = this.plan.nodes.flatMap((other) =>
      other.kind === 'lookup' && other.table === node.name ? [other] : [],
    );
    const refreshMs = lookups[0]?.refreshMs ?? null;
    this.nodes.push({
      kind: 'source',
      uid: node.name,
      parallelism: node.parallelism,
      connector: node.connector,
      physicalSchema: node.physicalColumns,
      columns: node.columns.map((column) => column.expression),
      schema: node.schema,
      watermark: node.watermark,
      onError: node.onError,
      maxRecordBytes: node.maxRecordBytes,
      isTable: lookups.length > 0,
      ...(refreshMs !== null && { refreshMs }),
    });
  }

  private selectSteps(node: SelectNode): Step[] {
    const input = this.schemaOf(node.from);
    const steps = [
      ...filterSteps(node.where, input),
      ...projectSteps(node.select, input, node.schema),
    ];
    // A node that does nothing is still one that others read by its name.
    return steps.length > 0 ? steps : projectSteps(allColumns(input), input, node.schema);
  }

  /** An operation with one input whose `columns` are those of its operator. */
  private addOperation(node: AsyncNode | DictionaryNode, spec: OperatorSpec): void {
    const input = [this.inputOf(node.from)];
    this.addSteps(node, input, [
      ...filterSteps(node.where, this.schemaOf(node.from)),
      { suffix: spec.kind, spec },
      ...projectSteps(node.select, node.columns, node.schema),
    ]);
  }

  private addLookup(node: LookupNode): void {
    const inputSchema = this.schemaOf(node.from);
    const table = this.planNodes.get(node.table)!;
    const joined = [
      ...inputSchema,
      ...node.tableColumns.map((index) => {
        const column = table.schema[index]!;
        return { name: column.name, type: { ...column.type, nullable: true } };
      }),
    ];
    const lookup: Step = {
      suffix: 'lookup',
      spec: {
        kind: 'lookup',
        lookup: {
          name: node.name,
          tableName: node.table,
          inputSchema,
          tableSchema: table.schema,
          outputSchema: joined,
          inputKeys: node.on.map((pair) => pair.inputIndex),
          tableKeys: node.on.map((pair) => pair.tableIndex),
          tableColumns: node.tableColumns,
          missing: node.missing,
          follows: node.follows,
        },
      },
    };
    const inputs = [this.inputOf(node.from)];
    this.addSteps(
      node,
      inputs,
      [
        ...filterSteps(node.where, inputSchema),
        lookup,
        ...projectSteps(node.select, joined, node.schema),
      ],
      { node: node.table, stream: 'main' },
    );
  }

  private addWindowAggregate(node: WindowAggregateNode): void {
    const inputSchema = this.schemaOf(node.from);
    const timeType = inputSchema[node.timeIndex]!.type;
    const outputSchema = windowOutputSchema({ ...node, timeType });
    const window: WindowAggregateSpecBase = {
      inputSchema,
      outputSchema,
      timeIndex: node.timeIndex,
      zone: this.zoneOf(timeType),
      groupBy: node.groupBy.map((column) => column.expression),
      groupingSets: node.groupingSets,
      aggregates: node.aggregates,
    };
    const step: Step = { suffix: WINDOW_STEP, spec: windowOperator(window, node) };
    this.addSteps(
      node,
      [this.inputOf(node.from)],
      [
        ...filterSteps(node.where, inputSchema),
        step,
        ...projectSteps(node.select, outputSchema, node.schema),
      ],
    );
  }

  private addRanking(node: DedupNode | TopNNode): void {
    const input = this.schemaOf(node.from);
    const spec =
      node.kind === 'dedup'
        ? dedupOperator(node, input)
        : topNOperator(node, input, (timeType) => this.zoneOf(timeType));
    const columns = node.kind === 'dedup' ? input : node.columns;
    this.addSteps(
      node,
      [this.inputOf(node.from)],
      [
        ...filterSteps(node.where, input),
        { suffix: node.kind, spec },
        ...projectSteps(node.select, columns, node.schema),
      ],
    );
  }

  private processWindow(
    { window, timeIndex }: ProcessNode,
    input: RowSchema,
  ): ProcessWindow | null {
    if (window === null || timeIndex === null) return null;
    const { sizeMs, offsetMs } = window;
    const slideMs = window.kind === 'hop' ? window.slideMs : sizeMs;
    return { sizeMs, slideMs, offsetMs, zone: this.zoneOf(input[timeIndex]!.type) };
  }

  /** Null where the clocks of the windows are UTC, or the time attribute is local already. */
  private zoneOf(timeType: LogicalType): ZoneClock | null {
    const isLocalised = timeType.root === 'TIMESTAMP_LTZ' && this.plan.timeZone !== 'UTC';
    return isLocalised ? zoneClockOf(this.plan.timeZone) : null;
  }

  private addSink(node: SinkNode): void {
    const { name, parallelism, row, columns, changelog } = node;
    const schema = this.schemaOf(node.from);
    const exchange: Exchange = row === null ? { kind: 'forward' } : sinkRowExchange(node, row);
    let input = this.divided(this.inputOf(node.from), parallelism, exchange);
    if (row !== null) {
      const step = sinkRowNode(node, row, { input, schema });
      this.nodes.push(step);
      input = { node: step.uid, stream: 'main' };
    }
    this.nodes.push({
      kind: 'sink',
      uid: name,
      parallelism,
      input,
      connector: sinkConnector(this.plan, node),
      inputSchema: row === null ? schema : node.schema,
      columns,
      isChangelog: changelog !== null,
    });
  }

  /**
   * Adds the steps one after the other; `table` is the second input of the lookup step. A node that
   * has only one subtask has it from its operation on.
   */
  private addSteps(
    node: PlanNode,
    inputs: readonly StreamInput[],
    steps: readonly Step[],
    table: StreamInput | null = null,
  ): void {
    const isSingle = singleSubtaskReason(node) !== null;
    let current = inputs;
    let { parallelism } = node;
    for (const [index, { spec, suffix }] of steps.entries()) {
      const isLast = index === steps.length - 1;
      const uid = isLast ? node.name : `${node.name}/${suffix}`;
      const all = spec.kind === 'lookup' && table !== null ? [...current, table] : current;
      if (isSingle && spec.kind !== 'filter') parallelism = 1;
      this.nodes.push({
        kind: 'operator',
        uid,
        parallelism,
        inputs: all.map((input, position) =>
          this.divided(input, parallelism, exchangeOf(spec, position)),
        ),
        spec,
      });
      current = [{ node: uid, stream: 'main' }];
    }
  }

  /** An input with its exchange. Changes of one row stay together where subtasks become others. */
  private divided(input: StreamInput, parallelism: number, exchange: Exchange): StreamInput {
    if (exchange.kind !== 'forward') return { ...input, exchange };
    const planned = input.stream === 'main' ? this.planNodes.get(input.node) : undefined;
    const changelog = planned?.changelog ?? null;
    if (planned === undefined || changelog === null) return input;
    const producer = this.nodes.find(({ uid }) => uid === input.node);
    if (producer === undefined || producer.parallelism === parallelism) return input;
    return { ...input, exchange: changelogExchange(planned.schema, changelog) };
  }

  private inputOf(from: StreamReference): StreamInput {
    return toStreamInput(this.plan, from);
  }

  private schemaOf(from: StreamReference): RowSchema {
    return streamSchemaOf(this.plan, from);
  }
}

function windowOperator(
  spec: WindowAggregateSpecBase,
  { window, emit }: WindowAggregateNode,
): OperatorSpec {
  if (window.kind === 'session') return { kind: 'session-window', window: { ...spec, window } };
  if (emit === null) return { kind: 'window-aggregate', window: { ...spec, window } };
  assert(window.kind === 'tumble', 'only tumbling windows are corrected');
  return { kind: 'updating-window', window: { ...spec, window, emit } };
}

function runningSteps(node: RunningAggregateNode, inputSchema: RowSchema): Step[] {
  const { spec, outputSchema } = runningAggregateStep(node, inputSchema);
  return [
    ...filterSteps(node.where, inputSchema),
    { suffix: 'aggregate', spec },
    ...projectSteps(node.select, outputSchema, node.schema),
  ];
}

function unionSteps({ inputs, columns, where, select, schema }: UnionNode): Step[] {
  const union = { outputSchema: columns, columns: inputs.map((input) => input.columns) };
  return [
    { suffix: 'union', spec: { kind: 'union', union } },
    ...filterSteps(where, columns),
    ...projectSteps(select, columns, schema),
  ];
}

/** Each column as it is. */
function allColumns(schema: RowSchema): readonly NamedExpression[] {
  return schema.map(({ name, type }, index) => ({
    name,
    expression: { kind: 'column', type, name, index },
  }));
}
