/**
 * A Kafka source: which of its columns come from the value, from the key, and from what Kafka says
 * of a record (`TYPE METADATA FROM 'offset' VIRTUAL`, as Flink's DDL).
 */
import { castProblem } from '../../expression/function/cast.ts';
import { parseType } from '../../expression/parse-expression.ts';
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { SourceDraft } from '../parse/draft.ts';
import type { KafkaSourceDraft } from '../parse/kafka-source-draft.ts';
import type { FieldProblem, FieldText, Located } from '../spec/field.ts';
import { textBefore } from './field-text.ts';
import type { FormatSpec } from './format-spec.ts';
import type { KafkaMetadataKey, KafkaSourceSpec } from './kafka-source-spec.ts';
import type { Typing } from './typing.ts';

/** The declaration of a metadata column. */
export interface MetadataDeclaration {
  readonly key: KafkaMetadataKey;
  /** What Kafka's value has. */
  readonly type: LogicalType;
  /** What the column is declared as; the value is cast. */
  readonly declared: LogicalType;
}

const METADATA = /\s+METADATA(?:\s+FROM\s+'((?:[^']|'')*)')?(?:\s+VIRTUAL)?\s*$/i;

/** As Flink's KafkaDynamicSource.ReadableMetadata. */
const METADATA_TYPES: Readonly<Record<KafkaMetadataKey, string>> = {
  topic: 'STRING NOT NULL',
  partition: 'INT NOT NULL',
  headers: 'MAP<STRING, BYTES> NOT NULL',
  'leader-epoch': 'INT',
  offset: 'BIGINT NOT NULL',
  timestamp: 'TIMESTAMP_LTZ(3) NOT NULL',
  'timestamp-type': 'STRING NOT NULL',
};

/** Whether the text says METADATA at all. */
export function isMetadata(text: FieldText): boolean {
  return /\bMETADATA\b/i.test(text.text);
}

/** Null when it cannot be read, which is reported. */
export function readMetadata(
  column: { readonly name: string; readonly value: FieldText },
  typing: Typing,
): MetadataDeclaration | null {
  const { name, value } = column;
  const match = METADATA.exec(value.text);
  const report = (problem: FieldProblem): null => {
    typing.reader.report(value.node, problem);
    return null;
  };
  if (match === null) {
    return report({
      code: 'DREY_PIPELINE_VALUE',
      message: `The column "${name}" is no metadata column as Flink writes it.`,
      hint: "Write BIGINT METADATA FROM 'offset' VIRTUAL.",
    });
  }
  const declared = typing.type(textBefore(value, match.index));
  const keyText = match[1]?.replaceAll("''", "'") ?? name;
  if (!isMetadataKey(keyText)) {
    const names = Object.keys(METADATA_TYPES);
    const near = typing.reader.nearest(keyText, names);
    return report({
      code: 'DREY_PIPELINE_COLUMN',
      message: `Kafka has no metadata "${keyText.slice(0, 60)}".`,
      hint: near === undefined ? `There are ${names.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  if (declared === null) return null;
  const parsed = parseType(METADATA_TYPES[keyText]);
  const type = parsed.ok ? parsed.value : declared;
  const problem = castProblem(type, declared);
  if (problem !== null) return report({ code: 'DREY_PIPELINE_TYPE', message: `${problem}.` });
  return { key: keyText, type, declared };
}

export interface KafkaSourceInput {
  readonly draft: SourceDraft;
  readonly physical: readonly RowField[];
  /** By column name. */
  readonly metadata: ReadonlyMap<string, MetadataDeclaration>;
  readonly typing: Typing;
}

export function planKafkaSource(
  connector: KafkaSourceDraft,
  input: KafkaSourceInput,
): KafkaSourceSpec {
  const { physical, metadata } = input;
  const { topics, properties, startup, bounded, discoveryIntervalMs } = connector;
  const key = keyOf(connector, input);
  const keyIndexes = new Set((key?.columns ?? []).map(({ index }) => index));
  const columns = physical.flatMap(({ name }, index) => {
    const isLeftOut = metadata.has(name) || (!connector.includesKey && keyIndexes.has(index));
    return isLeftOut ? [] : [index];
  });
  checkFormat(connector.format, columns.length, input);
  return {
    kind: 'kafka',
    topics,
    properties,
    startup,
    bounded,
    discoveryIntervalMs,
    changes: 'append',
    value: { format: connector.format, columns },
    // Columns that are in the value, too, are read there: as in Flink the value wins.
    key: connector.includesKey ? null : key,
    metadata: physical.flatMap(({ name }, index) => {
      const declaration = metadata.get(name);
      return declaration === undefined ? [] : [{ index, key: declaration.key }];
    }),
  };
}

function keyOf(connector: KafkaSourceDraft, input: KafkaSourceInput): KafkaSourceSpec['key'] {
  const { key, keyPrefix } = connector;
  if (key === null) return null;
  const { physical, metadata, typing } = input;
  const names = physical.flatMap(({ name }) => (metadata.has(name) ? [] : [name]));
  const columns = key.fields.value.flatMap((field) => {
    if (typing.columnIndex(field, names) < 0) return [];
    const index = physical.findIndex(({ name }) => name === field.value);
    if (field.value.startsWith(keyPrefix)) {
      return [{ index, name: field.value.slice(keyPrefix.length) }];
    }
    const message = `The key column "${field.value}" does not begin with key.fields-prefix.`;
    report(input, field, { code: 'DREY_PIPELINE_COLUMN', message });
    return [];
  });
  checkFormat(key.format, columns.length, input);
  return { format: key.format, columns };
}

function checkFormat(format: FormatSpec, columnCount: number, input: KafkaSourceInput): void {
  if (format.kind !== 'raw' && columnCount > 0) return;
  if (format.kind === 'raw' && columnCount === 1) return;
  report(input, null, {
    code: 'DREY_PIPELINE_COLUMN',
    message:
      format.kind === 'raw'
        ? `The format raw fills one column, and there are ${columnCount}.`
        : 'No column is left for the format to fill.',
  });
}

function isMetadataKey(text: string): text is KafkaMetadataKey {
  return Object.hasOwn(METADATA_TYPES, text);
}

function report(
  { draft, typing }: KafkaSourceInput,
  place: Located<unknown> | null,
  problem: FieldProblem,
): void {
  typing.reader.report(place?.node ?? draft.values.connector?.node ?? draft.key, problem);
}
