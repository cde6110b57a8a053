/** From the description of a sink in the stream graph to the sink. */
import type { BlockFormat } from '../../platform/compression.ts';
import { readKafkaSettings } from '../../platform/kafka-settings.ts';
import type { Platform } from '../../platform/platform.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { RecordEncoder } from '../format/contract.ts';
import { CsvEncoder } from '../format/csv-encoder.ts';
import { JsonEncoder, type JsonEncoderOptions } from '../format/json-encoder.ts';
import { RawEncoder } from '../format/raw-encoder.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { SinkStreamNode } from '../graph/stream-graph.ts';
import { BlackholeSink } from './blackhole/blackhole-sink.ts';
import type { FormatOptions } from './connector-spec.ts';
import type { Sink } from './contract.ts';
import { FileSink } from './file/file-sink.ts';
import type { KafkaSinkSpec } from './kafka/sink/kafka-sink-spec.ts';
import { KafkaSink } from './kafka/sink/kafka-sink.ts';
import { redisSettings } from '../async/redis-settings.ts';
import { jsonLines, PrintSink } from './print/print-sink.ts';
import { RedisSink } from './redis/redis-sink.ts';
import { TableStyle } from './print/table-style.ts';

export interface SinkSurroundings {
  readonly platform: Platform;
  readonly memory: LinearMemory;
  /** Which of the sink's subtasks this one is; left out: the only one. */
  readonly place?: { readonly subtask: number; readonly parallelism: number };
  /** Tables on standard output, by uid, that the subtasks of a sink write into together. */
  readonly tables?: Map<string, Sink>;
  /** Throws when another run of the job has taken over; left out: there can be none. */
  readonly checkAllowed?: (() => Promise<void>) | undefined;
}

/** `schema`: the columns that are written. */
export function createSink(
  node: SinkStreamNode,
  schema: RowSchema,
  surroundings: SinkSurroundings,
): Sink {
  const { platform, memory, place = { subtask: 0, parallelism: 1 }, checkAllowed } = surroundings;
  const { connector } = node;
  switch (connector.kind) {
    case 'print': {
      const { sinkName } = connector;
      const options = { schema, memory, ...printFormat, writesRowKind: node.isChangelog };
      if (connector.style === 'table')
        return sharedTable(node.uid, { ...surroundings, options, sinkName });
      const style = jsonLines(new JsonEncoder({ ...options, sinkName }));
      return new PrintSink(style, platform.streams);
    }
    case 'filesystem': {
      const encoder = createEncoder(schema, connector.format, memory);
      const { path, existing } = connector;
      const fence = checkAllowed === undefined ? {} : { checkAllowed };
      return new FileSink(
        { name: node.uid, path, existing, encoder, ...place, ...fence },
        platform,
      );
    }
    case 'kafka':
      return createKafkaSink(connector, node.uid, schema, surroundings);
    case 'blackhole':
      return new BlackholeSink();
    case 'redis': {
      const { address, mode, ttlMs } = connector;
      const encoder = new JsonEncoder({ schema: schema.slice(1), memory, ...printFormat });
      const settings = redisSettings(address, node.uid);
      return new RedisSink({ name: node.uid, settings, mode, ttlMs, schema, encoder }, platform);
    }
  }
}

function createKafkaSink(
  spec: KafkaSinkSpec,
  name: string,
  schema: RowSchema,
  { platform, memory, place = { subtask: 0, parallelism: 1 }, checkAllowed }: SinkSurroundings,
): Sink {
  const options = {
    name,
    spec,
    schema,
    createEncoder: (columns: RowSchema, format: FormatOptions) =>
      createEncoder(columns, format, memory),
    connect: async () => platform.kafka.connect(await readKafkaSettings(spec.properties, platform)),
    pack: (format: BlockFormat, bytes: Uint8Array) => platform.compression.packBlock(format, bytes),
    ...place,
    ...(checkAllowed === undefined ? {} : { checkAllowed }),
  };
  return new KafkaSink(options, platform);
}

/** One table with one heading, whatever the parallelism. */
function sharedTable(
  uid: string,
  {
    tables,
    platform,
    options,
    sinkName,
  }: SinkSurroundings & {
    readonly options: JsonEncoderOptions;
    readonly sinkName: string | null;
  },
): Sink {
  const known = tables?.get(uid);
  if (known !== undefined) return known;
  const { schema } = options;
  const style = new TableStyle({ schema, encoder: new JsonEncoder(options), sinkName });
  const table = new PrintSink(style, platform.streams);
  tables?.set(uid, table);
  return table;
}

/** Rows on standard output are rendered as Flink's json format renders them by default. */
const printFormat = {
  timestampFormat: 'SQL',
  encodeDecimalAsPlainNumber: true,
  ignoreNullFields: false,
} as const;

function createEncoder(
  schema: RowSchema,
  format: FormatOptions,
  memory: LinearMemory,
): RecordEncoder {
  switch (format.kind) {
    case 'csv':
      return new CsvEncoder({ schema, ...format });
    case 'json':
      return new JsonEncoder({ schema, memory, ...format });
    case 'raw':
      return new RawEncoder({ schema, ...format });
  }
}
