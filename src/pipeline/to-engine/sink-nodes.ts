/** What a sink of the plan becomes: its connector, and the step that makes its rows. */
import type { SinkConnectorSpec } from '../../engine/connector/connector-spec.ts';
import type { Exchange, OperatorStreamNode, StreamInput } from '../../engine/graph/stream-graph.ts';
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { LogicalPlan, SinkNode, SinkRowExpressions } from '../plan/logical-plan.ts';

export function sinkConnector(plan: LogicalPlan, { name, connector }: SinkNode): SinkConnectorSpec {
  if (connector.kind !== 'print') return connector;
  const isOneOfSeveral =
    plan.nodes.filter((other) => other.kind === 'sink' && other.connector.kind === 'print').length >
    1;
  return { ...connector, sinkName: isOneOfSeveral ? name : null };
}

/** Rows that take the place of each other are written by one subtask, in their order. */
export function sinkRowExchange(
  { parallelism }: SinkNode,
  { expressions, identityCount }: SinkRowExpressions,
): Exchange {
  if (parallelism === 1) return { kind: 'forward' };
  const keys = expressions.slice(0, identityCount).map(({ expression }) => expression);
  return { kind: 'hash', keys };
}

/** The operator before the sink that makes its rows of those of the input. */
export function sinkRowNode(
  { name, parallelism, schema }: SinkNode,
  { expressions }: SinkRowExpressions,
  from: { readonly input: StreamInput; readonly schema: RowSchema },
): OperatorStreamNode {
  return {
    kind: 'operator',
    uid: `${name}/row`,
    parallelism,
    inputs: [from.input],
    spec: {
      kind: 'project',
      project: {
        inputSchema: from.schema,
        outputSchema: schema,
        expressions: expressions.map(({ expression }) => expression),
      },
    },
  };
}
