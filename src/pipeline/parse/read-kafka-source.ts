/** A `kafka` source as it is written; its columns are found by the plan. */
import { readConsumerProperties } from '../../kafka/consumer-properties.ts';
import type {
  KafkaBounds,
  KafkaPlace,
  KafkaStartup,
  KafkaTopics,
} from '../plan/kafka-source-spec.ts';
import type { Located, ValuesOf } from '../spec/field.ts';
import { kafkaSourceOptions } from '../spec/kafka-source-spec.ts';
import type { KafkaSourceDraft } from './kafka-source-draft.ts';
import type { ReadFormat } from './read-format.ts';
import {
  missing,
  readKeyFormat,
  readProperties,
  readValueFormat,
  report,
  type KafkaSinkPlace,
} from './read-kafka-sink.ts';

export interface ReadKafkaSource {
  /** Null when it could not be read, which is reported. */
  readonly connector: KafkaSourceDraft | null;
  /** Of the value. */
  readonly format: ReadFormat | null;
}

type Values = ValuesOf<typeof kafkaSourceOptions>;

export function readKafkaSource(place: KafkaSinkPlace): ReadKafkaSource {
  const values = place.record.take(kafkaSourceOptions);
  place.record.refuse(kafkaSourceOptions);
  const topics = readTopics(values, place);
  const startup = readStartup(values, topics, place);
  const { 'key.fields': fields, 'key.format': keyFormat } = values;
  if (fields !== null && keyFormat === null) {
    report(place, fields, 'DREY_PIPELINE_MISSING_FIELD', 'key.fields needs key.format.');
  }
  if (keyFormat !== null && fields === null) {
    report(place, keyFormat, 'DREY_PIPELINE_MISSING_FIELD', 'key.format needs key.fields.');
  }
  const keySpec = keyFormat === null ? null : readKeyFormat(place);
  const interval = values['scan.topic-partition-discovery.interval'].value;
  const common = readCommon(values, topics, place);
  if (topics === null || startup === null) return { connector: null, format: common.format };
  const connector = common.parts && {
    ...common.parts,
    topics,
    startup,
    discoveryIntervalMs: interval === 0 ? null : interval,
    key: keySpec === null || fields === null ? null : { format: keySpec, fields },
  };
  return { connector, format: common.format };
}

type CommonParts = Pick<
  KafkaSourceDraft,
  'kind' | 'properties' | 'bounded' | 'format' | 'keyPrefix' | 'includesKey'
>;

function readCommon(
  values: Values,
  topics: KafkaTopics | null,
  place: KafkaSinkPlace,
): { readonly parts: CommonParts | null; readonly format: ReadFormat | null } {
  const properties = readProperties(place);
  if (properties !== null) checkProperties(properties, place);
  const format = readValueFormat(values, place);
  const bounded = readBounds(values, topics, place);
  const include = values['value.fields-include'];
  const prefix = values['key.fields-prefix'];
  if (prefix !== null && include.value === 'ALL') {
    const message = 'key.fields-prefix needs value.fields-include: EXCEPT_KEY.';
    report(place, prefix, 'DREY_PIPELINE_CONFLICT', message);
  }
  if (properties === null || format === null || bounded === null) return { parts: null, format };
  const parts = {
    kind: 'kafka-draft',
    properties,
    bounded,
    format: format.spec,
    keyPrefix: prefix?.value ?? '',
    includesKey: include.value === 'ALL',
  } as const;
  return { parts, format };
}

function checkProperties(
  properties: Readonly<Record<string, string>>,
  { record, map, reader }: KafkaSinkPlace,
): void {
  readConsumerProperties(properties, ({ name, message }) => {
    const place = record.entry(`properties.${name}`)?.value ?? map;
    reader.report(place, { code: 'DREY_PIPELINE_VALUE', message });
  });
}

function readTopics(values: Values, place: KafkaSinkPlace): KafkaTopics | null {
  const { topic, 'topic-pattern': pattern } = values;
  if (topic !== null && pattern !== null) {
    const message = 'topic and topic-pattern exclude each other.';
    report(place, pattern, 'DREY_PIPELINE_CONFLICT', message);
    return null;
  }
  if (topic !== null) return { kind: 'list', names: topic.value.map(({ value }) => value) };
  if (pattern === null) {
    if (place.record.entry('topic') === null) missing(place, 'topic');
    return null;
  }
  if (isPattern(pattern.value)) return { kind: 'pattern', pattern: pattern.value };
  place.reader.report(pattern.node ?? place.map, {
    code: 'DREY_PIPELINE_VALUE',
    message: 'The pattern is no regular expression.',
  });
  return null;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function readStartup(
  values: Values,
  topics: KafkaTopics | null,
  place: KafkaSinkPlace,
): KafkaStartup | null {
  const mode = values['scan.startup.mode'];
  const { value: kind } = mode;
  const atMs = values['scan.startup.timestamp-millis'];
  const offsets = values['scan.startup.specific-offsets'];
  if (kind !== 'timestamp' && kind !== 'specific-offsets') {
    refuseUnused(place, mode, { atMs, offsets });
    return { kind };
  }
  return readPlace('scan.startup', { mode, kind, atMs, offsets, topics }, place);
}

function readBounds(
  values: Values,
  topics: KafkaTopics | null,
  place: KafkaSinkPlace,
): KafkaBounds | null {
  const mode = values['scan.bounded.mode'];
  const { value: kind } = mode;
  const atMs = values['scan.bounded.timestamp-millis'];
  const offsets = values['scan.bounded.specific-offsets'];
  if (kind !== 'timestamp' && kind !== 'specific-offsets') {
    refuseUnused(place, mode, { atMs, offsets });
    return { kind };
  }
  return readPlace('scan.bounded', { mode, kind, atMs, offsets, topics }, place);
}

interface PlaceFields {
  readonly mode: Located<string>;
  readonly kind: KafkaPlace['kind'];
  readonly atMs: Located<number> | null;
  readonly offsets: Located<string> | null;
  readonly topics: KafkaTopics | null;
}

function readPlace(
  prefix: string,
  { mode, kind, atMs, offsets, topics }: PlaceFields,
  place: KafkaSinkPlace,
): KafkaPlace | null {
  if (kind === 'timestamp') {
    if (atMs !== null) return { kind, atMs: atMs.value };
    report(place, mode, 'DREY_PIPELINE_MISSING_FIELD', `${prefix}.timestamp-millis is missing.`);
    return null;
  }
  if (offsets === null) {
    report(place, mode, 'DREY_PIPELINE_MISSING_FIELD', `${prefix}.specific-offsets is missing.`);
    return null;
  }
  if (topics !== null && (topics.kind === 'pattern' || topics.names.length > 1)) {
    const message = 'Offsets are those of one topic; name just one.';
    report(place, offsets, 'DREY_PIPELINE_CONFLICT', message);
  }
  return { kind, offsets: offsetsOf(offsets.value) };
}

function offsetsOf(text: string): Readonly<Record<string, number>> {
  const pairs = text.matchAll(/partition:(\d+),\s*offset:(\d+)/g);
  return Object.fromEntries(
    [...pairs].map(([, partition, offset]) => [Number(partition), Number(offset)]),
  );
}

function refuseUnused(
  place: KafkaSinkPlace,
  mode: Located<string>,
  fields: { readonly atMs: Located<number> | null; readonly offsets: Located<string> | null },
): void {
  for (const field of [fields.atMs, fields.offsets]) {
    if (field === null) continue;
    const message = `The field has no meaning in the mode ${mode.value}.`;
    report(place, field, 'DREY_PIPELINE_CONFLICT', message);
  }
}
