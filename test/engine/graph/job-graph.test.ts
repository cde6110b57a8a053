import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exchangeOf,
  inputsOf,
  toJobGraph,
  type JobGraph,
} from '../../../src/engine/graph/job-graph.ts';
import type { Exchange, StreamGraph, StreamNode } from '../../../src/engine/graph/stream-graph.ts';
import { runs } from '../../support/property-runs.ts';

/** A node by its name, its parallelism and what it reads: `a` forward, `a#` hash, `a*` broadcast. */
type NodeText = readonly [uid: string, parallelism: number, ...inputs: string[]];

const format = {
  kind: 'json',
  failOnMissingField: false,
  timestampFormat: 'SQL',
  encodeDecimalAsPlainNumber: false,
  ignoreNullFields: false,
} as const;

const exchanges: Readonly<Record<string, Exchange>> = {
  '#': { kind: 'hash', keys: [] },
  '*': { kind: 'broadcast' },
};

function graphOf(nodes: readonly NodeText[]): StreamGraph {
  return { name: 'job', timeZone: 'UTC', nodes: nodes.map(nodeOf) };
}

function nodeOf([uid, parallelism, ...inputs]: NodeText): StreamNode {
  if (inputs.length === 0) {
    return {
      kind: 'source',
      uid,
      parallelism,
      connector: { kind: 'stdin', format },
      physicalSchema: [],
      columns: [],
      schema: [],
      watermark: null,
      onError: 'fail',
      maxRecordBytes: 1,
      isTable: false,
    };
  }
  return {
    kind: 'operator',
    uid,
    parallelism,
    inputs: inputs.map((text) => {
      const exchange = exchanges[text.slice(-1)];
      const node = exchange === undefined ? text : text.slice(0, -1);
      return { node, stream: 'main', ...(exchange !== undefined && { exchange }) };
    }),
    spec: { kind: 'union', union: { outputSchema: [], columns: [] } },
  };
}

const chainsOf = (graph: JobGraph): string[][] =>
  graph.vertices.map(({ nodes }) => nodes.map(({ uid }) => uid));

function check(nodes: readonly NodeText[], chains: readonly (readonly string[])[]): void {
  expect(chainsOf(toJobGraph(graphOf(nodes)))).toEqual(chains);
}

describe('chains', () => {
  test('nodes of one parallelism are chained by forward inputs', () => {
    check(
      [
        ['a', 2],
        ['b', 2, 'a'],
        ['c', 2, 'b'],
      ],
      [['a', 'b', 'c']],
    );
  });

  test('a hash exchange and another parallelism each start a new chain', () => {
    check(
      [
        ['a', 2],
        ['b', 2, 'a#'],
        ['c', 3, 'b'],
      ],
      [['a'], ['b'], ['c']],
    );
  });

  test('with parallelism 1 everything is one chain, whatever the exchanges', () => {
    check(
      [
        ['a', 1],
        ['t', 1],
        ['b', 1, 'a#'],
        ['c', 1, 'b', 't*'],
      ],
      [['a', 't', 'b', 'c']],
    );
  });

  test('a way through another vertex keeps two nodes apart', () => {
    check(
      [
        ['a', 2],
        ['keyed', 2, 'a#'],
        ['both', 2, 'a', 'keyed'],
      ],
      [['a'], ['keyed', 'both']],
    );
  });

  test('a node that reads a chained node by key, too, is not chained', () => {
    check(
      [
        ['a', 2],
        ['b', 2, 'a'],
        ['c', 2, 'b', 'a#'],
      ],
      [['a', 'b'], ['c']],
    );
  });
});

test('a gate names the stream that it reads and the input that it feeds', () => {
  const graph = toJobGraph(
    graphOf([
      ['a', 2],
      ['t', 1],
      ['b', 3, 'a#', 't*'],
    ]),
  );
  const vertex = graph.vertices.find(({ id }) => id === 'b')!;
  expect(vertex.gates.map(({ from, to }) => [from.node, to.node, to.input])).toEqual([
    ['a', 'b', 0],
    ['t', 'b', 1],
  ]);
  expect(graph.maxParallelism).toBe(128);
});

/** Node i reads some of the nodes before it. */
const anyGraph = fc
  .array(
    fc.record({
      parallelism: fc.constantFrom(1, 1, 2, 3),
      inputs: fc.array(fc.tuple(fc.nat(100), fc.constantFrom('', '', '#', '*')), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((nodes) =>
    graphOf(
      nodes.map(({ parallelism, inputs }, index): NodeText => [
        `n${index}`,
        parallelism,
        ...(index === 0 ? [] : inputs.map(([from, mark]) => `n${from % index}${mark}`)),
      ]),
    ),
  );

describe('whatever the graph', () => {
  test('each node is in one vertex of its parallelism', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const { vertices } = toJobGraph(graph);
        const uids = vertices.flatMap(({ nodes }) => nodes.map(({ uid }) => uid));
        expect(uids.sort()).toEqual(graph.nodes.map(({ uid }) => uid).sort());
        for (const { nodes, parallelism } of vertices) {
          expect(nodes.every((node) => node.parallelism === parallelism)).toBe(true);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  test('each input is a gate, or chained by forward or at parallelism 1', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const job = toJobGraph(graph);
        for (const vertex of job.vertices) {
          const own = new Set(vertex.nodes.map(({ uid }) => uid));
          for (const node of vertex.nodes) {
            for (const [index, input] of inputsOf(node).entries()) {
              const gates = vertex.gates.filter(
                ({ to }) => to.node === node.uid && to.input === index,
              );
              const isChained = own.has(input.node);
              expect(gates).toHaveLength(isChained ? 0 : 1);
              if (isChained && vertex.parallelism > 1) {
                expect(exchangeOf(input).kind).toBe('forward');
              }
            }
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });

  test('rows go to later vertices only', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        for (const { from, to } of toJobGraph(graph).exchanges) {
          expect(from.vertex).toBeLessThan(to.vertex);
        }
      }),
      { numRuns: runs(300) },
    );
  });
});
