/** Topics: made, deleted, and how they and the brokers are set. */
import type { KafkaSetting, NewTopic } from '../../../kafka.ts';
import { refuseOn, type KafkaRequest } from '../kafka-request.ts';
import type { WireReader } from '../wire-reader.ts';

export function createTopicRequest(topic: NewTopic, timeoutMs: number): KafkaRequest<void> {
  return {
    name: 'CreateTopics',
    apiKey: 19,
    // -1 for partitions and replicas is understood from version 4 on (Kafka 2.4).
    version: topic.partitionCount < 0 || topic.replicationFactor < 0 ? 4 : 3,
    subject: topic.name,
    isWrite: true,
    waitsMs: timeoutMs,
    write(writer) {
      writer.list([topic], ({ name, partitionCount, replicationFactor, configuration }) => {
        writer.string(name).int32(partitionCount).int16(replicationFactor);
        // Replicas by hand.
        writer.int32(0);
        writer.list(Object.entries(configuration), ([setting, value]) => {
          writer.string(setting).string(value);
        });
      });
      writer.int32(timeoutMs).boolean(false);
    },
    read(reader) {
      reader.throttle();
      reader.list(() => {
        reader.string();
        const error = reader.error();
        refuseOn(error, reader.nullableString());
      });
    },
  };
}

export function deleteTopicRequest(name: string, timeoutMs: number): KafkaRequest<void> {
  return {
    name: 'DeleteTopics',
    apiKey: 20,
    version: 1,
    subject: name,
    isWrite: true,
    waitsMs: timeoutMs,
    write(writer) {
      writer.list([name], (topic) => writer.string(topic)).int32(timeoutMs);
    },
    read(reader) {
      reader.throttle();
      reader.list(() => {
        reader.string();
        refuseOn(reader.error());
      });
    },
  };
}

const RESOURCE_TYPES = { topic: 2, broker: 4 } as const;
/** Where a value comes from when nobody has set it. */
const SOURCE_DEFAULT = 5;

export function settingsRequest(
  kind: 'topic' | 'broker',
  name: string,
): KafkaRequest<readonly KafkaSetting[]> {
  return {
    name: 'DescribeConfigs',
    apiKey: 32,
    version: 1,
    subject: kind === 'topic' ? name : `broker ${name}`,
    isWrite: false,
    write(writer) {
      writer
        .int32(1)
        .int8(RESOURCE_TYPES[kind])
        .string(name)
        // All settings, without their synonyms.
        .int32(-1)
        .boolean(false);
    },
    read(reader) {
      reader.throttle();
      return reader
        .list(() => {
          const error = reader.error();
          refuseOn(error, reader.nullableString());
          reader.int8();
          reader.string();
          return reader.list(() => readSetting(reader));
        })
        .flat();
    },
  };
}

function readSetting(reader: WireReader): KafkaSetting {
  const name = reader.string();
  const value = reader.nullableString();
  // Whether it can be set at all.
  reader.boolean();
  const isDefault = reader.int8() === SOURCE_DEFAULT;
  const isSecret = reader.boolean();
  reader.list(() => {
    reader.string();
    reader.nullableString();
    reader.int8();
  });
  return { name, value: isSecret ? null : value, isDefault };
}
