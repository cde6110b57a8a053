/** A process function: its operator between the steps of the node. */
import type { RowSchema } from '../../engine/batch/batch.ts';
import type { OperatorSpec } from '../../engine/graph/create-operator.ts';
import type { ProcessWindow } from '../../engine/process/window-function.ts';
import type { ProcessNode } from '../plan/logical-plan.ts';
import { filterSteps, projectSteps, type Step } from './steps.ts';

export const PROCESS_STEP = 'process';

export function processSteps(
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
