/** From the description of a source in the stream graph to the source. */
import { errorCodes } from '../../errors/codes.ts';
import { InputError, type DreyError } from '../../errors/drey-error.ts';
import { readConsumerProperties } from '../../kafka/consumer-properties.ts';
import { readKafkaSettings } from '../../platform/kafka-settings.ts';
import type { Platform } from '../../platform/platform.ts';
import { CsvDecoder } from '../format/csv-decoder.ts';
import { JsonDecoder } from '../format/json-decoder.ts';
import { RawDecoder } from '../format/raw-decoder.ts';
import type { RecordDecoder } from '../format/contract.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { SourceStreamNode } from '../graph/stream-graph.ts';
import type { FormatOptions } from './connector-spec.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { DeadRecord, DeadRecordListener, Source } from './contract.ts';
import { DatagenSource } from './datagen/datagen-source.ts';
import { failOnDeadRecord } from './dead-record-policy.ts';
import type { SharedListings } from './shared-listings.ts';
import { FileSource } from './file/file-source.ts';
import type { KafkaSourceSpec } from './kafka/source/kafka-source-spec.ts';
import { KafkaSource } from './kafka/source/kafka-source.ts';
import { StdinSource } from './stdin/stdin-source.ts';

export interface SourceSurroundings {
  readonly platform: Platform;
  readonly memory: LinearMemory;
  /** Shared by the subtasks of an attempt; needed where a source has several. */
  readonly listings?: SharedListings;
  /** Told of what does not end the job. */
  readonly warn?: ((reason: DreyError) => void) | undefined;
}

/**
 * @param deadRecords where records that cannot be read are put when the node's policy keeps the
 *   job running
 */
export function createSource(
  node: SourceStreamNode,
  { platform, memory, listings, warn }: SourceSurroundings,
  deadRecords: DeadRecord[],
): Source {
  const { connector, physicalSchema: schema } = node;
  if (connector.kind === 'datagen') {
    return new DatagenSource(
      { name: node.uid, schema: node.physicalSchema, options: connector.options },
      platform,
    );
  }
  const keep: DeadRecordListener = (record) => {
    deadRecords.push(record);
  };
  const onDeadRecord = node.onError === 'fail' ? failOnDeadRecord : keep;
  if (connector.kind === 'kafka') {
    return createKafkaSource(connector, { node, onDeadRecord }, { platform, memory, warn });
  }
  const options = {
    name: node.uid,
    schema,
    createDecoder: (linesBefore: number) =>
      createDecoder({ schema, format: connector.format, linesBefore, memory }),
    maxRecordBytes: node.maxRecordBytes,
    memory,
    onDeadRecord,
  };
  if (connector.kind === 'stdin') return new StdinSource(options, platform.streams);
  const { path, monitorIntervalMs: intervalMs } = connector;
  const monitor = intervalMs === undefined ? null : { intervalMs, timers: platform.timers };
  return new FileSource({ ...options, path, monitor, ...(listings && { listings }) }, platform);
}

function createKafkaSource(
  spec: KafkaSourceSpec,
  { node, onDeadRecord }: { node: SourceStreamNode; onDeadRecord: DeadRecordListener },
  { platform, memory, warn = () => {} }: Omit<SourceSurroundings, 'listings'>,
): Source {
  const { properties } = spec;
  return new KafkaSource({
    name: node.uid,
    spec,
    consumer: readConsumerProperties(properties, ({ message }) => {
      const { next } = errorCodes.DREY_KAFKA_PROPERTY;
      throw new InputError('DREY_KAFKA_PROPERTY', `source ${node.uid}: ${message}`, { hint: next });
    }),
    schema: node.physicalSchema,
    createDecoder: (schema, format) => createDecoder({ schema, format, linesBefore: 0, memory }),
    unpack: (format, bytes, limitBytes) =>
      platform.compression.unpackBlock(format, bytes, limitBytes),
    maxRecordBytes: node.maxRecordBytes,
    memory,
    onDeadRecord,
    connect: async () => platform.kafka.connect(await readKafkaSettings(properties, platform)),
    clock: platform.clock,
    timers: platform.timers,
    random: platform.random,
    warn,
  });
}

/** `linesBefore`: lines of the split that were read before a restore, header lines among them. */
function createDecoder({
  schema,
  format,
  linesBefore,
  memory,
}: {
  readonly schema: RowSchema;
  readonly format: FormatOptions;
  readonly linesBefore: number;
  readonly memory: LinearMemory;
}): RecordDecoder {
  switch (format.kind) {
    case 'csv': {
      const skipHeaderLines = Math.max(0, format.skipHeaderLines - linesBefore);
      return new CsvDecoder({ schema, ...format, skipHeaderLines });
    }
    case 'json':
      return new JsonDecoder({ schema, memory, ...format });
    case 'raw':
      return new RawDecoder({ schema, ...format });
  }
}
