/** A directed graph without cycles, as plain values, and its layers. */
export interface GraphNode {
  /** No two nodes have the same. */
  readonly name: string;
  /** Shown in place of the name, where that is no title. */
  readonly label?: string;
  /** What it is: `source`, `sink` ... */
  readonly kind: string;
  /** One line about it. */
  readonly summary: string;
  /** Further lines, such as the parts it is made of; the first one first. */
  readonly details?: readonly string[];
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

/** The title of a node. */
export function titleOf({ name, label }: GraphNode): string {
  return label ?? name;
}

/** The text, or its first characters and an ellipsis: `length` characters at most. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const start = text.slice(0, Math.max(0, length - 1));
  // Not in the middle of a character that is two units long.
  return `${start.replace(/[\ud800-\udbff]$/, '')}…`;
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
