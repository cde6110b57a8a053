/** Rows of a test as lines that people compare: `{"window_start":"2023-11-14 22:13:00","uv":1}`. */
import { valueText } from '../../expression/function/cast-text.ts';
import type { RowField, TypeRoot } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';

/** What JSON writes without quotes; 64-bit numbers exactly. */
const bareRoots: ReadonlySet<TypeRoot> = new Set<TypeRoot>([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
]);

/** Equal values of one column give equal text. `kind` is `+I` and the like; null: not shown. */
export function rowText(
  columns: readonly RowField[],
  values: Readonly<Record<string, Value>>,
  kind: string | null,
): string {
  const cells = columns.map(
    (column) => `${JSON.stringify(column.name)}:${cellText(column, values[column.name] ?? null)}`,
  );
  return `{${[...(kind === null ? [] : [`"op":"${kind}"`]), ...cells].join(',')}}`;
}

function cellText({ type }: RowField, value: Value): string {
  if (value === null) return 'null';
  // Bytes need not be text; all other types have an unambiguous one.
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  const text = valueText(value, type, 'UTC');
  if (type.root === 'BOOLEAN') return text.toLowerCase();
  return bareRoots.has(type.root) ? text : JSON.stringify(asPrinted(text, type.root));
}

/** As `print` shows times: fractions without trailing zeros, and `Z` after an instant. */
function asPrinted(text: string, root: TypeRoot): string {
  if (!root.startsWith('TIME')) return text;
  const short = text.replace(/\.(\d*?)0*$/, (_, kept: string) => (kept === '' ? '' : `.${kept}`));
  return root === 'TIMESTAMP_LTZ' ? `${short}Z` : short;
}
