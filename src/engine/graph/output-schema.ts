/** The columns of each stream that a node of the stream graph has: what its consumers are given. */
import { LENGTH_MAX } from '../../expression/type.ts';
import { assert } from '../../errors/assert.ts';
import type { RowSchema } from '../batch/batch.ts';
import { lateSchemaOf } from '../window/late-output.ts';
import type { OperatorSpec } from './create-operator.ts';
import type { StreamNode } from './stream-graph.ts';

const text = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true } as const;

/** Columns of the stream `dead` of a source: one row for each record that could not be read. */
export const deadSchema: RowSchema = [
  { name: 'source', type: text },
  { name: 'split', type: text },
  { name: 'position', type: { root: 'BIGINT', nullable: true } },
  { name: 'reason', type: text },
  { name: 'raw', type: { root: 'VARBINARY', length: LENGTH_MAX, nullable: true } },
];

export function outputSchemaOf(node: StreamNode, stream: string): RowSchema {
  if (node.kind === 'source') return stream === 'dead' ? deadSchema : node.schema;
  assert(node.kind === 'operator', 'a sink has no output');
  return stream === 'main' ? mainSchema(node.spec) : sideSchema(node.spec, stream);
}

function mainSchema(spec: OperatorSpec): RowSchema {
  switch (spec.kind) {
    case 'filter':
      return spec.schema;
    case 'project':
      return spec.project.outputSchema;
    case 'union':
      return spec.union.outputSchema;
    case 'lookup':
      return spec.lookup.outputSchema;
    case 'window-aggregate':
    case 'updating-window':
    case 'session-window':
      return spec.window.outputSchema;
    case 'interval-join':
      return spec.join.outputSchema;
    case 'keyed-process':
      return spec.process.outputSchema;
    case 'async':
      return [...spec.async.inputSchema, ...spec.async.resultSchema];
    case 'dictionary':
      return spec.dictionary.outputSchema;
    case 'first-row':
    case 'first-row-by-time':
    case 'last-row':
      return spec.dedup.schema;
    case 'top-n':
    case 'window-top-n':
      return spec.topN.outputSchema;
    case 'running-aggregate':
      return spec.running.outputSchema;
  }
}

function sideSchema(spec: OperatorSpec, stream: string): RowSchema {
  if (spec.kind === 'keyed-process') {
    const side = spec.process.sides.find(({ name }) => name === stream);
    assert(side !== undefined, 'a side stream is declared');
    return side.schema;
  }
  assert('window' in spec && stream === 'late', 'late rows leave operators with windows');
  return lateSchemaOf(spec.window.inputSchema);
}
