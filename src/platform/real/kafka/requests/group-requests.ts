/** Groups: their offsets, and who is in them. */
import type { CommittedOffset, GroupOffset, KafkaGroup, TopicPartition } from '../../../kafka.ts';
import {
  readResults,
  readTopics,
  refuseOn,
  refuseOnAny,
  writeTopics,
  type KafkaRequest,
} from '../kafka-request.ts';
import { UnusableAnswer, type WireReader } from '../wire-reader.ts';

export function committedOffsetsRequest(
  group: string,
  partitions: readonly TopicPartition[] | 'all',
): KafkaRequest<readonly CommittedOffset[]> {
  return {
    name: 'OffsetFetch',
    apiKey: 9,
    version: 3,
    subject: group,
    isWrite: false,
    write(writer) {
      writer.string(group);
      writeTopics(writer, partitions === 'all' ? null : partitions, ({ partition }) =>
        writer.int32(partition),
      );
    },
    read(reader) {
      reader.throttle();
      const offsets = readTopics(reader, (topic) => readCommitted(reader, topic));
      refuseOn(reader.error());
      return offsets;
    },
  };
}

function readCommitted(reader: WireReader, topic: string): CommittedOffset {
  const partition = reader.int32();
  const offset = reader.int64();
  const metadata = reader.string();
  return {
    topic,
    partition,
    offset: offset < 0 ? null : offset,
    metadata,
    error: reader.error(),
  };
}

export function commitOffsetsRequest(
  group: string,
  offsets: readonly GroupOffset[],
): KafkaRequest<void> {
  return {
    name: 'OffsetCommit',
    apiKey: 8,
    version: 3,
    subject: group,
    isWrite: true,
    write(writer) {
      // No generation, no member; kept as long as the brokers keep offsets.
      writer.string(group).int32(-1).string('').int64(-1);
      writeTopics(writer, offsets, ({ partition, offset, metadata }) => {
        writer.int32(partition).int64(offset).string(metadata);
      });
    },
    read(reader) {
      reader.throttle();
      refuseOnAny(readResults(reader));
    },
  };
}

/** Of the groups that the broker coordinates. */
export const listGroupsRequest: KafkaRequest<readonly string[]> = {
  name: 'ListGroups',
  apiKey: 16,
  version: 1,
  subject: null,
  isWrite: false,
  write() {},
  read(reader) {
    reader.throttle();
    refuseOn(reader.error());
    return reader.list(() => {
      const group = reader.string();
      // The kind of its protocol, which DescribeGroups says as well.
      reader.string();
      return group;
    });
  },
};

export function describeGroupsRequest(
  groups: readonly string[],
): KafkaRequest<readonly KafkaGroup[]> {
  return {
    name: 'DescribeGroups',
    apiKey: 15,
    version: 1,
    subject: groups[0] ?? null,
    isWrite: false,
    write(writer) {
      writer.list(groups, (group) => writer.string(group));
    },
    read(reader) {
      reader.throttle();
      return reader.list(() => readGroup(reader));
    },
  };
}

/** A group that nobody knows is described as well, as Dead. */
export function describeGroupRequest(group: string): KafkaRequest<KafkaGroup> {
  const one = describeGroupsRequest([group]);
  return {
    ...one,
    read(reader) {
      const [described] = one.read(reader);
      if (described === undefined) throw new UnusableAnswer('it names no group');
      return described;
    },
  };
}

function readGroup(reader: WireReader): KafkaGroup {
  refuseOn(reader.error());
  const group = reader.string();
  const state = reader.string();
  const protocolType = reader.string();
  // How partitions are shared out.
  reader.string();
  const members = reader.list(() => {
    const member = {
      memberId: reader.string(),
      clientId: reader.string(),
      host: reader.string(),
    };
    // What it wants and what it has, in the words of its protocol.
    reader.bytesWithLength();
    reader.bytesWithLength();
    return member;
  });
  return { group, protocolType, state, members };
}
