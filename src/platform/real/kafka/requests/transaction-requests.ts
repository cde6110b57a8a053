/** The requests of a producer with an identity, in the order of a transaction. */
import type {
  GroupOffset,
  InitProducerRequest,
  ProducerIdentity,
  TopicPartition,
  TransactionalProducer,
} from '../../../kafka.ts';
import {
  readResults,
  refuseOn,
  refuseOnAny,
  writeTopics,
  type KafkaRequest,
} from '../kafka-request.ts';
import type { WireWriter } from '../wire-writer.ts';

export function initProducerRequest(request: InitProducerRequest): KafkaRequest<ProducerIdentity> {
  const { transactionalId, transactionTimeoutMs } = request;
  return {
    name: 'InitProducerId',
    apiKey: 22,
    version: 1,
    subject: transactionalId,
    isWrite: true,
    write(writer) {
      writer.string(transactionalId).int32(transactionTimeoutMs);
    },
    read(reader) {
      reader.throttle();
      refuseOn(reader.error());
      return { producerId: reader.int64(), epoch: reader.int16() };
    },
  };
}

export function addPartitionsRequest(
  producer: TransactionalProducer,
  partitions: readonly TopicPartition[],
): KafkaRequest<void> {
  return {
    name: 'AddPartitionsToTxn',
    apiKey: 24,
    version: 1,
    subject: producer.transactionalId,
    isWrite: true,
    write(writer) {
      writeProducer(writer, producer);
      writeTopics(writer, partitions, ({ partition }) => writer.int32(partition));
    },
    read(reader) {
      reader.throttle();
      refuseOnAny(readResults(reader));
    },
  };
}

export function addGroupRequest(
  producer: TransactionalProducer,
  group: string,
): KafkaRequest<void> {
  return {
    name: 'AddOffsetsToTxn',
    apiKey: 25,
    version: 1,
    subject: producer.transactionalId,
    isWrite: true,
    write(writer) {
      writeProducer(writer, producer);
      writer.string(group);
    },
    read(reader) {
      reader.throttle();
      refuseOn(reader.error());
    },
  };
}

/** Goes to the coordinator of the group. */
export function transactionOffsetsRequest(
  producer: TransactionalProducer,
  group: string,
  offsets: readonly GroupOffset[],
): KafkaRequest<void> {
  return {
    name: 'TxnOffsetCommit',
    apiKey: 28,
    version: 1,
    subject: group,
    isWrite: true,
    write(writer) {
      writer
        .string(producer.transactionalId)
        .string(group)
        .int64(producer.producerId)
        .int16(producer.epoch);
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

export function endTransactionRequest(
  producer: TransactionalProducer,
  result: 'commit' | 'abort',
): KafkaRequest<void> {
  return {
    name: 'EndTxn',
    apiKey: 26,
    version: 1,
    subject: producer.transactionalId,
    isWrite: true,
    write(writer) {
      writeProducer(writer, producer);
      writer.boolean(result === 'commit');
    },
    read(reader) {
      reader.throttle();
      refuseOn(reader.error());
    },
  };
}

function writeProducer(writer: WireWriter, producer: TransactionalProducer): void {
  writer.string(producer.transactionalId).int64(producer.producerId).int16(producer.epoch);
}
