/** A directed graph without cycles, as plain values, and its layers. */
export interface GraphNode {
  readonly name: string;
  /** What it is: `source`, `sink` ... */
  readonly kind: string;
  /** One line about it. */
  readonly summary: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Null: nothing to say about it. */
  readonly label: string | null;
}

export interface GraphView {
  /** In topological order. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The length of the longest way from a node without inputs, by name. */
export function layersOf(view: GraphView): ReadonlyMap<string, number> {
  const layers = new Map<string, number>();
  for (const { name } of view.nodes) {
    const before = view.edges.filter(({ to }) => to === name).map(({ from }) => layers.get(from));
    layers.set(name, Math.max(-1, ...before.map((layer) => layer ?? 0)) + 1);
  }
  return layers;
}
