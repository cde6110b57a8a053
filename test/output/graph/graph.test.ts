import { expect, test } from 'vitest';
import { drawGraph } from '../../../src/output/graph/draw-graph.ts';
import { graphDot } from '../../../src/output/graph/graph-dot.ts';
import { graphMermaid } from '../../../src/output/graph/graph-mermaid.ts';
import { graphSvg } from '../../../src/output/graph/graph-svg.ts';
import { graphText } from '../../../src/output/graph/graph-text.ts';
import { layersOf, shortened, type GraphView } from '../../../src/output/graph/graph-view.ts';
import { createPalette } from '../../../src/output/palette.ts';

const node = (name: string, summary = 'x') => ({ name, kind: 'select', summary });

const lookup: GraphView = {
  nodes: [
    node('events', 'source filesystem'),
    node('places', 'source filesystem'),
    node('located', 'lookup in places'),
    node('result', 'sink print'),
  ],
  edges: [
    { from: 'events', to: 'located', label: null },
    { from: 'places', to: 'located', label: 'table' },
    { from: 'located', to: 'result', label: null },
  ],
};

const hostile: GraphView = {
  nodes: [node('a"b', '<script>&"\u001b[0m\\')],
  edges: [],
};

test('a layer is the longest way from a source', () => {
  expect([...layersOf(lookup)]).toEqual([
    ['events', 0],
    ['places', 0],
    ['located', 1],
    ['result', 2],
  ]);
});

test('the tree shows a node with two inputs once in full', () => {
  expect(graphText(lookup, createPalette(false))).toBe(
    [
      'events  source filesystem',
      '└─ located  lookup in places',
      '   └─ result  sink print',
      'places  source filesystem',
      '└─ located table (see above)',
      '',
    ].join('\n'),
  );
});

test('branches of the tree are joined by lines', () => {
  const view = {
    nodes: [node('a'), node('b'), node('c'), node('d')],
    edges: [
      { from: 'a', to: 'b', label: null },
      { from: 'b', to: 'c', label: null },
      { from: 'a', to: 'd', label: 'late' },
    ],
  };
  expect(graphText(view, createPalette(false))).toBe(
    ['a  x', '├─ b  x', '│  └─ c  x', '└─ d late  x', ''].join('\n'),
  );
});

test('Mermaid gets one line per node and edge', () => {
  expect(graphMermaid(lookup).split('\n')).toEqual([
    'flowchart TD',
    '  n0["events<br/>source filesystem"]',
    '  n1["places<br/>source filesystem"]',
    '  n2["located<br/>lookup in places"]',
    '  n3["result<br/>sink print"]',
    '  n0 --> n2',
    '  n1 -->|"table"| n2',
    '  n2 --> n3',
    '',
  ]);
});

test('DOT gets one line per node and edge', () => {
  expect(graphDot(lookup)).toContain('  "places" -> "located" [label="table"];\n');
  expect(graphDot(lookup)).toContain('  "events" [label="events\\nsource filesystem"];\n');
});

test('SVG draws a box per node and a path per edge', () => {
  const svg = graphSvg(lookup);
  expect(svg.match(/<rect /g)).toHaveLength(4);
  expect(svg.match(/marker-end/g)).toHaveLength(3);
});

test('boxes of one layer stand side by side, layers below each other', () => {
  const corners = [...graphSvg(lookup).matchAll(/<rect x="(\d+)" y="(\d+)"/g)].map(
    ([, x, y]) => [Number(x), Number(y)] as const,
  );
  const [events, places, located, result] = corners;
  expect(events?.[1]).toBe(places?.[1]);
  expect(events?.[0]).not.toBe(places?.[0]);
  expect(located?.[1]).toBeGreaterThan(events?.[1] ?? Infinity);
  expect(result?.[1]).toBeGreaterThan(located?.[1] ?? Infinity);
});

test('foreign text stays inside its quotes in every language', () => {
  expect(graphSvg(hostile)).not.toContain('<script>');
  expect(graphSvg(hostile)).toContain('&lt;script&gt;&amp;&quot;\\x1b[0m');
  expect(graphMermaid(hostile)).toContain('n0["a#quot;b<br/>#lt;script#gt;&#quot;\\x1b[0m\\"]');
  expect(graphDot(hostile)).toContain('"a\\"b" [label="a\\"b\\n<script>&\\"\\\\x1b[0m\\\\"];');
});

/** Nodes whose names are no titles, with parts below. */
const labelled: GraphView = {
  nodes: [
    { ...node('n1', 'x2'), label: 'Source: numbers' },
    { ...node('n2', 'x4'), label: 'count', details: ['→ filter', '→ sink'] },
    { ...node('n3', 'x4'), label: 'count' },
  ],
  edges: [
    { from: 'n1', to: 'n2', label: 'HASH' },
    { from: 'n2', to: 'n3', label: null },
  ],
};

test('two nodes may have the same title', () => {
  expect(graphText(labelled, createPalette(false))).toBe(
    [
      'Source: numbers  x2',
      '└─ count HASH  x4',
      '   │  → filter',
      '   │  → sink',
      '   └─ count  x4',
      '',
    ].join('\n'),
  );
});

test('lines of the tree are cut at the width, but for a rest of the name', () => {
  const long = { ...labelled, nodes: [{ ...node('n1', 'x2'), label: 'a'.repeat(90) }] };
  const [line = ''] = graphText(long, createPalette(false), 40).split('\n');
  expect(line).toBe(`${'a'.repeat(35)}…  x2`);
  expect(graphText(long, createPalette(false), 5)).toBe(`${'a'.repeat(19)}…  x2\n`);
});

test('titles and details come out in every language', () => {
  const draw = (format: 'mermaid' | 'dot' | 'svg') =>
    drawGraph(labelled, { format, palette: createPalette(false) });
  expect(draw('mermaid')).toContain('n1["count<br/>x4<br/>→ filter<br/>→ sink"]');
  expect(draw('dot')).toContain('"n2" [label="count\\nx4\\n→ filter\\n→ sink"];');
  expect(draw('svg')).toContain('>→ sink</text>');
});

test('boxes of a picture are as high as the longest list of details, up to eight lines', () => {
  const heights = (count: number) => {
    const details = Array.from({ length: count }, (_, index) => `part ${index}`);
    const view = { nodes: [{ ...node('a'), details }, node('b')], edges: [] };
    return [...graphSvg(view).matchAll(/<rect [^>]*height="(\d+)"/g)].map(([, text]) => text);
  };
  expect(heights(0)).toEqual(['52', '52']);
  expect(heights(2)).toEqual(['84', '84']);
  expect(heights(30)).toEqual(['180', '180']);
});

test('a picture counts the details that it does not show', () => {
  const details = Array.from({ length: 10 }, (_, index) => `part ${index}`);
  const svg = graphSvg({ nodes: [{ ...node('a'), details }], edges: [] });
  expect(svg).toContain('>part 6</text>');
  expect(svg).toContain('>and 3 more</text>');
});

test('a picture has no colour that vanishes on a light or a dark page', () => {
  const colours = [...graphSvg(labelled).matchAll(/(?:fill|stroke)="(#\w+)"/g)].map(([, c]) => c);
  expect(new Set(colours)).toEqual(new Set(['#6e7781', '#f4f6f8', '#1f2328', '#445']));
});

test('a text is not cut inside of a character', () => {
  expect(shortened('ab😀cd', 4)).toBe('ab…');
  expect(shortened('abcd', 4)).toBe('abcd');
});
