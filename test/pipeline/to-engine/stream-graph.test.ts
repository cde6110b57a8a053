import { describe, expect, test } from 'vitest';
import type { StreamGraph, StreamNode } from '../../../src/engine/graph/stream-graph.ts';
import { toStreamGraph, toStreamInput } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { around, planOf } from '../load-text.ts';

const sinkOf = (from: string): string => `out: { from: ${from}, connector: print }`;

async function graphOf(transforms: string, sink = sinkOf('t')): Promise<StreamGraph> {
  return toStreamGraph(await planOf(around(transforms, sink)));
}

/** Each node as `uid(kind) <- inputs`. */
function shapeOf({ nodes }: StreamGraph): readonly string[] {
  return nodes.map((node) => {
    const inputs = node.kind === 'source' ? [] : node.kind === 'sink' ? [node.input] : node.inputs;
    const kind = node.kind === 'operator' ? node.spec.kind : node.kind;
    return `${node.uid}(${kind}) <- ${inputs.map((input) => `${input.node}.${input.stream}`).join(' ')}`;
  });
}

function nodeOf(graph: StreamGraph, uid: string): StreamNode {
  const found = graph.nodes.find((node) => node.uid === uid);
  if (found === undefined) throw new Error(`no node ${uid}`);
  return found;
}

const WINDOW = 'window: { type: tumble, size: 1min }, aggregate: { n: COUNT(*) }';

describe('the stream graph', () => {
  test('has a step before a window for where and one behind it for select', async () => {
    const graph = await graphOf(`t: { from: s, where: id > 0, ${WINDOW}, select: { n: n } }`);
    expect(shapeOf(graph)).toEqual([
      's(source) <- ',
      't/where(filter) <- s.main',
      't/window(window-aggregate) <- t/where.main',
      't(project) <- t/window.main',
      'out(sink) <- t.main',
    ]);
  });

  test('names the only step of a node as the node', async () => {
    expect(shapeOf(await graphOf(`t: { from: s, ${WINDOW} }`))).toContain(
      't(window-aggregate) <- s.main',
    );
    expect(shapeOf(await graphOf('t: { from: s, where: id > 0 }'))).toContain(
      't(filter) <- s.main',
    );
    expect(shapeOf(await graphOf('t: { from: s, select: { id: id } }'))).toContain(
      't(project) <- s.main',
    );
  });

  test('has an operator for a node that does nothing, which others read by its name', async () => {
    expect(shapeOf(await graphOf('t: { from: s }'))).toEqual([
      's(source) <- ',
      't(project) <- s.main',
      'out(sink) <- t.main',
    ]);
  });

  test('takes late rows from the window, before its select', async () => {
    const transforms = `t: { from: s, ${WINDOW}, select: { n: n }, emit: { late: keep } }`;
    const sinks = `${sinkOf('t')}\nlate: { from: t.late, connector: print }`;
    const plan = await planOf(around(transforms, sinks));
    expect(shapeOf(toStreamGraph(plan)).at(-1)).toBe('late(sink) <- t/window.late');
    expect(toStreamInput(plan, { node: 't', stream: 'late' })).toEqual({
      node: 't/window',
      stream: 'late',
    });
    expect(toStreamInput(plan, { node: 't', stream: 'main' }).node).toBe('t');
  });

  test('names the sink in its rows only when there are several print sinks', async () => {
    const nameIn = (graph: StreamGraph): unknown => {
      const { connector } = nodeOf(graph, 'out') as StreamNode & { readonly kind: 'sink' };
      return connector.kind === 'print' ? connector.sinkName : undefined;
    };
    const transform = 't: { from: s, where: id > 0 }';
    expect(nameIn(await graphOf(transform))).toBeNull();
    const other = 'other: { from: t, connector: blackhole }';
    expect(nameIn(await graphOf(transform, `${sinkOf('t')}\n${other}`))).toBeNull();
    const second = 'second: { from: t, connector: print }';
    expect(nameIn(await graphOf(transform, `${sinkOf('t')}\n${second}`))).toBe('out');
  });
});

const lookupText = `
pipeline: { name: job, config: { table.local-time-zone: Europe/Berlin } }
sources:
  events:
    connector: filesystem
    path: in.json
    format: json
    columns: { id: STRING, kind: STRING, n: BIGINT, ts: TIMESTAMP_LTZ(3) }
    watermark: { column: ts, delay: 5s }
  places:
    connector: filesystem
    path: places.csv
    format: csv
    columns: { id: STRING, city: STRING }
    primary-key: [id]
transforms:
  located:
    from: events
    where: n > 0
    lookup: { table: places, on: { id: id }, select: [city], missing: drop }
    select: { city: city, kind: kind, ts: ts }
  daily:
    from: located
    window: { type: tumble, size: 1d }
    group-by: [city]
    aggregate: { kinds: COUNT(DISTINCT kind) }
sinks:
  out: { from: daily, connector: print }
`;

describe('the stream graph of a lookup', () => {
  test('gives the table to the lookup step as its second input', async () => {
    const graph = toStreamGraph(await planOf(lookupText));
    expect(shapeOf(graph)).toEqual([
      'events(source) <- ',
      'places(source) <- ',
      'located/where(filter) <- events.main',
      'located/lookup(lookup) <- located/where.main places.main',
      'located(project) <- located/lookup.main',
      'daily(window-aggregate) <- located.main',
      'out(sink) <- daily.main',
    ]);
    expect(nodeOf(graph, 'places')).toMatchObject({ isTable: true });
    expect(nodeOf(graph, 'events')).toMatchObject({ isTable: false });
  });

  test('makes the columns of the table nullable, whatever the table says', async () => {
    const step = nodeOf(toStreamGraph(await planOf(lookupText)), 'located/lookup');
    expect(step).toMatchObject({
      spec: {
        lookup: {
          missing: 'drop',
          inputKeys: [0],
          tableKeys: [0],
          tableColumns: [1],
          outputSchema: expect.arrayContaining([
            { name: 'city', type: expect.objectContaining({ nullable: true }) },
          ]),
        },
      },
    });
  });

  test('gives windows over instants the clock of the zone', async () => {
    const zone = async (text: string): Promise<boolean> => {
      const node = nodeOf(toStreamGraph(await planOf(text)), 'daily');
      if (node.kind !== 'operator' || node.spec.kind !== 'window-aggregate') throw new Error('?');
      return node.spec.window.zone !== null;
    };
    expect(await zone(lookupText)).toBe(true);
    expect(await zone(lookupText.replace('Europe/Berlin', 'UTC'))).toBe(false);
    expect(await zone(lookupText.replace('TIMESTAMP_LTZ(3)', 'TIMESTAMP(3)'))).toBe(false);
  });
});
