/**
 * Which text columns a source had better hash while it scans them: those that some node uses as a
 * key as they are. Only a hint: an operator hashes what comes without.
 */
import type { TypedExpression } from '../../expression/tree.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';

/** Names of the columns that are lookup keys, group keys or distinct operands anywhere. */
export function keyColumnNames(plan: LogicalPlan): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (expression: TypedExpression | undefined): void => {
    if (expression?.kind === 'column') names.add(expression.name);
  };
  const schemas = new Map(plan.nodes.map((node) => [node.name, node.schema]));
  for (const node of plan.nodes) {
    if (node.kind === 'lookup') {
      for (const { inputIndex } of node.on) {
        const column = schemas.get(node.from.node)?.[inputIndex];
        if (column !== undefined) names.add(column.name);
      }
    } else if (node.kind === 'window-aggregate') {
      for (const { expression } of node.groupBy) add(expression);
      for (const aggregate of node.aggregates) {
        if (aggregate.kind === 'aggregate' && aggregate.aggregate.distinct) {
          add(aggregate.aggregate.operand);
        }
      }
    }
  }
  return names;
}
