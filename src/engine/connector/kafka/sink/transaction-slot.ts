/**
 * Carries out what SlotProtocol decides for one transactional id: the requests, the pauses, and the
 * rows of an epoch stamped with the producer that sends them.
 * Invariant: within one producer's life a batch keeps its sequence numbers, however often it is sent.
 */
import { assert } from '../../../../errors/assert.ts';
import { stampBatch } from '../../../../kafka/stamp-batch.ts';
import type {
  KafkaClient,
  ProducerIdentity,
  TransactionalProducer,
} from '../../../../platform/kafka.ts';
import { KafkaError } from '../../../../platform/kafka-error.ts';
import { partitionFailure } from '../../../../platform/kafka-failure.ts';
import { RetryDelay } from '../retry-delay.ts';
import { pause } from '../retrying.ts';
import { BatchSending, type BatchSendingOptions } from './batch-sending.ts';
import { markerText, parseMarker, type CommitMarker, type EpochLabel } from './commit-marker.ts';
import type { MarkerTopic } from './marker-topic.ts';
import { PartitionSequences, type OutgoingBatch } from './outgoing-batch.ts';
import { groupTaken, slotGivenUp } from './sink-failure.ts';
import {
  SlotProtocol,
  type SlotEffect,
  type SlotEvent,
  type SlotProtocolOptions,
  type SlotTask,
} from './slot-protocol.ts';

/** What was written between two snapshots, waiting for its checkpoint. */
export interface PendingEpoch {
  readonly label: EpochLabel;
  readonly batches: readonly OutgoingBatch[];
}

export interface TransactionSlotOptions extends SlotProtocolOptions {
  /** As messages name the sink: `sink result`. */
  readonly node: string;
  readonly transactionalId: string;
  /** Consumer group that the marker is an offset of. */
  readonly group: string;
  readonly transactionTimeoutMs: number;
  readonly sending: BatchSendingOptions;
  /** Keeps the marker when the group's offset has expired; null: there is none. */
  readonly markerTopic: MarkerTopic | null;
  /** Rejects when another run of the job has taken over. */
  readonly checkAllowed: () => Promise<void>;
}

const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 1_000;

export class TransactionSlot {
  private readonly options: TransactionSlotOptions;
  private readonly protocol: SlotProtocol;
  private readonly client: KafkaClient;
  private readonly batchSending: BatchSending;
  private readonly markerSending: BatchSending | null;
  private readonly delay: RetryDelay;
  private identity: ProducerIdentity | null = null;
  private sequences = new PartitionSequences();
  private markerSequences = new PartitionSequences();
  /** What the transaction under way has still to send; null: it has not begun to. */
  private outgoing: OutgoingBatch[] | null = null;
  private outgoingMarker: OutgoingBatch[] | null = null;
  private committing: PendingEpoch | null = null;

  constructor(options: TransactionSlotOptions) {
    this.options = options;
    this.protocol = new SlotProtocol(options);
    this.client = options.sending.client;
    this.batchSending = new BatchSending(options.sending);
    const { markerTopic } = options;
    this.markerSending = markerTopic === null ? null : new BatchSending(markerTopic.sending);
    const { random } = options.sending;
    this.delay = new RetryDelay({ firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, random });
  }

  /** Of this run; after the claim. */
  get generation(): number {
    return this.protocol.generation;
  }

  /** Takes the slot, so that no other run writes to it any more; first of all. */
  claim(restored: readonly EpochLabel[]): Promise<void> {
    return this.perform({ kind: 'claim', restored });
  }

  /** Makes an epoch visible, unless it is already. */
  async commit(epoch: PendingEpoch): Promise<void> {
    this.committing = epoch;
    await this.perform({ kind: 'commit', label: epoch.label });
    this.committing = null;
  }

  /** Writes the marker anew, before the broker forgets it. */
  refresh(): Promise<void> {
    return this.perform({ kind: 'refresh' });
  }

  private async perform(task: SlotTask): Promise<void> {
    let effect = this.on({ kind: 'begin', task });
    while (effect.kind !== 'settled') {
      if (effect.kind === 'give-up') {
        if (effect.why.kind === 'in-vain') await this.abortQuietly();
        throw slotGivenUp(effect.why, this.options);
      }
      effect = this.on(await this.carryOut(effect));
    }
    this.outgoing = null;
    this.outgoingMarker = null;
  }

  private on(event: SlotEvent): SlotEffect {
    return this.protocol.on(event, this.options.sending.clock.monotonicMs());
  }

  private async carryOut(effect: SlotEffect): Promise<SlotEvent> {
    try {
      if (effect.kind === 'read-marker') return { kind: 'marker', marker: await this.readMarker() };
      await this.request(effect);
      return { kind: 'done' };
    } catch (failure) {
      if (!(failure instanceof KafkaError)) throw failure;
      return { kind: 'failed', failure };
    }
  }

  private request(effect: SlotEffect): Promise<void> {
    const { client, options } = this;
    const { group, sending } = options;
    switch (effect.kind) {
      case 'init-producer':
        return this.initProducer();
      case 'check-allowed':
        return options.checkAllowed();
      case 'wait':
        return pause(this.delay.afterMs(effect.failures), sending.timers);
      case 'add-partitions':
        return this.addPartitions();
      case 'send-rows':
        return this.sendRows(effect.marker);
      case 'add-group':
        return client.addGroupToTransaction(this.producer, group);
      case 'write-marker':
        return this.writeMarker(effect.marker);
      case 'end-transaction':
        return client.endTransaction(this.producer, 'commit');
      case 'read-marker':
      case 'settled':
      case 'give-up':
        assert(false, `${effect.kind} is no request without an answer`);
    }
  }

  private get producer(): TransactionalProducer {
    assert(this.identity !== null, 'a producer is initialised first');
    return { ...this.identity, transactionalId: this.options.transactionalId };
  }

  private async initProducer(): Promise<void> {
    const { transactionalId, transactionTimeoutMs } = this.options;
    this.identity = await this.client.initProducer({ transactionalId, transactionTimeoutMs });
    this.sequences = new PartitionSequences();
    this.markerSequences = new PartitionSequences();
    this.outgoing = null;
    this.outgoingMarker = null;
  }

  private async readMarker(): Promise<CommitMarker | null> {
    const { group, sending } = this.options;
    const place = { topic: sending.topic, partition: 0 };
    const [found] = await this.client.committedOffsets(group, [place]);
    if (found === undefined || found.error !== null) {
      const about = { request: 'OffsetFetch', server: sending.server, subject: group };
      throw partitionFailure(about, found?.error ?? 'UNKNOWN_SERVER_ERROR');
    }
    if (found.offset === null) return (await this.options.markerTopic?.read()) ?? null;
    const marker = parseMarker(found.metadata);
    if (marker === null) throw groupTaken(this.options, sending.topic);
    return marker;
  }

  private async writeMarker(marker: CommitMarker): Promise<void> {
    const { group, sending } = this.options;
    const place = { topic: sending.topic, partition: 0 };
    // The number is for those who look at the group; only the text counts.
    const offset = marker.generation;
    const metadata = markerText(marker);
    await this.client.commitOffsetsInTransaction(this.producer, group, [
      { ...place, offset, metadata },
    ]);
  }

  private async addPartitions(): Promise<void> {
    const { sending, markerTopic } = this.options;
    const { topic } = sending;
    const partitions = new Set(this.committing?.batches.map(({ partition }) => partition));
    const places = [...partitions].map((partition) => ({ topic, partition }));
    if (markerTopic !== null) places.push(await markerTopic.place());
    if (places.length > 0) await this.client.addPartitionsToTransaction(this.producer, places);
  }

  private async sendRows(marker: CommitMarker): Promise<void> {
    const { transactionalId, markerTopic } = this.options;
    this.outgoing ??= this.stamped(this.committing?.batches ?? [], this.sequences);
    await this.batchSending.send(this.outgoing, transactionalId);
    if (markerTopic === null || this.markerSending === null) return;
    this.outgoingMarker ??= this.stamped([await markerTopic.batchOf(marker)], this.markerSequences);
    await this.markerSending.send(this.outgoingMarker, transactionalId);
  }

  private stamped(
    batches: readonly OutgoingBatch[],
    sequences: PartitionSequences,
  ): OutgoingBatch[] {
    const { producerId, epoch } = this.producer;
    for (const { partition, recordCount, records } of batches) {
      const baseSequence = sequences.take(partition, recordCount);
      stampBatch(records, { producerId, epoch, baseSequence, isTransactional: true });
    }
    return [...batches];
  }

  /** So that readers need not wait for its timeout. It would end all the same. */
  private async abortQuietly(): Promise<void> {
    if (this.identity === null) return;
    try {
      await this.client.endTransaction(this.producer, 'abort');
    } catch (failure) {
      if (!(failure instanceof KafkaError)) throw failure;
    }
  }
}
