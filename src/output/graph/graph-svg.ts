/**
 * A graph as a self-contained SVG picture: layers from top to bottom, boxes of one size, each
 * layer ordered by where its inputs stand so that few edges cross.
 */
import { visibleText } from '../visible-text.ts';
import { layersOf, type GraphEdge, type GraphNode, type GraphView } from './graph-view.ts';

const BOX_WIDTH = 260;
const BOX_HEIGHT = 52;
const GAP_ACROSS = 30;
const GAP_DOWN = 48;
const MARGIN = 20;
/** Longer lines are cut: about what fits into a box at 12 pixels. */
const SUMMARY_LENGTH_MAX = 38;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function graphSvg(view: GraphView): string {
  const layers = orderedLayers(view);
  const widest = Math.max(1, ...layers.map((layer) => layer.length));
  const width = 2 * MARGIN + widest * BOX_WIDTH + (widest - 1) * GAP_ACROSS;
  const height = 2 * MARGIN + layers.length * BOX_HEIGHT + (layers.length - 1) * GAP_DOWN;
  const corners = cornersOf(layers, width);
  const at = (name: string): Point => corners.get(name) ?? { x: 0, y: 0 };
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
    ...view.edges.map((edge) => edgePath(edge, at(edge.from), at(edge.to))),
    ...view.nodes.map((node) => nodeBox(node, at(node.name))),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

/** Nodes by layer; within a layer by the mean position of their inputs. */
function orderedLayers(view: GraphView): readonly (readonly GraphNode[])[] {
  const layerOf = layersOf(view);
  const count = Math.max(-1, ...layerOf.values()) + 1;
  const position = new Map<string, number>();
  const layers: GraphNode[][] = [];
  for (let layer = 0; layer < count; layer++) {
    const nodes = view.nodes.filter(({ name }) => layerOf.get(name) === layer);
    const wish = new Map(nodes.map(({ name }) => [name, meanOfInputs(name, view, position)]));
    nodes.sort((a, b) => (wish.get(a.name) ?? 0) - (wish.get(b.name) ?? 0));
    nodes.forEach(({ name }, index) => position.set(name, index));
    layers.push(nodes);
  }
  return layers;
}

function meanOfInputs(
  name: string,
  view: GraphView,
  position: ReadonlyMap<string, number>,
): number {
  const inputs = view.edges.filter(({ to }) => to === name);
  if (inputs.length === 0) return 0;
  return inputs.reduce((sum, { from }) => sum + (position.get(from) ?? 0), 0) / inputs.length;
}

function cornersOf(
  layers: readonly (readonly GraphNode[])[],
  width: number,
): ReadonlyMap<string, Point> {
  const corners = new Map<string, Point>();
  layers.forEach((nodes, layer) => {
    const layerWidth = nodes.length * BOX_WIDTH + (nodes.length - 1) * GAP_ACROSS;
    const left = (width - layerWidth) / 2;
    nodes.forEach(({ name }, index) =>
      corners.set(name, {
        x: left + index * (BOX_WIDTH + GAP_ACROSS),
        y: MARGIN + layer * (BOX_HEIGHT + GAP_DOWN),
      }),
    );
  });
  return corners;
}

function nodeBox({ name, summary }: GraphNode, { x, y }: Point): string {
  const middle = x + BOX_WIDTH / 2;
  const short =
    summary.length > SUMMARY_LENGTH_MAX ? `${summary.slice(0, SUMMARY_LENGTH_MAX - 1)}…` : summary;
  return [
    `<g><title>${escape(`${name}: ${summary}`)}</title>`,
    `<rect x="${x}" y="${y}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="6" fill="#f4f6f8" stroke="#445"/>`,
    `<text x="${middle}" y="${y + 21}" text-anchor="middle" font-weight="bold">${escape(name)}</text>`,
    `<text x="${middle}" y="${y + 39}" text-anchor="middle" fill="#445">${escape(short)}</text></g>`,
  ].join('');
}

function edgePath({ label }: GraphEdge, from: Point, to: Point): string {
  const start = { x: from.x + BOX_WIDTH / 2, y: from.y + BOX_HEIGHT };
  const end = { x: to.x + BOX_WIDTH / 2, y: to.y };
  const middle = (start.y + end.y) / 2;
  const path = `<path d="M${start.x},${start.y} C${start.x},${middle} ${end.x},${middle} ${end.x},${end.y}" fill="none" stroke="#445" marker-end="url(#tip)"/>`;
  if (label === null) return path;
  const x = (start.x + end.x) / 2 + 6;
  return `${path}<text x="${x}" y="${middle}" fill="#445">${escape(label)}</text>`;
}

function escape(text: string): string {
  return visibleText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
