import { expect, test } from 'vitest';
import { graphDot } from '../../../src/output/graph/graph-dot.ts';
import { graphMermaid } from '../../../src/output/graph/graph-mermaid.ts';
import { graphSvg } from '../../../src/output/graph/graph-svg.ts';
import { graphText } from '../../../src/output/graph/graph-text.ts';
import { layersOf, type GraphView } from '../../../src/output/graph/graph-view.ts';
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
