/** Fetch and Produce. Record batches go through as they are: nothing here looks into them. */
import type {
  FetchedPartition,
  FetchRequest,
  ProducedPartition,
  ProduceRequest,
} from '../../../kafka.ts';
import { readTopics, refuseOn, writeTopics, type KafkaRequest } from '../kafka-request.ts';
import type { WireReader } from '../wire-reader.ts';

export const FETCH_API_KEY = 1;

/** Beside their records, of topic and partition together. */
const PARTITION_BYTES = 300;

export function fetchRequest(request: FetchRequest): KafkaRequest<readonly FetchedPartition[]> {
  const { isolationLevel, maxWaitMs, minBytes, maxBytes, partitions } = request;
  return {
    name: 'Fetch',
    apiKey: FETCH_API_KEY,
    version: 10,
    subject: partitions[0]?.topic ?? null,
    isWrite: false,
    waitsMs: maxWaitMs,
    write(writer) {
      writer
        .int32(-1)
        .int32(maxWaitMs)
        .int32(minBytes)
        .int32(maxBytes)
        .int8(isolationLevel === 'read_committed' ? 1 : 0)
        // No session: each request says all of it.
        .int32(0)
        .int32(-1);
      writeTopics(writer, partitions, (position) => {
        writer
          .int32(position.partition)
          // No epoch of the leader, and no log start: a client, no replica.
          .int32(-1)
          .int64(position.offset)
          .int64(-1)
          .int32(position.maxBytes);
      });
      // Partitions that a session forgets.
      writer.int32(0);
    },
    read(reader) {
      reader.throttle();
      refuseOn(reader.error());
      // The session.
      reader.int32();
      return readTopics(reader, (topic) => readFetched(reader, topic));
    },
  };
}

function readFetched(reader: WireReader, topic: string): FetchedPartition {
  return {
    topic,
    partition: reader.int32(),
    error: reader.error(),
    highWatermark: reader.int64(),
    lastStableOffset: reader.int64(),
    logStartOffset: reader.int64(),
    abortedTransactions: reader.list(() => ({
      producerId: reader.int64(),
      firstOffset: reader.int64(),
    })),
    records: reader.bytesWithLength(),
  };
}

export function produceRequest(
  request: ProduceRequest,
): KafkaRequest<readonly ProducedPartition[]> {
  const { acks, timeoutMs, transactionalId, batches } = request;
  return {
    name: 'Produce',
    apiKey: 0,
    version: 7,
    subject: batches[0]?.topic ?? null,
    isWrite: true,
    isUnanswered: acks === 0,
    roomBytes: batches.reduce((sum, { records }) => sum + records.length + PARTITION_BYTES, 0),
    write(writer) {
      writer.string(transactionalId).int16(acks).int32(timeoutMs);
      writeTopics(writer, batches, ({ partition, records }) => {
        writer.int32(partition).bytesWithLength(records);
      });
    },
    read(reader) {
      if (acks === 0) return [];
      const produced = readTopics(reader, (topic) => {
        const partition = reader.int32();
        const error = reader.error();
        const baseOffset = reader.int64();
        // The time at which it was appended, and where the log starts.
        reader.int64();
        reader.int64();
        return { topic, partition, error, baseOffset: error === null ? baseOffset : null };
      });
      reader.throttle();
      return produced;
    },
  };
}
