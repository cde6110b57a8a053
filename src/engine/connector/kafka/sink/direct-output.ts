/**
 * Rows of a sink that promises no more than at-least-once: they are sent with each flush. The
 * producer is idempotent, so that a batch that is sent again does not lie in the topic twice; where
 * a broker has lost what it knew of the producer, a new one sends what is not acknowledged.
 */
import { stampBatch } from '../../../../kafka/stamp-batch.ts';
import type { ProducerIdentity } from '../../../../platform/kafka.ts';
import { KafkaError } from '../../../../platform/kafka-error.ts';
import { kafkaFailure } from '../../../../platform/kafka-failure.ts';
import { retrying } from '../retrying.ts';
import { BatchSending, type BatchSendingOptions } from './batch-sending.ts';
import { PartitionSequences, type OutgoingBatch } from './outgoing-batch.ts';

export interface DirectOutputOptions {
  readonly node: string;
  readonly isIdempotent: boolean;
  readonly sending: BatchSendingOptions;
}

/** The broker does not know the producer, or not its last batches. */
const LOST_PRODUCER: ReadonlySet<string> = new Set([
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);
/** Of one flush. */
const NEW_PRODUCERS_MAX = 10;
const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 1_000;
/** It numbers batches only, and has no transactions. */
const TRANSACTION_TIMEOUT_MS = 60_000;

export class DirectOutput {
  private readonly options: DirectOutputOptions;
  private readonly sending: BatchSending;
  private identity: ProducerIdentity | null = null;
  private sequences = new PartitionSequences();

  constructor(options: DirectOutputOptions) {
    this.options = options;
    this.sending = new BatchSending(options.sending);
  }

  /** Resolves when all are acknowledged. Rejects with a DreyError. */
  async send(batches: readonly OutgoingBatch[]): Promise<void> {
    const left = [...batches];
    const { node, isIdempotent } = this.options;
    for (let producers = 0; left.length > 0; producers++) {
      if (isIdempotent) await this.stamp(left);
      try {
        await this.sending.send(left, null);
      } catch (failure) {
        const isLost = failure instanceof KafkaError && LOST_PRODUCER.has(failure.reason);
        if (!isIdempotent || !isLost || producers === NEW_PRODUCERS_MAX) {
          throw kafkaFailure(failure, node);
        }
        this.identity = null;
      }
    }
  }

  private async stamp(batches: readonly OutgoingBatch[]): Promise<void> {
    const { producerId, epoch } = (this.identity ??= await this.initProducer());
    for (const { partition, recordCount, records } of batches) {
      const baseSequence = this.sequences.take(partition, recordCount);
      stampBatch(records, { producerId, epoch, baseSequence, isTransactional: false });
    }
  }

  private initProducer(): Promise<ProducerIdentity> {
    const { node, sending } = this.options;
    const { client, deliveryTimeoutMs: limitMs } = sending;
    this.sequences = new PartitionSequences();
    const request = { transactionalId: null, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS };
    return retrying(() => client.initProducer(request), {
      ...sending,
      node,
      limitMs,
      firstMs: RETRY_FIRST_MS,
      maxMs: RETRY_MAX_MS,
    });
  }
}
