/** Fields of a source: those of every source, and of each connector. */
import { listField, mapField } from './composite-fields.ts';
import { defaulted, later, optional, required, type Options } from './field.ts';
import {
  booleanField,
  choiceField,
  durationField,
  integerField,
  numberField,
  sizeField,
  sourceField,
  textField,
} from './scalar-fields.ts';
import { sqlField } from './sql-field.ts';
import { kafkaSourceOptions, kafkaSourcePatterns } from './kafka-source-spec.ts';
import { columnNameField, watermarkField } from './watermark-spec.ts';

export { columnNameField, watermarkField };

/** As Flink's upper bound of the key groups. */
export const PARALLELISM_MAX = 32_768;
export const NODE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

export const parallelismOption = optional(integerField(1, PARALLELISM_MAX), {
  description: "Parallel subtasks of this node; the pipeline's when left out.",
  example: '2',
});

/** Fields of every source. */
export const sourceOptions = {
  connector: required(textField(), {
    description: 'Where the rows come from.',
    example: 'filesystem',
  }),
  columns: required(mapField(sqlField('column type'), { keyName: 'column', mayBeEmpty: false }), {
    description:
      'Columns in order: a Flink SQL type, or `AS expression` for a computed column. A computed column sees the other columns that are not computed.',
    example: '{ id: BIGINT, name: STRING }',
  }),
  watermark: optional(watermarkField, {
    description: 'Declares the time attribute and how late rows may be.',
    example: '{ column: event_time, delay: 25s }',
  }),
  'primary-key': optional(listField(columnNameField, 1), {
    description:
      'Columns that identify a row; a lookup table needs them to match its `on` columns.',
    example: '[id]',
  }),
  'on-error': optional(choiceField(['fail', 'dead-letter']), {
    description:
      'What a row does that cannot be parsed: `fail` (the default) ends the job, `dead-letter` passes it to the side stream NODE.dead.',
    example: 'dead-letter',
  }),
  'source.max-record-bytes': defaulted(sizeField(1, 16 * 1_048_576), '1mb', {
    description: 'Longest row; a longer one follows on-error. At most 16mb.',
    example: '4mb',
  }),
  parallelism: parallelismOption,
} as const;

const pathField = sourceField('path');
/** What a timer can wait for. */
const MONITOR_INTERVAL_MAX_MS = 2 ** 31 - 1;

export const filesystemSourceOptions = {
  path: required(pathField, {
    description:
      "A file, a folder or a glob. A relative path starts at the pipeline file's folder. Files in HDFS are read over WebHDFS: `webhdfs://HOST:PORT/PATH` names its HTTP address; of `hdfs://HOST:PORT/PATH` it is port 9870 of the host, or `drey.hdfs.http-address` in the config, which may list several NameNodes. `drey.hdfs.user` or HADOOP_USER_NAME says who reads.",
    example: './data/events.jsonl',
  }),
  'source.monitor-interval': optional(durationField(1, MONITOR_INTERVAL_MAX_MS), {
    description:
      'Looks for new files this often; the source never ends then. Each file is read once, to the end that it has then.',
    example: '10s',
  }),
  'source.path.regex-pattern': later('Reads the files whose path matches.'),
  'source.report-statistics': later('Statistics that Flink takes from the files.'),
  'partition.default-name': later('Name of the folder of rows without a partition value.'),
} as const;

/** Per column: `fields.COLUMN.kind`. */
export const datagenFieldOptions = {
  'fields.#.kind': optional(choiceField(['random', 'sequence']), {
    description: 'How the column is filled; `random` when left out.',
    example: 'sequence',
  }),
  'fields.#.min': optional(textField(), {
    description: 'Least random value, for numbers.',
    example: '1',
  }),
  'fields.#.max': optional(textField(), {
    description: 'Greatest random value, for numbers.',
    example: '1000',
  }),
  'fields.#.length': optional(integerField(1, 1_000_000), {
    description: 'Length of random texts, bytes, arrays and maps.',
    example: '8',
  }),
  'fields.#.var-len': optional(booleanField(), {
    description: 'Random lengths up to `length`.',
    example: 'true',
  }),
  'fields.#.max-past': optional(durationField(), {
    description: 'How far random timestamps lie in the past at most.',
    example: '1h',
  }),
  'fields.#.null-rate': optional(numberField(0, 1), {
    description: 'Share of NULLs, 0 to 1.',
    example: '0.1',
  }),
  'fields.#.start': optional(textField(), {
    description: 'First value of a sequence.',
    example: '1',
  }),
  'fields.#.end': optional(textField(), {
    description: 'Last value of a sequence; the source ends with it.',
    example: '100',
  }),
} as const;

export const datagenOptions = {
  'rows-per-second': defaulted(integerField(1), '10000', {
    description: 'Rows that are made each second.',
    example: '500',
  }),
  'number-of-rows': optional(integerField(0), {
    description: 'Rows in all; without it, and without a sequence, the source never ends.',
    example: '1000',
  }),
  seed: optional(integerField(0), {
    description:
      'Start of the random numbers, so that a run can be repeated. Embedded engine only.',
    example: '42',
  }),
  'scan.parallelism': later('Use `parallelism`.'),
} as const;

export interface ConnectorSpec {
  readonly description: string;
  readonly options: Options;
  /** Names with `#`. */
  readonly patterns: Options;
  /** Empty when the connector has no format; the first one is its default if `hasDefaultFormat`. */
  readonly formats: readonly string[];
  readonly hasDefaultFormat: boolean;
}

export const sourceConnectors: Readonly<Record<string, ConnectorSpec>> = {
  filesystem: {
    description: 'Reads a file, the files of a folder, or those that match a glob; `.gz` too.',
    options: filesystemSourceOptions,
    patterns: {},
    formats: ['json', 'csv'],
    hasDefaultFormat: false,
  },
  stdin: {
    description: 'Reads standard input: JSON lines, or CSV.',
    options: {},
    patterns: {},
    formats: ['json', 'csv'],
    hasDefaultFormat: true,
  },
  kafka: {
    description: 'Reads topics. Each partition has a watermark of its own.',
    options: kafkaSourceOptions,
    patterns: kafkaSourcePatterns,
    formats: ['json', 'csv', 'raw'],
    hasDefaultFormat: false,
  },
  datagen: {
    description: "Makes rows up, with Flink's options.",
    options: datagenOptions,
    patterns: datagenFieldOptions,
    formats: [],
    hasDefaultFormat: false,
  },
};

/** Connectors of the pipeline format that this version cannot read from. */
export const laterSourceConnectors: readonly string[] = ['upsert-kafka'];
