/**
 * Failover regions: what must restart together, because rows flow between it. A failure in one
 * region leaves the others running.
 * As Flink for streaming jobs, where every exchange is pipelined: connected components.
 */
import { assert } from '../../errors/assert.ts';

export interface RegionEdge {
  readonly from: string;
  readonly to: string;
}

/** Each region in the order of `vertices`, regions in the order of their first vertex. */
export function failoverRegions(
  vertices: readonly string[],
  edges: readonly RegionEdge[],
): readonly (readonly string[])[] {
  const parents = new Map(vertices.map((vertex) => [vertex, vertex]));
  for (const { from, to } of edges) parents.set(rootOf(parents, from), rootOf(parents, to));
  const regions = new Map<string, string[]>();
  for (const vertex of vertices) {
    const root = rootOf(parents, vertex);
    const region = regions.get(root);
    if (region === undefined) regions.set(root, [vertex]);
    else region.push(vertex);
  }
  return [...regions.values()];
}

/** Halves the path on the way, so that long chains stay cheap. */
function rootOf(parents: Map<string, string>, vertex: string): string {
  let at = vertex;
  for (;;) {
    const parent = parents.get(at);
    assert(parent !== undefined, `an edge joins vertices of the graph: ${at}`);
    if (parent === at) return at;
    const above = parents.get(parent) ?? parent;
    parents.set(at, above);
    at = above;
  }
}
