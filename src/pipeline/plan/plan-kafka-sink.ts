/** A Kafka sink: which columns its key, its value and its metadata hold, and whether they may. */
import { bareTypeText } from '../../expression/type-text.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { SinkDraft } from '../parse/draft.ts';
import type { KafkaSinkDraft } from '../parse/kafka-sink-draft.ts';
import type { FieldProblem, Located } from '../spec/field.ts';
import type { KafkaFields, KafkaPartitioner, KafkaSinkSpec } from './kafka-sink-spec.ts';
import type { StreamColumns } from './planned-node.ts';
import type { Typing } from './typing.ts';

export interface KafkaSinkInput {
  readonly draft: SinkDraft;
  /** The columns that the sink writes. */
  readonly schema: readonly RowField[];
  readonly timeColumn: string | null;
  readonly typing: Typing;
}

export function planKafkaSink(connector: KafkaSinkDraft, input: KafkaSinkInput): KafkaSinkSpec {
  const { schema, timeColumn } = input;
  const { topic, properties, guarantee, changes, format, timestamp, headers } = connector;
  const timestampColumn = timestamp === null ? null : timestampIndex(timestamp, input);
  const headersColumn = headers === null ? null : headersIndex(headers, input);
  const eventTime = schema.findIndex(({ name }) => name === timeColumn);
  const key = connector.key === null ? null : keyFields(connector, connector.key, input);
  const leftOut = new Set([
    timestampColumn,
    headersColumn,
    ...(connector.includesKey ? [] : (key?.columns ?? []).map(({ index }) => index)),
  ]);
  const value: KafkaFields = {
    format,
    columns: schema.flatMap(({ name }, index) => (leftOut.has(index) ? [] : [{ index, name }])),
  };
  if (value.columns.length === 0) {
    report(input, null, {
      code: 'DREY_PIPELINE_COLUMN',
      message: 'No column is left for the value.',
    });
  }
  return {
    kind: 'kafka',
    topic,
    properties,
    guarantee,
    changes,
    value,
    key,
    timestampColumn: timestampColumn ?? (eventTime < 0 ? null : eventTime),
    headersColumn,
    partitioner: partitionerOf(connector, input),
  };
}

/** An upsert sink keeps one row for each key, so changes of one row must all have the same. */
export function checkUpsertKey(
  { key }: KafkaSinkDraft,
  changelog: NonNullable<StreamColumns['changelog']>,
  { draft, typing }: Pick<KafkaSinkInput, 'draft' | 'typing'>,
): void {
  if (key === null) return;
  const named = key.fields.value.map(({ value }) => value);
  const isSame =
    changelog.key?.length === named.length && changelog.key.every((name) => named.includes(name));
  if (isSame) return;
  const known = changelog.key === null ? 'no columns do' : changelog.key.join(', ');
  typing.reader.report(key.fields.node ?? draft.key, {
    code: 'DREY_PIPELINE_CHANGELOG',
    message: `The primary key (${named.join(', ')}) is not what tells the rows apart that change: ${known}.`,
    hint: 'Name these columns as the primary key.',
  });
}

function keyFields(
  connector: KafkaSinkDraft,
  key: NonNullable<KafkaSinkDraft['key']>,
  input: KafkaSinkInput,
): KafkaFields {
  const { keyPrefix } = connector;
  const columns = key.fields.value.flatMap((field) => {
    const index = columnIndex(field, input);
    if (index === null) return [];
    if (field.value.startsWith(keyPrefix)) {
      return [{ index, name: field.value.slice(keyPrefix.length) }];
    }
    const message = `The key column "${field.value}" does not begin with key.fields-prefix.`;
    report(input, field, { code: 'DREY_PIPELINE_COLUMN', message });
    return [];
  });
  return { format: key.format, columns };
}

function partitionerOf(
  { partitioner, partitionBy }: KafkaSinkDraft,
  input: KafkaSinkInput,
): KafkaPartitioner {
  if (partitionBy === null) return { kind: partitioner };
  const columns = partitionBy.value.flatMap((field) => columnIndex(field, input) ?? []);
  return { kind: 'columns', columns };
}

function timestampIndex(column: Located<string>, input: KafkaSinkInput): number | null {
  return typedIndex(column, input, {
    expected: 'TIMESTAMP_LTZ(3) or TIMESTAMP(3)',
    fits: ({ root }) => root === 'TIMESTAMP' || root === 'TIMESTAMP_LTZ',
  });
}

function headersIndex(column: Located<string>, input: KafkaSinkInput): number | null {
  return typedIndex(column, input, {
    expected: 'MAP<STRING, BYTES>',
    fits: (type) =>
      type.root === 'MAP' && type.key.root === 'VARCHAR' && type.value.root === 'VARBINARY',
  });
}

function typedIndex(
  column: Located<string>,
  input: KafkaSinkInput,
  rule: { readonly expected: string; readonly fits: (type: LogicalType) => boolean },
): number | null {
  const index = columnIndex(column, input);
  const field = index === null ? undefined : input.schema[index];
  if (field === undefined || rule.fits(field.type)) return index;
  const message = `The column "${field.name}" is ${bareTypeText(field.type)}, not ${rule.expected}.`;
  report(input, column, { code: 'DREY_PIPELINE_TYPE', message });
  return index;
}

function columnIndex(column: Located<string>, input: KafkaSinkInput): number | null {
  const { schema, typing } = input;
  const index = schema.findIndex(({ name }) => name === column.value);
  if (index >= 0) return index;
  const near = typing.reader.nearest(
    column.value,
    schema.map(({ name }) => name),
  );
  const message = `There is no column "${column.value.slice(0, 60)}".`;
  report(input, column, {
    code: 'DREY_PIPELINE_COLUMN',
    message,
    ...(near !== undefined && { hint: `Did you mean "${near}"?` }),
  });
  return null;
}

function report(
  { draft, typing }: KafkaSinkInput,
  place: Located<unknown> | null,
  problem: FieldProblem,
): void {
  typing.reader.report(place?.node ?? draft.values.connector?.node ?? draft.key, problem);
}
