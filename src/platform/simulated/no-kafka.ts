/** Kafka of a world that has none: every request finds nobody. */
import type { Kafka, KafkaClient, KafkaSettings } from '../kafka.ts';
import { KafkaError } from '../kafka-error.ts';

export const noKafka: Kafka = { connect: clientOfNobody };

function clientOfNobody(settings: KafkaSettings): KafkaClient {
  const unreachable = (request: string) => (): Promise<never> => {
    return Promise.reject(
      new KafkaError({
        request,
        server: settings.bootstrapServers.join(', '),
        subject: null,
        reason: 'unreachable',
        detail: 'nobody listens there',
        outcome: 'not-done',
      }),
    );
  };
  return {
    metadata: unreachable('Metadata'),
    listOffsets: unreachable('ListOffsets'),
    fetch: unreachable('Fetch'),
    produce: unreachable('Produce'),
    initProducer: unreachable('InitProducerId'),
    addPartitionsToTransaction: unreachable('AddPartitionsToTxn'),
    addGroupToTransaction: unreachable('AddOffsetsToTxn'),
    commitOffsetsInTransaction: unreachable('TxnOffsetCommit'),
    endTransaction: unreachable('EndTxn'),
    committedOffsets: unreachable('OffsetFetch'),
    commitOffsets: unreachable('OffsetCommit'),
    createTopic: unreachable('CreateTopics'),
    deleteTopic: unreachable('DeleteTopics'),
    topicSettings: unreachable('DescribeConfigs'),
    brokerSettings: unreachable('DescribeConfigs'),
    listGroups: unreachable('ListGroups'),
    describeGroup: unreachable('DescribeGroups'),
    close: () => Promise.resolve(),
  };
}
