/** A node has one operation: which it is, and what must not stand beside it. */
import type { ScalarNode } from '../../document/document-node.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';

type Values = TransformDraft['values'];

/** Operations that are one field; a window and an aggregation are several. */
const singles = [
  'union',
  'join',
  'lookup',
  'process',
  'async',
  'dictionary',
  'dedup',
  'top-n',
] as const;
export type SingleOperation = (typeof singles)[number];

const aggregation = ['window', 'group-by', 'aggregate', 'emit'] as const;
type Field = SingleOperation | (typeof aggregation)[number] | 'from' | 'where';

/** The operation of the node, when it is one field; null: it is an aggregation, or none. */
export function singleOperationOf(values: Values): SingleOperation | null {
  return singles.find((name) => values[name] !== null) ?? null;
}

/** False when something stands beside the operation that does not belong to it, which is reported. */
export function checkAlone(
  operation: SingleOperation,
  values: Values,
  key: ScalarNode,
  reader: FileReader,
): boolean {
  const other = strangersTo(operation).find((name) => values[name] !== null);
  if (other === undefined) return true;
  reader.report(values[other]?.node ?? key, {
    code: 'DREY_PIPELINE_CONFLICT',
    ...wordsOf(operation, other),
  });
  return false;
}

function strangersTo(operation: SingleOperation): readonly Field[] {
  const others: readonly Field[] = [
    ...singles.filter((name) => name !== operation),
    ...aggregation,
  ];
  switch (operation) {
    case 'union':
      return ['from', ...others];
    case 'join':
      return ['from', 'where', ...others];
    case 'process':
      return others.filter((name) => name !== 'window');
    default:
      return others;
  }
}

function wordsOf(
  operation: SingleOperation,
  other: Field,
): { readonly message: string; readonly hint: string } {
  if (other === 'from') {
    return {
      message: `${operation} names the inputs; it stands in place of from.`,
      hint: 'Leave out from.',
    };
  }
  if (other === 'where') {
    return {
      message: 'A join has two inputs, and where does not say which it filters.',
      hint: 'Filter in a transform before the join, or in one behind it.',
    };
  }
  const isKey = operation === 'process' && other === 'group-by';
  return {
    message: `A node has one operation; this one has "${operation}" and "${other}".`,
    hint: isKey
      ? 'The key of a process function is key-by, inside of process.'
      : 'Make two nodes of it.',
  };
}
