/** A node has one operation: what must not stand beside those that take a node of their own. */
import type { ScalarNode } from '../../document/document-node.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';

type Values = TransformDraft['values'];
type SingleOperation = 'dictionary' | 'async';

const operations = [
  'process',
  'union',
  'lookup',
  'window',
  'group-by',
  'aggregate',
  'emit',
  'dictionary',
  'async',
] as const;

/** The operation of the node, when it is one of these; null: it is another or none. */
export function singleOperationOf(values: Values): SingleOperation | null {
  if (values.dictionary !== null) return 'dictionary';
  return values.async === null ? null : 'async';
}

/** False when there is another operation beside it, which is reported. */
export function checkSingle(
  operation: SingleOperation,
  values: Values,
  key: ScalarNode,
  reader: FileReader,
): boolean {
  const other = operations.find((name) => name !== operation && values[name] !== null);
  if (other === undefined) return true;
  reader.report(values[other]?.node ?? key, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `A node has one operation; this one has "${operation}" and "${other}".`,
    hint: 'Make two nodes of it.',
  });
  return false;
}
