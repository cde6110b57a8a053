import { expect, test } from 'vitest';
import { restoreNotes } from '../../../src/engine/connector/restore-notes.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { planOf } from '../../pipeline/load-text.ts';

const pipelineOf = (source: string, sink: string): string => `
pipeline: { name: notes }
sources:
  events: { ${source}, columns: { id: BIGINT } }
sinks:
  out: { from: events, ${sink} }
`;

test.each([
  ['connector: stdin, format: json', 'connector: print', ['events', 'out']],
  ['connector: datagen', 'connector: blackhole', []],
  [
    'connector: filesystem, path: in, format: json',
    'connector: filesystem, path: out, format: json',
    [],
  ],
])('of %s to %s, what a restore cannot keep is named', async (source, sink, expected) => {
  const folders = { folder: '/work', workingDirectory: '/work' };
  const graph = toStreamGraph(await planOf(pipelineOf(source, sink), folders));
  expect(restoreNotes(graph.nodes).map(({ node }) => node)).toEqual(expected);
});
