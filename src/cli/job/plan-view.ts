/**
 * The graph of a job as a drawing: vertices, the operators chained in them, and how records get
 * from one to the next. Names of SQL operators can be pages long; they are cut, whole in JSON.
 */
import type { JobPlan, PlanNode } from '../../flink/model/job-plan.ts';
import { drawGraph, type GraphFormat } from '../../output/graph/draw-graph.ts';
import { shortened, type GraphView } from '../../output/graph/graph-view.ts';
import { createPalette } from '../../output/palette.ts';
import type { View } from '../../output/view.ts';

/** What fits on the narrowest usual terminal. */
const COLUMNS = 80;
/** In pictures, whose tools draw a box as wide as its text. */
const OPERATOR_LENGTH_MAX = 120;

/** Also for the plan of a jar, which has no job yet. */
export function planView(plan: JobPlan, format: GraphFormat): View {
  const drawing = drawGraph(graphOfPlan(plan), {
    format,
    palette: createPalette(false),
    columns: COLUMNS,
  });
  return {
    sections: [{ kind: 'text', lines: drawing.trimEnd().split('\n') }],
    names: plan.nodes.map(({ vertexId }) => vertexId),
  };
}

export function graphOfPlan({ nodes }: JobPlan): GraphView {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ vertexId }) => vertexId)));
  const known = new Set(nodes.map(({ vertexId }) => vertexId));
  return {
    nodes: nodes.map((node) => ({
      name: node.vertexId,
      label: shortened(node.operators[0] ?? node.vertexId, OPERATOR_LENGTH_MAX),
      kind: kindOf(node, read.has(node.vertexId)),
      summary: summaryOf(node),
      details: node.operators
        .slice(1)
        .map((operator) => `→ ${shortened(operator, OPERATOR_LENGTH_MAX)}`),
    })),
    edges: nodes.flatMap(({ vertexId, inputs }) =>
      inputs
        .filter((input) => known.has(input.vertexId))
        .map((input) => ({ from: input.vertexId, to: vertexId, label: input.shipStrategy })),
    ),
  };
}

function kindOf({ inputs }: PlanNode, isRead: boolean): string {
  if (inputs.length === 0) return 'source';
  return isRead ? 'operator' : 'sink';
}

/** `x4  b71731f1`: how many subtasks, and by which prefix other commands know the vertex. */
function summaryOf({ parallelism, vertexId }: PlanNode): string {
  const subtasks = parallelism === null ? '' : `x${parallelism}  `;
  return `${subtasks}${vertexId.slice(0, 8)}`;
}
