/** A graph as a tree of lines: each node below what feeds it; the second time only its name. */
import type { Palette } from '../palette.ts';
import { visibleText } from '../visible-text.ts';
import type { GraphEdge, GraphNode, GraphView } from './graph-view.ts';

export function graphText(view: GraphView, palette: Palette): string {
  const printer = new TreePrinter(view, palette);
  const roots = view.nodes.filter(({ name }) => view.edges.every(({ to }) => to !== name));
  for (const root of roots) printer.print(root, { own: '', below: '', label: null });
  return printer.lines.map((line) => `${line}\n`).join('');
}

interface Place {
  /** What stands before the node's own line. */
  readonly own: string;
  /** What stands before the lines below it. */
  readonly below: string;
  readonly label: string | null;
}

class TreePrinter {
  readonly lines: string[] = [];
  private readonly view: GraphView;
  private readonly palette: Palette;
  private readonly seen = new Set<string>();

  constructor(view: GraphView, palette: Palette) {
    this.view = view;
    this.palette = palette;
  }

  print(node: GraphNode, place: Place): void {
    const label = place.label === null ? '' : ` ${this.palette.faint(visibleText(place.label))}`;
    const name = this.palette.name(visibleText(node.name));
    if (this.seen.has(node.name)) {
      this.lines.push(`${place.own}${name}${label} ${this.palette.faint('(see above)')}`);
      return;
    }
    this.seen.add(node.name);
    this.lines.push(`${place.own}${name}${label}  ${visibleText(node.summary)}`);
    const outgoing = this.view.edges.filter(({ from }) => from === node.name);
    outgoing.forEach((edge, index) => this.printBelow(edge, place, index === outgoing.length - 1));
  }

  private printBelow(edge: GraphEdge, parent: Place, isLast: boolean): void {
    const node = this.view.nodes.find(({ name }) => name === edge.to);
    if (node === undefined) return;
    this.print(node, {
      own: `${parent.below}${isLast ? '└─ ' : '├─ '}`,
      below: `${parent.below}${isLast ? '   ' : '│  '}`,
      label: edge.label,
    });
  }
}
