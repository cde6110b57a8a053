/** Requests about the cluster: which versions it speaks, who leads what, who coordinates whom. */
import type {
  FoundOffset,
  IsolationLevel,
  KafkaBroker,
  KafkaMetadata,
  KafkaTopic,
  OffsetQuery,
} from '../../../kafka.ts';
import { readTopics, refuseOn, writeTopics, type KafkaRequest } from '../kafka-request.ts';
import type { WireReader } from '../wire-reader.ts';

export interface ApiVersionRange {
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** By the number of the request. */
export type ApiVersions = Readonly<Record<number, ApiVersionRange>>;

export const apiVersionsRequest: KafkaRequest<ApiVersions> = {
  name: 'ApiVersions',
  apiKey: 18,
  version: 0,
  subject: null,
  isWrite: false,
  write() {},
  read(reader) {
    refuseOn(reader.error());
    const versions: Record<number, ApiVersionRange> = {};
    reader.list(() => {
      versions[reader.int16()] = { minVersion: reader.int16(), maxVersion: reader.int16() };
    });
    return versions;
  },
};

export interface ClusterMetadata extends KafkaMetadata {
  /** To whom topics are made and deleted at; brokers without ZooKeeper all pass it on. */
  readonly controller: number;
}

export function metadataRequest(topics: readonly string[] | 'all'): KafkaRequest<ClusterMetadata> {
  return {
    name: 'Metadata',
    apiKey: 3,
    version: 5,
    subject: topics === 'all' || topics.length === 0 ? null : topics.join(', '),
    isWrite: false,
    write(writer) {
      // The last one: a topic that is missing is not made.
      writer.list(topics === 'all' ? null : topics, (topic) => writer.string(topic)).boolean(false);
    },
    read(reader) {
      reader.throttle();
      const brokers = reader.list(() => readBroker(reader));
      // The id of the cluster.
      reader.nullableString();
      const controller = reader.int32();
      return { brokers, controller, topics: reader.list(() => readTopic(reader)) };
    },
  };
}

function readBroker(reader: WireReader): KafkaBroker {
  const broker = { node: reader.int32(), host: reader.string(), port: reader.int32() };
  // Its rack.
  reader.nullableString();
  return broker;
}

function readTopic(reader: WireReader): KafkaTopic {
  const error = reader.error();
  const name = reader.string();
  const isInternal = reader.boolean();
  const partitions = reader.list(() => {
    // LEADER_NOT_AVAILABLE and the like, which the leader says as well.
    reader.int16();
    const partition = reader.int32();
    const leader = reader.int32();
    const replicas = reader.int32List();
    const inSyncReplicas = reader.int32List();
    // Those that are down.
    reader.int32List();
    return { partition, leader: leader < 0 ? null : leader, replicas, inSyncReplicas };
  });
  const inOrder = [...partitions].sort((a, b) => a.partition - b.partition);
  return { name, error, isInternal, partitions: inOrder };
}

export type CoordinatorKind = 'group' | 'transaction';

export function findCoordinatorRequest(
  kind: CoordinatorKind,
  key: string,
): KafkaRequest<KafkaBroker> {
  return {
    name: 'FindCoordinator',
    apiKey: 10,
    version: 1,
    subject: key,
    isWrite: false,
    write(writer) {
      writer.string(key).int8(kind === 'group' ? 0 : 1);
    },
    read(reader) {
      reader.throttle();
      const error = reader.error();
      refuseOn(error, reader.nullableString());
      return { node: reader.int32(), host: reader.string(), port: reader.int32() };
    },
  };
}

const LATEST = -1;
const EARLIEST = -2;

export function listOffsetsRequest(
  isolationLevel: IsolationLevel,
  queries: readonly OffsetQuery[],
): KafkaRequest<readonly FoundOffset[]> {
  return {
    name: 'ListOffsets',
    apiKey: 2,
    version: 2,
    subject: queries[0]?.topic ?? null,
    isWrite: false,
    write(writer) {
      // -1: a client, no replica.
      writer.int32(-1).int8(isolationLevel === 'read_committed' ? 1 : 0);
      writeTopics(writer, queries, ({ partition, at }) => {
        writer.int32(partition).int64(at === 'earliest' ? EARLIEST : at === 'latest' ? LATEST : at);
      });
    },
    read(reader) {
      reader.throttle();
      return readTopics(reader, (topic) => {
        const partition = reader.int32();
        const error = reader.error();
        // The time of the record.
        reader.int64();
        const offset = reader.int64();
        return { topic, partition, error, offset: offset < 0 ? null : offset };
      });
    },
  };
}
