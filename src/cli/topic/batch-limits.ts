/** How large a batch and a record may be, from what the topic takes. */
import { BATCH_HEADER_BYTES } from '../../kafka/batch-header.ts';
import { ifAllowed } from './if-allowed.ts';
import type { KafkaSession } from './kafka-session.ts';
import { RECORD_OVERHEAD_BYTES } from './topic-producer.ts';

export interface BatchLimits {
  /** With the header. */
  readonly batchBytesMax: number;
  /** Of key and value together. */
  readonly recordBytesMax: number;
}

/** As Kafka's default of `message.max.bytes`. */
const MESSAGE_BYTES_DEFAULT = 1_048_588;
/** Larger ones gain nothing; as large as Kafka's default for one request to one partition. */
const BATCH_BYTES_MAX = 256 * 1024;
/** A line is held whole, whatever the topic takes. */
const RECORD_BYTES_MAX = 64 * 1024 * 1024;

export async function batchLimits(session: KafkaSession, topic: string): Promise<BatchLimits> {
  // To write into a topic and to read its settings are two permissions.
  const settings = await ifAllowed(
    session.requests.again(() => session.client.topicSettings(topic)),
  );
  const text = settings?.find(({ name }) => name === 'max.message.bytes')?.value ?? '';
  const messageBytesMax = /^\d+$/.test(text) ? Number(text) : MESSAGE_BYTES_DEFAULT;
  const overhead = BATCH_HEADER_BYTES + RECORD_OVERHEAD_BYTES;
  return {
    batchBytesMax: Math.min(BATCH_BYTES_MAX, messageBytesMax),
    recordBytesMax: Math.max(0, Math.min(RECORD_BYTES_MAX, messageBytesMax - overhead)),
  };
}
