/** The operators that a node becomes, in their order; its `where` and `select` are the same for all. */
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { TypedExpression } from '../../expression/tree.ts';
import type { NamedExpression } from '../plan/logical-plan.ts';

/** One step of a node: the suffix of its uid and what it does. */
export interface Step {
  readonly suffix: string;
  readonly spec: OperatorSpec;
}

export function filterSteps(where: TypedExpression | null, schema: RowSchema): Step[] {
  if (where === null) return [];
  return [{ suffix: 'where', spec: { kind: 'filter', schema, condition: where } }];
}

export function projectSteps(
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
