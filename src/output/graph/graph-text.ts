/**
 * A graph as a tree of lines: each node below what feeds it; the second time only its name. Lines
 * are cut at the width that is given.
 */
import type { Palette } from '../palette.ts';
import { visibleText } from '../visible-text.ts';
import {
  shortened,
  titleOf,
  type GraphEdge,
  type GraphNode,
  type GraphView,
} from './graph-view.ts';

export function graphText(
  view: GraphView,
  palette: Palette,
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const printer = new TreePrinter(view, palette, columns);
  const roots = view.nodes.filter(({ name }) => view.edges.every(({ to }) => to !== name));
  for (const root of roots) printer.print(root, { own: '', below: '', label: null });
  return printer.lines.map((line) => `${line}\n`).join('');
}

/** Even in a deep graph so much of a name is shown. */
const NAME_LENGTH_MIN = 20;

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
  private readonly columns: number;
  private readonly seen = new Set<string>();

  constructor(view: GraphView, palette: Palette, columns: number) {
    this.view = view;
    this.palette = palette;
    this.columns = columns;
  }

  print(node: GraphNode, place: Place): void {
    const isSeen = this.seen.has(node.name);
    const label = place.label === null ? '' : ` ${visibleText(place.label)}`;
    const rest = isSeen ? ' (see above)' : `  ${visibleText(node.summary)}`;
    const room = this.columns - place.own.length - label.length - rest.length;
    const name = shortened(visibleText(titleOf(node)), Math.max(NAME_LENGTH_MIN, room));
    const { faint, name: strong } = this.palette;
    this.lines.push(
      `${place.own}${strong(name)}${label === '' ? '' : ` ${faint(label.slice(1))}`}` +
        (isSeen ? ` ${faint(rest.slice(1))}` : rest),
    );
    if (isSeen) return;
    this.seen.add(node.name);
    const outgoing = this.view.edges.filter(({ from }) => from === node.name);
    this.printDetails(node, `${place.below}${outgoing.length > 0 ? '│  ' : '   '}`);
    outgoing.forEach((edge, index) => this.printBelow(edge, place, index === outgoing.length - 1));
  }

  private printDetails({ details = [] }: GraphNode, before: string): void {
    const room = Math.max(NAME_LENGTH_MIN, this.columns - before.length);
    for (const detail of details) {
      this.lines.push(`${before}${this.palette.faint(shortened(visibleText(detail), room))}`);
    }
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
