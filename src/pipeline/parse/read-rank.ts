/** What must not stand beside a dedup or a top-n: another operation. */
import type { Place } from '../spec/field.ts';
import type { TransformDraft } from './draft.ts';
import type { FileReader } from './file-reader.ts';

type Values = TransformDraft['values'];

const operations = [
  'union',
  'lookup',
  'window',
  'group-by',
  'aggregate',
  'emit',
  'dedup',
  'top-n',
] as const;

/** The field of a transform that keeps some of its rows; null: it has none. */
export function rankingOf(values: Values): 'dedup' | 'top-n' | null {
  if (values.dedup !== null) return 'dedup';
  return values['top-n'] === null ? null : 'top-n';
}

/** False when there is another operation, which is reported. */
export function checkRanking(values: Values, key: Place, reader: FileReader): boolean {
  const ranking = rankingOf(values);
  const other = operations.find((name) => name !== ranking && values[name] !== null);
  if (other === undefined) return true;
  reader.report(values[other]?.node ?? key, {
    code: 'DREY_PIPELINE_CONFLICT',
    message: `A node has one operation; this one has "${ranking}" and "${other}".`,
    hint: 'Make two nodes of it.',
  });
  return false;
}
