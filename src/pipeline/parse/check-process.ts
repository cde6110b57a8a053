/** What cannot stand beside a process function in one node. */
import type { Place } from '../spec/field.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';

const others = ['union', 'lookup', 'group-by', 'aggregate', 'emit'] as const;

/** False when the fields do not make one operation, which is reported. */
export function checkProcess(
  values: TransformDraft['values'],
  key: Place,
  reader: FileReader,
): boolean {
  const other = others.find((name) => values[name] !== null);
  if (other === undefined) return true;
  reader.report(values[other]?.node ?? key, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `A node has one operation; this one has a process function and "${other}".`,
    hint:
      other === 'group-by'
        ? 'The key of a process function is key-by, inside of process.'
        : 'Make two nodes of it.',
  });
  return false;
}
