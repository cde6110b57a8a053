/** A simulated world with a Kafka cluster, and a session of a command with it. */
import { withKafka } from '../../../src/cli/topic/open-kafka-session.ts';
import type { KafkaQuestion } from '../../../src/cli/topic/kafka-properties.ts';
import type { KafkaSession } from '../../../src/cli/topic/kafka-session.ts';
import type { KafkaClient } from '../../../src/platform/kafka.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
  type SimulationOptions,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { kafkaSettings, newTopic, send } from '../../support/kafka-client.ts';
import type { Written } from '../../support/kafka-records.ts';

export interface TopicWorld {
  readonly platform: SimulatedPlatform;
  /** What a command does, to its end. */
  readonly run: <T>(
    work: (session: KafkaSession) => Promise<T>,
    question?: Partial<KafkaQuestion>,
  ) => Promise<T>;
  /** Time passes until the promise settles. */
  readonly drive: <T>(promise: Promise<T>) => Promise<T>;
  /** Of somebody else. */
  readonly client: KafkaClient;
  readonly write: (
    partition: number,
    values: readonly string[],
    as?: { readonly written?: Written; readonly transactionalId?: string },
  ) => Promise<void>;
}

const terminal = {
  isInputTerminal: false,
  isOutputTerminal: false,
  isErrorTerminal: false,
  errorColumns: () => 80,
};

export const TOPIC = 'events';

/** With a topic `events` of so many partitions. */
export function topicWorld(
  partitionCount: number,
  options: Partial<SimulationOptions> & { readonly question?: Partial<KafkaQuestion> } = {},
): TopicWorld {
  const { question, ...simulation } = options;
  const platform = createSimulatedPlatform({
    seed: 1,
    kafka: { brokerCount: 3, topics: [newTopic(TOPIC, { partitionCount, replicationFactor: 3 })] },
    ...simulation,
  });
  const asked = {
    bootstrapServer: 'kafka-0:9092',
    commandConfig: null,
    pipeline: null,
    timeoutMs: null,
    ...question,
  };
  const client = platform.kafka.connect(kafkaSettings);
  return {
    platform,
    client,
    drive: (promise) => platform.drive(promise),
    run: (work, more) =>
      platform.drive(withKafka({ platform, terminal }, { ...asked, ...more }, work)),
    write: async (partition, values, as) => {
      const place = { topic: TOPIC, partition };
      const { error } = await platform.drive(send(client, place, values, as));
      if (error !== null) throw new Error(`${TOPIC}-${partition}: ${error}`);
    },
  };
}
