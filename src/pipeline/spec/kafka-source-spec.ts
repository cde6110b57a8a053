/** Fields of the `kafka` source, under Flink's names. */
import type { DocumentNode } from '../../document/document-node.ts';
import { columnListField } from './column-list.ts';
import { anyField, listField } from './composite-fields.ts';
import { defaulted, later, optional, type Field, type FieldReader } from './field.ts';
import { kafkaSinkPatterns, TOPIC_NAME } from './kafka-sink-spec.ts';
import type { Located } from './field.ts';
import { choiceField, durationField, integerField, textField } from './scalar-fields.ts';

const topicField = textField({
  type: 'topic',
  pattern: TOPIC_NAME,
  expected: 'the name of a topic',
});
const topicNames = listField(topicField, 1);
/** `a;b`, as Flink. */
const topicText = textField({ type: 'topics' });
const isTopic = (name: string): boolean => TOPIC_NAME.test(name);

/** One topic, several with `;` between them, or a list. */
function topicListField(): Field<readonly Located<string>[]> {
  return {
    shape: { kind: 'variant', alternatives: [topicNames.shape, topicText.shape] },
    read(node: DocumentNode, reader: FieldReader) {
      if (node.kind !== 'scalar') return topicNames.read(node, reader);
      const text = topicText.read(node, reader);
      if (text === null) return null;
      const names = text.split(';').map((name) => name.trim());
      if (names.every(isTopic)) return names.map((value) => ({ value, node }));
      reader.report(node, {
        code: 'DREY_PIPELINE_VALUE',
        message: 'Expected names of topics with ";" between them.',
      });
      return null;
    },
  };
}

/** `partition:0,offset:42;partition:1,offset:300`, as Flink. */
const SPECIFIC_OFFSETS =
  /^\s*partition:\d{1,9},\s*offset:\d{1,15}(\s*;\s*partition:\d{1,9},\s*offset:\d{1,15})*\s*;?\s*$/;
const offsetsField = textField({
  type: 'offsets',
  pattern: SPECIFIC_OFFSETS,
  expected: 'partition:0,offset:42;partition:1,offset:300',
});

const formatOptions = {
  'value.format': optional(textField({ type: 'format' }), {
    description: 'The same as `format`, with `value.` before its options.',
    example: 'json',
  }),
  'value.fields-include': defaulted(choiceField(['ALL', 'EXCEPT_KEY']), 'ALL', {
    description: 'Whether the columns of the key are in the value as well.',
    example: 'EXCEPT_KEY',
  }),
  'key.fields-prefix': optional(textField(), {
    description:
      'Stands before the names of the key columns, and is not there in the key. Needs EXCEPT_KEY.',
    example: 'k_',
  }),
} as const;

const boundedOptions = {
  'scan.bounded.mode': defaulted(
    choiceField(['unbounded', 'latest-offset', 'group-offsets', 'timestamp', 'specific-offsets']),
    'unbounded',
    {
      description:
        'Where partitions end: nowhere, at the end that they have when the job starts, where the group is, at a time, or at offsets.',
      example: 'latest-offset',
    },
  ),
  'scan.bounded.timestamp-millis': optional(integerField(0), {
    description: 'For the mode `timestamp`: epoch milliseconds; records before it are read.',
    example: '1700000000000',
  }),
  'scan.bounded.specific-offsets': optional(offsetsField, {
    description: 'For the mode `specific-offsets`: the first offset that is not read.',
    example: '"partition:0,offset:42"',
  }),
} as const;

const laterOptions = {
  'scan.parallelism': later('Use `parallelism`.'),
  'scan.watermark.*': later('Use `watermark`.'),
} as const;

export const kafkaSourceOptions = {
  topic: optional(topicListField(), {
    description: 'One topic, or several as a list or with `;` between them.',
    example: 'exposures',
  }),
  'topic-pattern': optional(textField({ type: 'pattern' }), {
    description: 'All topics whose whole name matches. Excludes topic.',
    example: 'exposures-.*',
  }),
  'scan.startup.mode': defaulted(
    choiceField([
      'group-offsets',
      'earliest-offset',
      'latest-offset',
      'timestamp',
      'specific-offsets',
    ]),
    'group-offsets',
    {
      description:
        'Where a job starts without a snapshot: where the group is, at the beginning or end of each partition, at a time, or at offsets. Partitions that are added later are read from their beginning.',
      example: 'earliest-offset',
    },
  ),
  'scan.startup.timestamp-millis': optional(integerField(0), {
    description: 'For the mode `timestamp`: epoch milliseconds.',
    example: '1700000000000',
  }),
  'scan.startup.specific-offsets': optional(offsetsField, {
    description: 'For the mode `specific-offsets`, of one topic.',
    example: '"partition:0,offset:42;partition:1,offset:300"',
  }),
  ...boundedOptions,
  'scan.topic-partition-discovery.interval': defaulted(durationField(), '5min', {
    description: 'New partitions are looked for this often; 0: never.',
    example: '30s',
  }),
  'key.format': optional(textField({ type: 'format' }), {
    description: 'How the key is read; its options have `key.` before their names.',
    example: 'raw',
  }),
  'key.fields': optional(columnListField(), {
    description: 'The columns that the key fills, as a list or with `;` between them.',
    example: '[deviceId]',
  }),
  ...formatOptions,
  ...laterOptions,
} as const;

/** Names with `#` or `*`. */
export const kafkaSourcePatterns = {
  ...kafkaSinkPatterns,
  'properties.#': optional(textField(), {
    description:
      "A property of Kafka's client or consumer; `bootstrap.servers` is needed, `group.id` lets others see the lag, `isolation.level`, `auto.offset.reset`, `fetch.*` are heeded.",
    example: 'broker:9092',
  }),
  'value.raw.*': optional(anyField, { description: 'Options of the value.' }),
  'key.raw.*': optional(anyField, { description: 'Options of the key.' }),
} as const;
