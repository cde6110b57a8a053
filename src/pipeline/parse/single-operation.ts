/** A node has one operation: what must not stand beside those that take a node of their own. */
import type { ScalarNode } from '../../document/document-node.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';

type Values = TransformDraft['values'];

/** Those that nothing else belongs to. */
const singles = ['dedup', 'top-n', 'dictionary', 'async'] as const;
type SingleOperation = (typeof singles)[number];

const operations = [
  'process',
  'union',
  'join',
  'lookup',
  'window',
  'group-by',
  'aggregate',
  'emit',
  ...singles,
] as const;

/** The operation of the node, when it is one of these; null: it is another or none. */
export function singleOperationOf(values: Values): SingleOperation | null {
  return singles.find((name) => values[name] !== null) ?? null;
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
