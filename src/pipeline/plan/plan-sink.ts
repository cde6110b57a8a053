/** A sink: the columns it writes. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { SinkConnector } from './connector-spec.ts';
import type { SinkNode } from './logical-plan.ts';
import { planSinkRow } from './plan-sink-row.ts';
import type { SinkInput } from './sink-input.ts';

export function planSink({ draft, place, from, stream, typing }: SinkInput): SinkNode {
  const columns = stream.columns.flatMap(({ name }, index) =>
    stream.hiddenColumns.includes(name) ? [] : [index],
  );
  const shown = stream.columns.filter(({ name }) => !stream.hiddenColumns.includes(name));
  const row =
    draft.row === null
      ? null
      : planSinkRow({ draft, place, from, stream, typing }, draft.row, shown);
  const schema =
    row === null
      ? shown
      : row.expressions.map(({ name, expression }) => ({ name, type: expression.type }));
  for (const { name, type } of schema) {
    const problem = draft.connector === null ? null : refusedType(type, draft.connector);
    if (problem === null) continue;
    typing.reader.report(draft.values.from?.node ?? draft.key, {
      code: 'DREY_PIPELINE_TYPE',
      message: `The column "${name}" is ${bareTypeText(type)}, which ${problem}.`,
      hint: 'CAST it in the select of a transform before.',
    });
  }
  if (stream.changelog !== null) checkChangelog({ draft, place, from, stream, typing }, schema);
  return {
    kind: 'sink',
    ...place,
    schema,
    hiddenColumns: [],
    timeColumn: schema.some(({ name }) => name === stream.timeColumn) ? stream.timeColumn : null,
    changelog: stream.changelog,
    from,
    // The plan is dropped when there are findings, so the stand-in is never run.
    connector: draft.connector ?? { kind: 'blackhole' },
    columns: row === null ? columns : schema.map((_, index) => index),
    row,
  };
}

const ROW_KIND = 'op';

/** A sink that only appends would show old and new rows side by side. */
function checkChangelog({ draft, from, typing }: SinkInput, schema: readonly RowField[]): void {
  const place = draft.values.from?.node ?? draft.key;
  switch (draft.connector?.kind) {
    case 'filesystem':
      typing.reader.report(place, {
        code: 'DREY_PIPELINE_CHANGELOG',
        message: `"${from.node}" corrects rows that it has sent, which files cannot take.`,
        hint: 'Write its changes with print, or make it append only: final windows without emit.early and emit.allowed-lateness.',
      });
      return;
    case 'print':
      if (!schema.some(({ name }) => name === ROW_KIND)) return;
      typing.reader.report(place, {
        code: 'DREY_PIPELINE_COLUMN',
        message: `print shows the kind of each change as "${ROW_KIND}", and "${from.node}" has a column of this name.`,
        hint: 'Rename the column in the select of a transform.',
      });
      return;
    default:
      return;
  }
}

/** Null when the sink takes the type; as Flink, where NULL and intervals have no table type. */
function refusedType(type: LogicalType, connector: SinkConnector): string | null {
  switch (type.root) {
    case 'NULL':
    case 'INTERVAL_DAY_TIME':
    case 'INTERVAL_YEAR_MONTH':
      return 'cannot be written';
    case 'ARRAY':
    case 'MAP':
    case 'ROW': {
      const isCsv = connector.kind === 'filesystem' && connector.format.kind === 'csv';
      return isCsv ? 'CSV cannot hold in this version of drey' : null;
    }
    default:
      return null;
  }
}
