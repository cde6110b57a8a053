/** Columns of a node's output: what `select` makes of them, and where the time attribute goes. */
import type { RowField } from '../../expression/type.ts';
import type { Changelog, NamedExpression, WindowedRows } from './logical-plan.ts';
import type { StreamColumns } from './planned-node.ts';

export interface OutputColumns {
  readonly schema: readonly RowField[];
  readonly hiddenColumns: readonly string[];
  readonly timeColumn: string | null;
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
    const { columns: schema, windowed = null, ...rest } = input;
    return { ...rest, schema, windowed };
  }
  const kept = select.find(
    ({ expression }) => expression.kind === 'column' && expression.name === input.timeColumn,
  );
  return {
    schema: select.map(({ name, expression }) => ({ name, type: expression.type })),
    hiddenColumns: [],
    timeColumn: kept?.name ?? null,
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

/** The names that the key columns have behind the select; null when one of them is left out. */
function keptKey(
  key: Changelog['key'],
  select: readonly NamedExpression[],
): readonly string[] | null {
  const names = key?.flatMap((column) => {
    const kept = select.find(
      ({ expression }) => expression.kind === 'column' && expression.name === column,
    );
    return kept === undefined ? [] : [kept.name];
  });
  return names === undefined || names.length < (key?.length ?? 0) ? null : names;
}
