/** A Kafka source over a ScriptedKafka in simulated time, read as the engine reads it. */
import { Batch, type RowSchema } from '../../../../../src/engine/batch/batch.ts';
import type { FormatOptions } from '../../../../../src/engine/connector/connector-spec.ts';
import type {
  DeadRecord,
  SourcePlace,
  SplitReader,
} from '../../../../../src/engine/connector/contract.ts';
import type { KafkaSourceSpec } from '../../../../../src/engine/connector/kafka/source/kafka-source-spec.ts';
import {
  KafkaSource,
  type KafkaSourceOptions,
} from '../../../../../src/engine/connector/kafka/source/kafka-source.ts';
import type { UnpackBlock } from '../../../../../src/engine/connector/kafka/source/batch-loader.ts';
import { CsvDecoder } from '../../../../../src/engine/format/csv-decoder.ts';
import type { RecordDecoder } from '../../../../../src/engine/format/contract.ts';
import { JsonDecoder } from '../../../../../src/engine/format/json-decoder.ts';
import { RawDecoder } from '../../../../../src/engine/format/raw-decoder.ts';
import { StateReader } from '../../../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../../../src/engine/state/state-writer.ts';
import type { DreyError } from '../../../../../src/errors/drey-error.ts';
import { LENGTH_MAX } from '../../../../../src/expression/type.ts';
import type { Value } from '../../../../../src/expression/value.ts';
import { readConsumerProperties } from '../../../../../src/kafka/consumer-properties.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../../src/platform/simulated/simulated-platform.ts';
import { ScriptedKafka } from '../../../../support/scripted-kafka.ts';
import { testMemory } from '../../../../support/test-memory.ts';
import { rowsOf } from '../../column-values.ts';

export const JSON_FORMAT: FormatOptions = {
  kind: 'json',
  failOnMissingField: false,
  timestampFormat: 'SQL',
  encodeDecimalAsPlainNumber: false,
  ignoreNullFields: false,
};

export const TEXT = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true } as const;
export const BIGINT = { root: 'BIGINT', nullable: true } as const;

export const ROW_SCHEMA: RowSchema = [
  { name: 'id', type: BIGINT },
  { name: 'text', type: TEXT },
];

export const SPEC: KafkaSourceSpec = {
  kind: 'kafka',
  topics: { kind: 'list', names: ['events'] },
  properties: {},
  startup: { kind: 'earliest-offset' },
  bounded: { kind: 'latest-offset' },
  discoveryIntervalMs: null,
  value: { format: JSON_FORMAT, columns: [0, 1] },
  key: null,
  metadata: [],
  changes: 'append',
};

export interface WorldOptions {
  readonly spec?: Partial<KafkaSourceSpec>;
  readonly schema?: RowSchema;
  readonly properties?: Readonly<Record<string, string>>;
  readonly unpack?: UnpackBlock;
  readonly options?: Partial<KafkaSourceOptions>;
}

export class SourceWorld {
  readonly platform: SimulatedPlatform;
  readonly kafka: ScriptedKafka;
  readonly dead: DeadRecord[] = [];
  readonly warnings: DreyError[] = [];

  constructor(seed = 1) {
    this.platform = createSimulatedPlatform({ seed });
    this.kafka = new ScriptedKafka(this.platform.timers);
  }

  source({ spec = {}, schema = ROW_SCHEMA, ...more }: WorldOptions = {}): KafkaSource {
    const { clock, timers, random } = this.platform;
    return new KafkaSource({
      name: 'events',
      spec: { ...SPEC, ...spec },
      consumer: readConsumerProperties(more.properties ?? {}, ({ message }) => {
        throw new Error(message);
      }),
      schema,
      createDecoder,
      unpack: more.unpack ?? ((_format, bytes) => bytes),
      maxRecordBytes: 1024,
      memory: testMemory,
      onDeadRecord: (record) => {
        this.dead.push(record);
      },
      connect: () => Promise.resolve(this.kafka.connect()),
      clock,
      timers,
      random,
      warn: (reason) => {
        this.warnings.push(reason);
      },
      ...more.options,
    });
  }

  open(source: KafkaSource, place?: SourcePlace): Promise<readonly SplitReader[]> {
    return this.platform.drive(source.open(place));
  }

  /** All rows of all splits of a bounded source, in turn; closes it. */
  async readAll(source: KafkaSource, place?: SourcePlace): Promise<Value[][]> {
    const readers = await this.open(source, place);
    const rows: Value[][] = [];
    for (const reader of readers) rows.push(...(await this.readToEnd(source, reader)));
    await source.close();
    return rows;
  }

  async readToEnd(source: KafkaSource, reader: SplitReader): Promise<Value[][]> {
    const rows: Value[][] = [];
    for (;;) {
      const polled = await this.pollOnce(source, reader);
      if (polled === null) return rows;
      rows.push(...polled);
    }
  }

  /** The rows of the next poll that has some; null at the end. */
  async pollOnce(source: KafkaSource, reader: SplitReader): Promise<Value[][] | null> {
    const batch = Batch.inMemory(source.schema, testMemory);
    for (;;) {
      batch.reset();
      const result = reader.poll(batch);
      if (result === 'ended') return null;
      if (result === 'rows') {
        const { kinds } = batch;
        return rowsOf(batch).map((row, index) => (kinds === null ? row : [kinds[index]!, ...row]));
      }
      await this.platform.drive(reader.ready());
    }
  }
}

export function createDecoder(schema: RowSchema, format: FormatOptions): RecordDecoder {
  switch (format.kind) {
    case 'json':
      return new JsonDecoder({ schema, memory: testMemory, ...format });
    case 'csv':
      return new CsvDecoder({ schema, ...format });
    case 'raw':
      return new RawDecoder({ schema, ...format });
  }
}

/** What the reader would write into a snapshot now. */
export function positionOf(reader: SplitReader): StateReader {
  const writer = new StateWriter();
  reader.snapshotState(writer);
  return new StateReader(writer.finish());
}
