/**
 * A graph as a self-contained SVG picture: layers from top to bottom, boxes of one size, each
 * layer ordered by where its inputs stand so that few edges cross. Readable on a light and on a
 * dark page: boxes bring their own background, and what lies between them has a middle grey.
 */
import { visibleText } from '../visible-text.ts';
import {
  layersOf,
  shortened,
  titleOf,
  type GraphEdge,
  type GraphNode,
  type GraphView,
} from './graph-view.ts';

const BOX_WIDTH = 260;
const BOX_HEIGHT = 52;
/** For each line of details. */
const DETAIL_HEIGHT = 16;
const GAP_ACROSS = 30;
const GAP_DOWN = 48;
const MARGIN = 20;
/** Longer lines are cut: about what fits into a box at 12 pixels, in bold and not. */
const TITLE_LENGTH_MAX = 34;
const SUMMARY_LENGTH_MAX = 38;
/** More lines of details are counted, not shown. */
const DETAILS_MAX = 8;
/** Contrast with white and with black of more than 4 to 1. */
const BETWEEN = '#6e7781';
const INK = '#1f2328';
const FAINT_INK = '#445';

interface Point {
  readonly x: number;
  readonly y: number;
}

export function graphSvg(view: GraphView): string {
  const layers = orderedLayers(view);
  const widest = Math.max(1, ...layers.map((layer) => layer.length));
  const width = 2 * MARGIN + widest * BOX_WIDTH + (widest - 1) * GAP_ACROSS;
  const boxHeight = boxHeightOf(view);
  const height = 2 * MARGIN + layers.length * boxHeight + (layers.length - 1) * GAP_DOWN;
  const corners = cornersOf(layers, width, boxHeight);
  const at = (name: string): Point => corners.get(name) ?? { x: 0, y: 0 };
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="${BETWEEN}"/></marker></defs>`,
    ...view.edges.map((edge) => edgePath(edge, below(at(edge.from), boxHeight), at(edge.to))),
    ...view.nodes.map((node) => nodeBox(node, at(node.name), boxHeight)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function boxHeightOf(view: GraphView): number {
  const lines = view.nodes.map((node) => shownDetails(node).length);
  return BOX_HEIGHT + Math.max(0, ...lines) * DETAIL_HEIGHT;
}

function shownDetails({ details = [] }: GraphNode): readonly string[] {
  if (details.length <= DETAILS_MAX) return details;
  const hidden = details.length - DETAILS_MAX + 1;
  return [...details.slice(0, DETAILS_MAX - 1), `and ${hidden} more`];
}

function below({ x, y }: Point, height: number): Point {
  return { x: x + BOX_WIDTH / 2, y: y + height };
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
  boxHeight: number,
): ReadonlyMap<string, Point> {
  const corners = new Map<string, Point>();
  layers.forEach((nodes, layer) => {
    const layerWidth = nodes.length * BOX_WIDTH + (nodes.length - 1) * GAP_ACROSS;
    const left = (width - layerWidth) / 2;
    nodes.forEach(({ name }, index) =>
      corners.set(name, {
        x: left + index * (BOX_WIDTH + GAP_ACROSS),
        y: MARGIN + layer * (boxHeight + GAP_DOWN),
      }),
    );
  });
  return corners;
}

function nodeBox(node: GraphNode, { x, y }: Point, boxHeight: number): string {
  const middle = x + BOX_WIDTH / 2;
  const title = titleOf(node);
  const lines = [node.summary, ...shownDetails(node)].map(
    (line, index) =>
      `<text x="${middle}" y="${y + 39 + index * DETAIL_HEIGHT}" text-anchor="middle" fill="${FAINT_INK}">${escape(shortened(line, SUMMARY_LENGTH_MAX))}</text>`,
  );
  const whole = [`${title}: ${node.summary}`, ...(node.details ?? [])].map(escape).join('&#10;');
  return [
    `<g><title>${whole}</title>`,
    `<rect x="${x}" y="${y}" width="${BOX_WIDTH}" height="${boxHeight}" rx="6" fill="#f4f6f8" stroke="${BETWEEN}"/>`,
    `<text x="${middle}" y="${y + 21}" text-anchor="middle" font-weight="bold" fill="${INK}">${escape(shortened(title, TITLE_LENGTH_MAX))}</text>`,
    `${lines.join('')}</g>`,
  ].join('');
}

function edgePath({ label }: GraphEdge, start: Point, corner: Point): string {
  const end = { x: corner.x + BOX_WIDTH / 2, y: corner.y };
  const middle = (start.y + end.y) / 2;
  const path = `<path d="M${start.x},${start.y} C${start.x},${middle} ${end.x},${middle} ${end.x},${end.y}" fill="none" stroke="${BETWEEN}" marker-end="url(#tip)"/>`;
  if (label === null) return path;
  const x = (start.x + end.x) / 2 + 6;
  return `${path}<text x="${x}" y="${middle}" fill="${BETWEEN}">${escape(label)}</text>`;
}

function escape(text: string): string {
  return visibleText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
