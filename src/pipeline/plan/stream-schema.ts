/**
 * The schemas that follow from others: side streams, and the output of a window aggregation before
 * its `select`. One definition for the planner and for those who translate the plan.
 */
import { LENGTH_MAX, type LogicalType, type RowField } from '../../expression/type.ts';
import type { LogicalPlan, NamedAggregate, NamedExpression } from './logical-plan.ts';
import type { StreamReference } from './stream-reference.ts';

const text: LogicalType = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true };

/** Columns of NODE.dead: what is known of a record that could not be read. */
export const deadSchema: readonly RowField[] = [
  { name: 'source', type: text },
  { name: 'split', type: text },
  { name: 'position', type: { root: 'BIGINT', nullable: true } },
  { name: 'reason', type: text },
  { name: 'raw', type: { root: 'VARBINARY', length: LENGTH_MAX, nullable: true } },
];

/** Columns of NODE.late: the input's, why the row was dropped, and the watermark that said so. */
export function lateSchema(input: readonly RowField[]): readonly RowField[] {
  return [
    ...input,
    { name: 'reason', type: text },
    { name: 'watermark', type: { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true } },
  ];
}

/** Columns of one stream of a node of the plan. */
export function streamSchemaOf(plan: LogicalPlan, stream: StreamReference): readonly RowField[] {
  const node = plan.nodes.find((candidate) => candidate.name === stream.node);
  if (node === undefined || stream.stream === 'dead') return deadSchema;
  if (stream.stream === 'late' && node.kind === 'window-aggregate') {
    return lateSchema(streamSchemaOf(plan, node.from));
  }
  if (node.kind === 'process' && stream.stream !== 'main') {
    return node.sides.find(({ name }) => name === stream.stream)?.columns ?? node.schema;
  }
  return node.schema;
}

export interface AggregationColumns {
  readonly groupBy: readonly NamedExpression[];
  readonly groupingSets: readonly (readonly number[])[];
  readonly aggregates: readonly NamedAggregate[];
}

export interface WindowColumns extends AggregationColumns {
  /** Type of the time attribute of the input. */
  readonly timeType: LogicalType;
}

/** window_start, window_end, the group columns, the aggregates, window_time. */
export function windowOutputSchema(window: WindowColumns): readonly RowField[] {
  const bound: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable: false };
  const isLocal = window.timeType.root === 'TIMESTAMP';
  return [
    { name: 'window_start', type: bound },
    { name: 'window_end', type: bound },
    ...aggregationSchema(window),
    {
      name: 'window_time',
      type: { root: isLocal ? 'TIMESTAMP' : 'TIMESTAMP_LTZ', precision: 3, nullable: false },
    },
  ];
}

/** The group columns, the aggregates. */
export function aggregationSchema(aggregation: AggregationColumns): readonly RowField[] {
  return [
    ...aggregation.groupBy.map(({ name, expression }, index) => {
      const isRolledUp = aggregation.groupingSets.some((set) => !set.includes(index));
      return { name, type: isRolledUp ? { ...expression.type, nullable: true } : expression.type };
    }),
    ...aggregation.aggregates.map((aggregate): RowField => {
      const { name } = aggregate;
      if (aggregate.kind === 'aggregate') return { name, type: aggregate.aggregate.type };
      return { name, type: { root: 'BIGINT', nullable: false } };
    }),
  ];
}
