/** Fields of the `kafka` and `upsert-kafka` sinks, under Flink's names. */
import { recordField } from './composite-fields.ts';
import { columnListField } from './column-list.ts';
import { anyField } from './composite-fields.ts';
import { defaulted, later, optional, required } from './field.ts';
import { choiceField, textField } from './scalar-fields.ts';
import { columnNameField } from './watermark-spec.ts';

/** As Kafka: letters, digits, `.`, `_`, `-`, at most 249 of them. */
export const TOPIC_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;
/** Behind it stand `-` and a number, and all of it is part of the name of a consumer group. */
const TRANSACTIONAL_ID_PREFIX = /^[A-Za-z0-9._-]{1,200}$/;

export const metadataField = recordField(
  {
    timestamp: optional(columnNameField, {
      description:
        'Column of TIMESTAMP_LTZ(3) or TIMESTAMP(3) with the time of the record. Left out: the event time, or the time of writing where there is none.',
      example: 'event_time',
    }),
    headers: optional(columnNameField, {
      description: 'Column of MAP<STRING, BYTES> with the headers of the record.',
      example: 'headers',
    }),
  },
  'metadata',
);

const commonOptions = {
  topic: required(
    textField({ type: 'topic', pattern: TOPIC_NAME, expected: 'the name of one topic' }),
    { description: 'The topic that is written; it must be there.', example: 'per-minute' },
  ),
  'sink.delivery-guarantee': defaulted(
    choiceField(['at-least-once', 'exactly-once', 'none']),
    'at-least-once',
    {
      description:
        '`exactly-once`: rows become visible to read_committed readers with the checkpoint that covers them, each once, however long the job is down.',
      example: 'exactly-once',
    },
  ),
  'sink.transactional-id-prefix': optional(
    textField({
      type: 'text',
      pattern: TRANSACTIONAL_ID_PREFIX,
      expected: 'letters, digits, ".", "_" and "-"',
    }),
    {
      description:
        'Names the transactional ids and the groups of the markers; exactly-once needs it, and no other sink may have the same.',
      example: 'per-minute-out',
    },
  ),
  'drey.sink.expired-marker': defaulted(choiceField(['refuse', 'resend', 'skip']), 'refuse', {
    description:
      'What a restored job does with rows of which nothing tells any more whether they were committed, because it was down for longer than offsets.retention.minutes.',
  }),
  'drey.sink.marker-topic': optional(
    textField({ type: 'topic', pattern: TOPIC_NAME, expected: 'the name of one topic' }),
    {
      description:
        'A compacted topic that keeps what was committed for ever, so that a job may be down for longer than offsets.retention.minutes. It must be there; sinks may share it.',
      example: 'drey-markers',
    },
  ),
  'value.fields-include': defaulted(choiceField(['ALL', 'EXCEPT_KEY']), 'ALL', {
    description: 'Whether the columns of the key are in the value as well.',
    example: 'EXCEPT_KEY',
  }),
  'key.fields-prefix': optional(textField(), {
    description:
      'Stands before the names of the key columns, and is left out in the key. Needs EXCEPT_KEY.',
    example: 'k_',
  }),
  metadata: optional(metadataField, {
    description: 'Columns that become metadata of the record, and no part of its value.',
    example: '{ timestamp: event_time }',
  }),
  'value.format': optional(textField({ type: 'format' }), {
    description: 'The same as `format`, with `value.` before its options.',
    example: 'json',
  }),
  'key.format': optional(textField({ type: 'format' }), {
    description: 'How the key is written; its options have `key.` before their names.',
    example: 'json',
  }),
  'sink.parallelism': later('Use `parallelism`.'),
  'sink.semantic': later('Use `sink.delivery-guarantee`.'),
} as const;

export const kafkaSinkOptions = {
  ...commonOptions,
  'key.fields': optional(columnListField(), {
    description: 'The columns of the key, as a list or with `;` between them.',
    example: '[deviceId]',
  }),
  'sink.partitioner': optional(choiceField(['default', 'fixed', 'round-robin']), {
    description:
      '`default`: by the hash of the key, without a key a batch to each partition in turn; `fixed`: one partition for each subtask; `round-robin`: row by row.',
    example: 'fixed',
  }),
  'partition-by': optional(columnListField(), {
    description:
      "Rows with equal values of these columns go to one partition: by Kafka's hash, of one text column as of a key. Embedded engine only.",
    example: '[province]',
  }),
} as const;

export const upsertKafkaSinkOptions = {
  ...commonOptions,
  'primary-key': required(columnListField(), {
    description:
      'The columns that tell rows apart; they are the key. A deleted row is a record without a value.',
    example: '[province, city]',
  }),
  'sink.buffer-flush.max-rows': later('Rows of a key that are joined before they are sent.'),
  'sink.buffer-flush.interval': later('How long rows of a key are joined before they are sent.'),
} as const;

/** Names with `#` or `*`. */
export const kafkaSinkPatterns = {
  'properties.#': optional(textField(), {
    description: "A property of Kafka's client or producer; `bootstrap.servers` is needed.",
    example: 'broker:9092',
  }),
  'value.json.*': optional(anyField, { description: 'Options of the value.' }),
  'value.csv.*': optional(anyField, { description: 'Options of the value.' }),
  'key.json.*': optional(anyField, { description: 'Options of the key.' }),
  'key.csv.*': optional(anyField, { description: 'Options of the key.' }),
} as const;
