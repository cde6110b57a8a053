/** A sink: the columns it writes. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { FormatSpec, SinkConnector } from './connector-spec.ts';
import type { SinkNode } from './logical-plan.ts';
import type { DruidIngestion } from './druid-ingestion.ts';
import { planDruid } from './plan-druid.ts';
import { checkUpsertKey, planKafkaSink } from './plan-kafka-sink.ts';
import { planSinkRow } from './plan-sink-row.ts';
import type { SinkInput } from './sink-input.ts';

export function planSink(input: SinkInput): SinkNode {
  const { draft, place, from, stream, typing } = input;
  const columns = stream.columns.flatMap(({ name }, index) =>
    stream.hiddenColumns.includes(name) ? [] : [index],
  );
  const shown = stream.columns.filter(({ name }) => !stream.hiddenColumns.includes(name));
  const row = draft.row === null ? null : planSinkRow(input, draft.row, shown);
  const schema =
    row === null
      ? shown
      : row.expressions.map(({ name, expression }) => ({ name, type: expression.type }));
  const isTimed = schema.some(({ name }) => name === stream.timeColumn);
  const timeColumn = isTimed ? stream.timeColumn : null;
  const connector = connectorOf(input, schema, timeColumn);
  const druid = druidOf(connector, input, { schema, timeColumn });
  for (const [index, { name, type }] of schema.entries()) {
    const problem = connector === null ? null : refusedType(type, index, connector);
    if (problem === null) continue;
    typing.reader.report(draft.values.from?.node ?? draft.key, {
      code: 'DREY_PIPELINE_TYPE',
      message: `The column "${name}" is ${bareTypeText(type)}, which ${problem}.`,
      hint: 'CAST it in the select of a transform before.',
    });
  }
  if (stream.changelog !== null) checkChangelog(input, schema);
  return {
    kind: 'sink',
    ...place,
    schema,
    hiddenColumns: [],
    timeColumn,
    changelog: stream.changelog,
    from,
    // The plan is dropped when there are findings, so the stand-in is never run.
    connector: connector ?? { kind: 'blackhole' },
    columns: row === null ? columns : schema.map((_, index) => index),
    row,
    ...(druid !== null && { druid }),
  };
}

function connectorOf(
  { draft, typing }: SinkInput,
  schema: readonly RowField[],
  timeColumn: string | null,
): SinkConnector | null {
  if (draft.connector?.kind !== 'kafka-draft') return draft.connector;
  return planKafkaSink(draft.connector, { draft, schema, timeColumn, typing });
}

function druidOf(
  connector: SinkConnector | null,
  sink: SinkInput,
  { schema, timeColumn }: Pick<SinkNode, 'schema' | 'timeColumn'>,
): DruidIngestion | null {
  const { druid } = sink.draft;
  if (druid === undefined || connector?.kind !== 'kafka') return null;
  const { topic, properties, value } = connector;
  const columns = value.columns.map(({ index, name }) => ({ name, type: schema[index]!.type }));
  const format = value.format.kind;
  return planDruid(druid, { sink, columns, format, timeColumn, topic, properties });
}

const ROW_KIND = 'op';

const UPSERT_HINT =
  'Write it with upsert-kafka, or make it append only: final windows without emit.early and emit.allowed-lateness.';
const DRUID_HINT =
  'Write the events themselves: Druid rolls them up, a sketch counts the devices, and a late event lands in its minute. Or write final windows, without emit.early and emit.allowed-lateness.';

/** A sink that only appends would show old and new rows side by side. */
function checkChangelog(
  { draft, from, stream, typing }: SinkInput,
  schema: readonly RowField[],
): void {
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
    case 'kafka-draft':
      if (draft.connector.changes === 'append') {
        typing.reader.report(place, {
          code: 'DREY_PIPELINE_CHANGELOG',
          message: `"${from.node}" corrects rows that it has sent, which ${draft.druid === undefined ? 'a kafka sink' : 'Druid'} cannot take.`,
          hint: draft.druid === undefined ? UPSERT_HINT : DRUID_HINT,
        });
      } else if (stream.changelog !== null) {
        checkUpsertKey(draft.connector, stream.changelog, { draft, typing });
      }
      return;
    default:
      return;
  }
}

/** Null when the sink takes the type; as Flink, where NULL and intervals have no table type. */
function refusedType(type: LogicalType, index: number, connector: SinkConnector): string | null {
  switch (type.root) {
    case 'NULL':
    case 'INTERVAL_DAY_TIME':
    case 'INTERVAL_YEAR_MONTH':
      return 'cannot be written';
    case 'ARRAY':
    case 'MAP':
    case 'ROW': {
      const isCsv = formatsOf(connector, index).some(({ kind }) => kind === 'csv');
      return isCsv ? 'CSV cannot hold in this version of drey' : null;
    }
    default:
      return null;
  }
}

/** The formats that write a column. */
function formatsOf(connector: SinkConnector, index: number): readonly FormatSpec[] {
  switch (connector.kind) {
    case 'filesystem':
      return [connector.format];
    case 'kafka':
      return [connector.value, ...(connector.key === null ? [] : [connector.key])]
        .filter(({ columns }) => columns.some((column) => column.index === index))
        .map(({ format }) => format);
    case 'print':
    case 'blackhole':
    case 'redis':
      return [];
  }
}
