/** `drey pipeline graph`: the nodes of a pipeline as a graph. */
import type { GraphView } from '../../output/graph/graph-view.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import type { Platform } from '../../platform/platform.ts';
import { inputsOf, summaryOf } from './explain-pipeline.ts';
import { readPipeline, type PipelineRequest } from './read-pipeline.ts';

export interface GraphResult {
  readonly name: string;
  readonly nodes: GraphView['nodes'];
  readonly edges: GraphView['edges'];
}

export async function graphOfPipeline(
  request: PipelineRequest,
  platform: Platform,
): Promise<GraphResult> {
  const { plan } = await readPipeline(request, platform);
  return { name: plan.name, ...graphOf(plan) };
}

export function graphOf(plan: LogicalPlan): GraphView {
  return {
    nodes: plan.nodes.map((node) => ({
      name: node.name,
      kind: node.kind,
      summary: summaryOf(node),
    })),
    edges: plan.nodes.flatMap((node) =>
      inputsOf(node).map((input) => ({ from: input.node, to: node.name, label: input.role })),
    ),
  };
}
