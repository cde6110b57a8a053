import { expect, test } from 'vitest';
import { checkEndlessSinks } from '../../../src/engine/connector/check-endless-sinks.ts';
import type { StreamGraph } from '../../../src/engine/graph/stream-graph.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { planOf } from '../../pipeline/load-text.ts';

async function graphOf(source: string, sink: string): Promise<StreamGraph> {
  const pipeline = `
pipeline: { name: endless }
sources:
  events: { ${source}, columns: { id: BIGINT } }
transforms:
  some: { from: events, where: id > 1 }
sinks:
  out: { from: some, ${sink} }
`;
  return toStreamGraph(await planOf(pipeline, { folder: '/work', workingDirectory: '/work' }));
}

const files = 'connector: filesystem, path: ./data, format: json';
const endless = ['connector: datagen', `${files}, source.monitor-interval: 1s`];

test.each(endless)('files behind a source that never ends (%s) are refused', async (source) => {
  const graph = await graphOf(source, files);
  expect(() => {
    checkEndlessSinks(graph);
  }).toThrow(
    'sink out: its rows become visible with checkpoints, the job takes none, and source events never ends',
  );
});

test.each([
  ['connector: datagen, number-of-rows: 5', files],
  [`connector: datagen, fields.id.kind: sequence, fields.id.start: 1, fields.id.end: 2`, files],
  [files, files],
  ['connector: stdin, format: json', files],
  ['connector: datagen', 'connector: print'],
])('%s to %s is taken', async (source, sink) => {
  const graph = await graphOf(source, sink);
  expect(() => {
    checkEndlessSinks(graph);
  }).not.toThrow();
});
