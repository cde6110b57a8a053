/** Fields of a sink: those of every sink and of each connector. */
import { defaulted, later, optional, required } from './field.ts';
import { kafkaSinkOptions, kafkaSinkPatterns, upsertKafkaSinkOptions } from './kafka-sink-spec.ts';
import { choiceField, sourceField, textField } from './scalar-fields.ts';
import { druidOptions } from './druid-spec.ts';
import { redisSinkOptions } from './redis-spec.ts';
import { parallelismOption, type ConnectorSpec } from './source-spec.ts';

/** Fields of every sink. */
export const sinkOptions = {
  from: required(textField({ type: 'node' }), {
    description: 'The node, or side stream NODE.late or NODE.dead, whose rows are written.',
    example: 'per_minute',
  }),
  connector: required(textField(), {
    description: 'Where the rows go.',
    example: 'print',
  }),
  parallelism: parallelismOption,
} as const;

export const printOptions = {
  format: defaulted(choiceField(['json', 'table'], ['csv', 'raw']), 'json', {
    description: '`json`: one JSON object a row; `table`: columns for reading.',
    example: 'table',
  }),
  'print-identifier': later('A text in front of each row.'),
  'standard-error': later('Print to standard error.'),
  'sink.parallelism': later('Use `parallelism`.'),
} as const;

export const filesystemSinkOptions = {
  path: required(sourceField('path'), {
    description:
      "The folder that gets the files. A relative path starts at the pipeline file's folder.",
    example: './out',
  }),
  'drey.sink.existing': defaulted(choiceField(['refuse', 'append', 'replace']), 'refuse', {
    description: "What to do with a folder that holds another run's finished files.",
  }),
  'partition-by': later('Columns whose values become folders.'),
  'sink.rolling-policy.file-size': later('Size at which a new file is started.'),
  'sink.rolling-policy.rollover-interval': later('Age at which a new file is started.'),
  'sink.rolling-policy.inactivity-interval': later('Silence after which a new file is started.'),
  'sink.rolling-policy.check-interval': later('How often ages are looked at.'),
  'auto-compaction': later('Join small files.'),
  'compaction.file-size': later('Size of joined files.'),
  'compaction.parallelism': later('Subtasks that join files.'),
  'sink.shuffle-by-partition.enable': later('Send the rows of a partition to one subtask.'),
  'sink.partition-commit.*': later('When and how a partition is declared complete.'),
  'partition.*': later('How times are read from partition values.'),
  'sink.parallelism': later('Use `parallelism`.'),
} as const;

export const sinkConnectors: Readonly<Record<string, ConnectorSpec>> = {
  print: {
    description: 'Writes rows to standard output.',
    options: printOptions,
    patterns: {},
    formats: [],
    hasDefaultFormat: false,
  },
  filesystem: {
    description: 'Writes files into a folder; they become visible when the job has finished.',
    options: filesystemSinkOptions,
    patterns: {},
    formats: ['json', 'csv'],
    hasDefaultFormat: false,
  },
  blackhole: {
    description: 'Takes rows and drops them; for measurement.',
    options: {},
    patterns: {},
    formats: [],
    hasDefaultFormat: false,
  },
  kafka: {
    description: 'Writes records to a topic. Rows are only appended.',
    options: kafkaSinkOptions,
    patterns: kafkaSinkPatterns,
    formats: ['json', 'csv'],
    hasDefaultFormat: false,
  },
  'upsert-kafka': {
    description: 'Writes the current row of each key to a topic.',
    options: upsertKafkaSinkOptions,
    patterns: kafkaSinkPatterns,
    formats: ['json', 'csv'],
    hasDefaultFormat: false,
  },
  druid: {
    description:
      'Writes rows to a topic from which Druid takes them in, as `drey pipeline druid-spec` tells it. Rows are only appended: events that Druid rolls up, or final results of windows.',
    options: { ...druidOptions, ...kafkaSinkOptions },
    patterns: kafkaSinkPatterns,
    formats: ['json'],
    hasDefaultFormat: true,
  },
  redis: {
    description:
      'Writes the latest values into a Redis server: hashes, sorted sets or texts. A row that comes again changes nothing.',
    options: redisSinkOptions,
    patterns: {},
    formats: [],
    hasDefaultFormat: false,
  },
};

/** Connectors of the pipeline format that this version cannot write to. */
export const laterSinkConnectors: readonly string[] = [];

export const formatOption = optional(textField({ type: 'format' }), {
  description: 'How rows are written as bytes: `json` (JSON lines) or `csv` (no header line).',
  example: 'json',
});
