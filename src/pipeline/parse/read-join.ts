/** What cannot stand beside the field `join` of a transform. */
import type { Place } from '../spec/field.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';

const others = [
  'from',
  'where',
  'union',
  'lookup',
  'window',
  'group-by',
  'aggregate',
  'emit',
] as const;

/** False when the fields do not make one join, which is reported. */
export function checkJoin(
  values: TransformDraft['values'],
  place: Place,
  reader: FileReader,
): boolean {
  const other = others.find((name) => values[name] !== null);
  if (other === undefined) return true;
  reader.report(values[other]?.node ?? place, {
    code: 'DREY_PIPELINE_CONFLICT',
    ...wordsOf(other),
  });
  return false;
}

function wordsOf(other: (typeof others)[number]): {
  readonly message: string;
  readonly hint: string;
} {
  switch (other) {
    case 'from':
      return {
        message: 'join names its inputs; they stand in place of from.',
        hint: 'Leave out from.',
      };
    case 'where':
      return {
        message: 'A join has two inputs, and where does not say which it filters.',
        hint: 'Filter in a transform before the join, or in one behind it.',
      };
    default:
      return {
        message: `A node has one operation; this one has a join and "${other}".`,
        hint: 'Make two nodes of it.',
      };
  }
}
