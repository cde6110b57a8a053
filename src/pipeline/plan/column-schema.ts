/** Columns of a node's output: what `select` makes of them, and where the time attribute goes. */
import type { RowField } from '../../expression/type.ts';
import type { Changelog, NamedExpression, WindowedRows } from './logical-plan.ts';
import type { StreamColumns } from './planned-node.ts';

export interface OutputColumns {
  readonly schema: readonly RowField[];
  readonly hiddenColumns: readonly string[];
  readonly timeColumn: string | null;
  readonly otherTimeColumns: readonly string[];
  readonly noTimeBecause: string;
  readonly changelog: Changelog | null;
  readonly windowed: WindowedRows | null;
}

/** `select` null: all columns pass. */
export function outputColumns(
  input: StreamColumns,
  select: readonly NamedExpression[] | null,
  nodeName: string,
): OutputColumns {
  if (select === null) {
    const { columns: schema, otherTimeColumns = [], windowed = null, ...rest } = input;
    return { ...rest, schema, otherTimeColumns, windowed };
  }
  const times = [input.timeColumn ?? [], input.otherTimeColumns ?? []].flat();
  const [timeColumn = null, ...otherTimeColumns] = times.flatMap(
    (time) => keptName(time, select) ?? [],
  );
  return {
    schema: select.map(({ name, expression }) => ({ name, type: expression.type })),
    hiddenColumns: [],
    timeColumn,
    otherTimeColumns,
    noTimeBecause:
      input.timeColumn === null
        ? input.noTimeBecause
        : `the select of "${nodeName}" leaves out the time attribute "${input.timeColumn}" or changes it`,
    changelog: input.changelog === null ? null : { key: keptKey(input.changelog.key, select) },
    windowed: keptWindow(input.windowed ?? null, select),
  };
}

/** Null when one of the bounds is left out: it is not known then which rows have one window. */
function keptWindow(
  windowed: WindowedRows | null,
  select: readonly NamedExpression[],
): WindowedRows | null {
  if (windowed === null) return null;
  const [start, end] = keptKey([windowed.start, windowed.end], select) ?? [];
  if (start === undefined || end === undefined) return null;
  return { ...windowed, start, end, key: keptKey(windowed.key, select) };
}

/** The name that a column has behind the select; null when it is left out or changed. */
function keptName(column: string, select: readonly NamedExpression[]): string | null {
  const kept = select.find(
    ({ expression }) => expression.kind === 'column' && expression.name === column,
  );
  return kept?.name ?? null;
}

/** The names that the key columns have behind the select; null when one of them is left out. */
function keptKey(
  key: Changelog['key'],
  select: readonly NamedExpression[],
): readonly string[] | null {
  const names = key?.flatMap((column) => keptName(column, select) ?? []);
  return names === undefined || names.length < (key?.length ?? 0) ? null : names;
}
