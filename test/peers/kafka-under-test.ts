/** What a test must know of a running Kafka cluster, as plain values: it crosses processes. */
import type { KafkaPeer } from './kafka-broker.ts';
import { kafkaListeners, type KafkaCertificates, type KafkaListener } from './kafka-settings.ts';

export interface KafkaUnderTest {
  /** Per listener, `host:port` of each broker. */
  readonly servers: Readonly<Record<KafkaListener, readonly string[]>>;
  readonly certificates: KafkaCertificates | null;
  readonly home: string;
}

export const KAFKA_VARIABLE = 'DREY_TEST_KAFKA';

export function kafkaUnderTest(peer: KafkaPeer): KafkaUnderTest {
  const servers: Record<KafkaListener, readonly string[]> = {
    PLAINTEXT: [],
    SASL_PLAINTEXT: [],
    SASL_SSL: [],
    SSL: [],
    MTLS: [],
  };
  for (const listener of kafkaListeners) servers[listener] = peer.bootstrapServers(listener);
  return { servers, certificates: peer.certificates, home: peer.home };
}

/** The cluster that the tests were started for. */
export function givenKafka(): KafkaUnderTest {
  const text = process.env[KAFKA_VARIABLE];
  if (text === undefined)
    throw new Error(`${KAFKA_VARIABLE} is missing: npm run test:kafka sets it`);
  return JSON.parse(text) as KafkaUnderTest;
}
