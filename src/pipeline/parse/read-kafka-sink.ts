/** A `kafka` or `upsert-kafka` sink as it is written; its columns are found by the plan. */
import type { MapNode } from '../../document/document-node.ts';
import type { FormatSpec } from '../plan/connector-spec.ts';
import type { KafkaGuarantee } from '../plan/kafka-sink-spec.ts';
import type { Located, Options, ValuesOf } from '../spec/field.ts';
import {
  kafkaSinkOptions,
  kafkaSinkPatterns,
  upsertKafkaSinkOptions,
} from '../spec/kafka-sink-spec.ts';
import type { RecordReader } from '../spec/record-reader.ts';
import type { ConnectorSpec } from '../spec/source-spec.ts';
import type { FileReader } from './file-reader.ts';
import type { KafkaSinkDraft } from './kafka-sink-draft.ts';
import { readFormat, type ReadFormat } from './read-format.ts';

export interface KafkaSinkPlace {
  readonly record: RecordReader;
  readonly map: MapNode;
  readonly spec: ConnectorSpec;
  readonly reader: FileReader;
}

/** Null when it could not be read, which is reported. */
export function readKafkaSink(place: KafkaSinkPlace): KafkaSinkDraft | null {
  const values = place.record.take(kafkaSinkOptions);
  place.record.refuse(kafkaSinkOptions);
  const { 'key.fields': fields, 'key.format': keyFormat } = values;
  const { 'sink.partitioner': partitioner, 'partition-by': partitionBy } = values;
  if (fields !== null && keyFormat === null) {
    report(place, fields, 'DREY_PIPELINE_MISSING_FIELD', 'key.fields needs key.format.');
  }
  if (keyFormat !== null && fields === null) {
    report(place, keyFormat, 'DREY_PIPELINE_MISSING_FIELD', 'key.format needs key.fields.');
  }
  if (partitioner !== null && partitionBy !== null) {
    const message = 'sink.partitioner and partition-by exclude each other.';
    report(place, partitionBy, 'DREY_PIPELINE_CONFLICT', message);
  }
  const key = keyFormat === null ? null : readKeyFormat(place);
  const common = readCommon(values, place);
  if (common === null) return null;
  return {
    ...common,
    changes: 'append',
    key: key === null || fields === null ? null : { format: key, fields },
    partitioner: partitioner?.value ?? 'default',
    partitionBy,
  };
}

/** Null when it could not be read, which is reported. */
export function readUpsertKafkaSink(place: KafkaSinkPlace): KafkaSinkDraft | null {
  const values = place.record.take(upsertKafkaSinkOptions);
  place.record.refuse(upsertKafkaSinkOptions);
  const fields = values['primary-key'];
  if (values['key.format'] === null) missing(place, 'key.format');
  const key = readKeyFormat(place);
  const common = readCommon(values, place);
  if (common === null || key === null || fields === null) return null;
  return {
    ...common,
    changes: 'upsert',
    key: { format: key, fields },
    partitioner: 'default',
    partitionBy: null,
  };
}

type CommonValues = Omit<
  ValuesOf<typeof kafkaSinkOptions>,
  'key.fields' | 'sink.partitioner' | 'partition-by'
>;

type CommonDraft = Omit<KafkaSinkDraft, 'changes' | 'key' | 'partitioner' | 'partitionBy'>;

function readCommon(values: CommonValues, place: KafkaSinkPlace): CommonDraft | null {
  const properties = readProperties(place);
  const format = readValueFormat(values, place)?.spec ?? null;
  const guarantee = readGuarantee(values, place);
  const include = values['value.fields-include'];
  const prefix = values['key.fields-prefix'];
  if (prefix !== null && include.value === 'ALL') {
    const message = 'key.fields-prefix needs value.fields-include: EXCEPT_KEY.';
    report(place, prefix, 'DREY_PIPELINE_CONFLICT', message);
  }
  if (values.topic === null || properties === null || format === null || guarantee === null) {
    return null;
  }
  return {
    kind: 'kafka-draft',
    topic: values.topic.value,
    properties,
    guarantee,
    format,
    keyPrefix: prefix?.value ?? '',
    includesKey: include.value === 'ALL',
    timestamp: values.metadata?.value.timestamp ?? null,
    headers: values.metadata?.value.headers ?? null,
  };
}

export function readProperties(place: KafkaSinkPlace): Readonly<Record<string, string>> | null {
  const { record } = place;
  const properties: Record<string, string> = {};
  const options = { 'properties.#': kafkaSinkPatterns['properties.#'] } satisfies Options;
  for (const { name } of record.patternNames(options)) {
    const value = record.takeNamed(options, name)['properties.#'];
    if (value !== null) properties[name] = value.value;
  }
  if (properties['bootstrap.servers'] !== undefined) return properties;
  missing(place, 'properties.bootstrap.servers');
  return null;
}

export function readValueFormat(
  values: Pick<CommonValues, 'value.format'>,
  place: KafkaSinkPlace,
): ReadFormat | null {
  const { record, map, spec, reader } = place;
  const named = values['value.format'];
  if (named === null) return readFormat(record, map, spec, reader);
  if (record.entry('format') !== null) {
    record.ignore('format');
    const message = 'format and value.format exclude each other.';
    report(place, named, 'DREY_PIPELINE_CONFLICT', message);
  }
  return readFormat(record, map, { ...spec, prefix: 'value.' }, reader);
}

export function readKeyFormat({ record, map, spec, reader }: KafkaSinkPlace): FormatSpec | null {
  // That it is missing has been said.
  const rules = { formats: spec.formats, hasDefaultFormat: true, prefix: 'key.' };
  return readFormat(record, map, rules, reader)?.spec ?? null;
}

function readGuarantee(values: CommonValues, place: KafkaSinkPlace): KafkaGuarantee | null {
  const { 'sink.delivery-guarantee': guarantee, 'drey.sink.expired-marker': expired } = values;
  if (guarantee.value !== 'exactly-once') return { kind: guarantee.value };
  const prefix = values['sink.transactional-id-prefix'];
  if (prefix === null) {
    const message = 'exactly-once needs sink.transactional-id-prefix.';
    report(place, guarantee, 'DREY_PIPELINE_MISSING_FIELD', message);
    return null;
  }
  return {
    kind: 'exactly-once',
    transactionalIdPrefix: prefix.value,
    expiredMarker: expired.value,
    markerTopic: values['drey.sink.marker-topic']?.value ?? null,
  };
}

export function missing({ map, reader }: KafkaSinkPlace, name: string): void {
  reader.report(map.isFlow ? map : (map.entries[0]?.key ?? map), {
    code: 'DREY_PIPELINE_MISSING_FIELD',
    message: `The field "${name}" is missing.`,
  });
}

export function report(
  { map, reader }: KafkaSinkPlace,
  { node }: Located<unknown>,
  code: 'DREY_PIPELINE_MISSING_FIELD' | 'DREY_PIPELINE_CONFLICT',
  message: string,
): void {
  reader.report(node ?? map, { code, message });
}
