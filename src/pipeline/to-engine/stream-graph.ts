/**
 * From the checked pipeline to the engine's stream graph: each pipeline node becomes one operator
 * with, where it says so, a filter before (`node/where`) and a projection behind (`node/select`).
 * Invariant: the last operator of a node has the node's name, so that readers need not know how
 * many there are; side streams come from the operator that makes them.
 */
import { assert } from '../../errors/assert.ts';
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { SinkConnectorSpec } from '../../engine/connector/connector-spec.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { StreamGraph, StreamInput, StreamNode } from '../../engine/graph/stream-graph.ts';
import { zoneClockOf, type ZoneClock } from '../../expression/zone-clock.ts';
import type { ProcessWindow } from '../../engine/process/window-function.ts';
import type { WindowAggregateSpecBase } from '../../engine/window/window-spec.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { LogicalType } from '../../expression/type.ts';
import { asyncOperator, dictionaryOperator } from './outside-operators.ts';
import { streamSchemaOf, windowOutputSchema } from '../plan/stream-schema.ts';
import type {
  AsyncNode,
  DictionaryNode,
  LogicalPlan,
  LookupNode,
  NamedExpression,
  PlanNode,
  ProcessNode,
  SelectNode,
  SinkNode,
  SourceNode,
  StreamReference,
  UnionNode,
  WindowAggregateNode,
} from '../plan/logical-plan.ts';

export function toStreamGraph(plan: LogicalPlan): StreamGraph {
  const translation = new Translation(plan);
  for (const node of plan.nodes) translation.add(node);
  return { name: plan.name, timeZone: plan.timeZone, nodes: translation.nodes };
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
const PROCESS_STEP = 'process';

/** One step of a node: the suffix of its uid and what it does. */
interface Step {
  readonly suffix: string;
  readonly spec: OperatorSpec;
}

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
      case 'async':
        this.addOperation(node, asyncOperator(node, this.schemaOf(node.from)));
        return;
      case 'dictionary':
        this.addOperation(node, dictionaryOperator(node));
        return;
      case 'sink':
        this.addSink(node);
        return;
    }
  }

  private addSource(node: SourceNode): void {
    const isTable = this.plan.nodes.some(
      (other) => other.kind === 'lookup' && other.table === node.name,
    );
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
      isTable,
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
    this.nodes.push({
      kind: 'sink',
      uid: node.name,
      parallelism: node.parallelism,
      input: this.inputOf(node.from),
      connector: this.sinkConnector(node),
      inputSchema: this.schemaOf(node.from),
      columns: node.columns,
      isChangelog: node.changelog !== null,
    });
  }

  private sinkConnector(node: SinkNode): SinkConnectorSpec {
    const { connector } = node;
    if (connector.kind !== 'print') return connector;
    const isOneOfSeveral =
      this.plan.nodes.filter((other) => other.kind === 'sink' && other.connector.kind === 'print')
        .length > 1;
    return { ...connector, sinkName: isOneOfSeveral ? node.name : null };
  }

  /** Adds the steps one after the other; `table` is the second input of the lookup step. */
  private addSteps(
    node: PlanNode,
    inputs: readonly StreamInput[],
    steps: readonly Step[],
    table: StreamInput | null = null,
  ): void {
    let current = inputs;
    for (const [index, step] of steps.entries()) {
      const isLast = index === steps.length - 1;
      const uid = isLast ? node.name : `${node.name}/${step.suffix}`;
      const isLookup = step.spec.kind === 'lookup' && table !== null;
      this.nodes.push({
        kind: 'operator',
        uid,
        parallelism: node.parallelism,
        inputs: isLookup ? [...current, table] : current,
        spec: step.spec,
      });
      current = [{ node: uid, stream: 'main' }];
    }
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

function unionSteps({ inputs, columns, where, select, schema }: UnionNode): Step[] {
  const union = { outputSchema: columns, columns: inputs.map((input) => input.columns) };
  return [
    { suffix: 'union', spec: { kind: 'union', union } },
    ...filterSteps(where, columns),
    ...projectSteps(select, columns, schema),
  ];
}

function processSteps(
  node: ProcessNode,
  inputSchema: RowSchema,
  window: ProcessWindow | null,
): Step[] {
  const sides = node.sides.map(({ name, columns, timeIndex }) => ({
    name,
    schema: columns,
    timeIndex,
  }));
  const spec: OperatorSpec = {
    kind: 'keyed-process',
    process: {
      name: node.name,
      modulePath: node.modulePath,
      moduleText: node.moduleText,
      inputSchema,
      outputSchema: node.columns,
      keyIndexes: node.keyIndexes,
      timeIndex: node.timeIndex,
      outputTimeIndex: node.outputTimeIndex,
      sides,
      window,
    },
  };
  return [
    ...filterSteps(node.where, inputSchema),
    { suffix: PROCESS_STEP, spec },
    ...projectSteps(node.select, node.columns, node.schema),
  ];
}

function filterSteps(where: TypedExpression | null, schema: RowSchema): Step[] {
  if (where === null) return [];
  return [{ suffix: 'where', spec: { kind: 'filter', schema, condition: where } }];
}

/** Each column as it is. */
function allColumns(schema: RowSchema): readonly NamedExpression[] {
  return schema.map(({ name, type }, index) => ({
    name,
    expression: { kind: 'column', type, name, index },
  }));
}

function projectSteps(
  select: readonly NamedExpression[] | null,
  inputSchema: RowSchema,
  outputSchema: RowSchema,
): Step[] {
  if (select === null) return [];
  const expressions = select.map((column) => column.expression);
  return [
    {
      suffix: 'select',
      spec: { kind: 'project', project: { inputSchema, outputSchema, expressions } },
    },
  ];
}
