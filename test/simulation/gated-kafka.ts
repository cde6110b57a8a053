/** Kafka as a process has it that may be dead or stand still: nothing goes out, nothing comes in. */
import type { Kafka, KafkaClient } from '../../src/platform/kafka.ts';

/** Passes when the process runs; never when it is dead. */
export type Pass = () => Promise<void>;

export function gatedKafka(inner: Kafka, pass: Pass): Kafka {
  return { connect: (settings) => gatedClient(inner.connect(settings), pass) };
}

function gatedClient(client: KafkaClient, pass: Pass): KafkaClient {
  const gated =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await pass();
      try {
        return await call(...args);
      } finally {
        await pass();
      }
    };
  return {
    metadata: gated((topics) => client.metadata(topics)),
    listOffsets: gated((...args) => client.listOffsets(...args)),
    fetch: gated((...args) => client.fetch(...args)),
    produce: gated((...args) => client.produce(...args)),
    initProducer: gated((request) => client.initProducer(request)),
    addPartitionsToTransaction: gated((...args) => client.addPartitionsToTransaction(...args)),
    addGroupToTransaction: gated((...args) => client.addGroupToTransaction(...args)),
    commitOffsetsInTransaction: gated((...args) => client.commitOffsetsInTransaction(...args)),
    endTransaction: gated((...args) => client.endTransaction(...args)),
    committedOffsets: gated((...args) => client.committedOffsets(...args)),
    commitOffsets: gated((...args) => client.commitOffsets(...args)),
    createTopic: gated((topic) => client.createTopic(topic)),
    deleteTopic: gated((name) => client.deleteTopic(name)),
    topicSettings: gated((topic) => client.topicSettings(topic)),
    brokerSettings: gated((node) => client.brokerSettings(node)),
    listGroups: gated(() => client.listGroups()),
    describeGroup: gated((group) => client.describeGroup(group)),
    close: gated(() => client.close()),
  };
}
