/** The graph of a job: vertices and the edges between them. */
import { UnreachableError } from '../../errors/drey-error.ts';
import { Fields } from './fields.ts';
import { vertexIdOf, type VertexId } from './identifiers.ts';

export interface PlanInput {
  readonly vertexId: VertexId;
  /** HASH, REBALANCE, FORWARD, ... */
  readonly shipStrategy: string | null;
  /** pipelined, pipelined_bounded, blocking. */
  readonly exchange: string | null;
}

export interface PlanNode {
  readonly vertexId: VertexId;
  /** Operators chained in it, the first one first. */
  readonly operators: readonly string[];
  readonly parallelism: number | null;
  readonly inputs: readonly PlanInput[];
}

export interface JobPlan {
  readonly name: string;
  /** STREAMING or BATCH; null when it is not said. */
  readonly type: string | null;
  /** Sources first: no vertex stands before one that it reads from. */
  readonly nodes: readonly PlanNode[];
}

/** Of /jobs/:id/plan and /jars/:id/plan. */
export function decodeJobPlan(answer: unknown): JobPlan {
  return planOf(Fields.of(answer).requiredObject('plan'));
}

/** The plan inside another answer; null where it cannot be read, which that answer survives. */
export function readablePlan(plan: Fields | null): Fields | null {
  try {
    if (plan !== null) planOf(plan);
    return plan;
  } catch (error) {
    if (error instanceof UnreachableError) return null;
    throw error;
  }
}

/** Of the plan inside other answers. */
export function planOf(plan: Fields): JobPlan {
  const nodes = plan.requiredObjects('nodes').map((node): PlanNode => ({
    vertexId: vertexIdOf(node.requiredText('id')),
    operators: operatorsOf(node.text('description') ?? ''),
    parallelism: node.measure('parallelism'),
    inputs: node.objects('inputs').map((input) => ({
      vertexId: vertexIdOf(input.requiredText('id')),
      shipStrategy: input.text('ship_strategy'),
      exchange: input.text('exchange'),
    })),
  }));
  return { name: plan.text('name') ?? '', type: plan.text('type'), nodes: sourcesFirst(nodes) };
}

/** The description is HTML for a tree: `Source<br/>+- Map<br/>   +- Sink<br/>`. */
function operatorsOf(description: string): readonly string[] {
  return description
    .split(/<br\s*\/?>/)
    .map((line) => unescapeHtml(line.replace(/^[\s:]*(?:[+:]-\s*)?/, '').trim()))
    .filter((line) => line !== '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

function unescapeHtml(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** In waves of vertices whose inputs are placed; what stands in a circle comes last. */
function sourcesFirst(nodes: readonly PlanNode[]): readonly PlanNode[] {
  const known = new Set(nodes.map(({ vertexId }) => vertexId));
  const placed = new Set<VertexId>();
  const ordered: PlanNode[] = [];
  let waiting = nodes;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ inputs }) =>
      inputs.every(({ vertexId }) => placed.has(vertexId) || !known.has(vertexId)),
    );
    if (ready.length === 0) break;
    ordered.push(...ready);
    for (const { vertexId } of ready) placed.add(vertexId);
    waiting = waiting.filter(({ vertexId }) => !placed.has(vertexId));
  }
  return [...ordered, ...waiting];
}
