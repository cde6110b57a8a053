/**
 * Opens a session with a Kafka cluster and closes it after the work, whatever comes. What Kafka
 * refused, or did not answer, leaves here as an error with a code.
 */
import { kafkaFailure } from '../../platform/kafka-failure.ts';
import { readKafkaSettings } from '../../platform/kafka-settings.ts';
import { StatusLine } from '../cluster/status-line.ts';
import type { World } from '../report-failure.ts';
import { kafkaProperties, type KafkaQuestion } from './kafka-properties.ts';
import { KafkaRequests, type KafkaSession } from './kafka-session.ts';

const TIMEOUT_DEFAULT_MS = 30_000;
/** A batch that unpacks to more is no batch. */
const UNPACKED_BYTES_MAX = 128 * 1024 * 1024;
/** So often one that is lost on the way can be sent in the time of all requests together. */
const TRIES_IN_TIMEOUT = 3;

export async function withKafka<T>(
  world: World,
  question: KafkaQuestion,
  work: (session: KafkaSession) => Promise<T>,
): Promise<T> {
  const { platform, terminal } = world;
  const status = new StatusLine(platform.streams, terminal);
  const given = await kafkaProperties(question, platform);
  for (const warning of given.warnings) status.note(warning);
  const limitMs = question.timeoutMs ?? TIMEOUT_DEFAULT_MS;
  const tryMs = Math.ceil(limitMs / TRIES_IN_TIMEOUT);
  const settings = await readKafkaSettings(given.properties, platform);
  const client = platform.kafka.connect({
    ...settings,
    connectTimeoutMs: Math.min(settings.connectTimeoutMs, tryMs),
    requestTimeoutMs: Math.min(settings.requestTimeoutMs, tryMs),
  });
  try {
    return await work({
      client,
      requests: new KafkaRequests(platform, limitMs),
      servers: settings.bootstrapServers.join(','),
      pipelineTopic: given.topic,
      group: given.properties['group.id'] ?? null,
      world,
      status,
      unpack: (format, packed) =>
        platform.compression.unpackBlock(format, packed, UNPACKED_BYTES_MAX),
    });
  } catch (failure) {
    throw kafkaFailure(failure);
  } finally {
    status.end();
    await client.close();
  }
}
