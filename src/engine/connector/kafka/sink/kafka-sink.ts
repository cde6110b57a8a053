/**
 * The `kafka` sink: rows as records of a topic. At least once they are sent with each flush; exactly
 * once they become visible with the checkpoint that covers them, or at the end of a bounded input.
 * Invariant: rows that a snapshot has left are committed before the first new row is taken,
 * whatever the sink promises now.
 */
import { assert } from '../../../../errors/assert.ts';
import { propertyError } from '../../../../kafka/client-property-error.ts';
import {
  readProducerProperties,
  type ProducerProperties,
} from '../../../../kafka/producer-properties.ts';
import type { BatchPacking } from '../../../../kafka/record-batch-writer.ts';
import type { Clock } from '../../../../platform/clock.ts';
import type { KafkaClient } from '../../../../platform/kafka.ts';
import type { Random } from '../../../../platform/random.ts';
import type { Timers } from '../../../../platform/timers.ts';
import type { Batch, RowSchema } from '../../../batch/batch.ts';
import type { RestoredState, SnapshotWriter } from '../../../state/operator-snapshot.ts';
import type { Sink, SinkRecovery } from '../../contract.ts';
import { PartitionLeaders } from '../partition-leaders.ts';
import type { BatchSendingOptions } from './batch-sending.ts';
import { DirectOutput } from './direct-output.ts';
import type { CreateEncoder } from './field-bytes.ts';
import type { KafkaSinkSpec } from './kafka-sink-spec.ts';
import { restoredSlots, type RestoredSlot, type SlotNames } from './kafka-sink-state.ts';
import { MarkerTopic } from './marker-topic.ts';
import { openTopic } from './open-topic.ts';
import { PartitionBatches } from './partition-batches.ts';
import { RowRecords } from './row-records.ts';
import { TransactionSlot } from './transaction-slot.ts';
import { TransactionalOutput } from './transactional-output.ts';

export interface KafkaSinkOptions {
  /** Name of the sink node. */
  readonly name: string;
  readonly spec: KafkaSinkSpec;
  readonly schema: RowSchema;
  readonly createEncoder: CreateEncoder;
  /** Reads certificates; sends nothing yet. */
  readonly connect: () => Promise<KafkaClient>;
  readonly pack: (format: BatchPacking['format'], bytes: Uint8Array) => Uint8Array;
  readonly subtask?: number;
  readonly parallelism?: number;
  /** Rejects when another run has taken over. */
  readonly checkAllowed?: () => Promise<void>;
}

/** The parts of the platform that a Kafka sink needs. */
export interface KafkaSinkPlatform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

/** Rows that were not sent yet, at least once: one batch for each of some partitions. */
const FLUSH_BYTES = 4 * 1024 * 1024;
const RUN_BYTES = 5;

/** What is there once the topic is known. */
interface OpenSink {
  readonly rows: RowRecords;
  readonly batches: PartitionBatches;
  readonly output: DirectOutput | TransactionalOutput;
}

export class KafkaSink implements Sink {
  readonly recovery: SinkRecovery;
  private readonly options: KafkaSinkOptions;
  private readonly platform: KafkaSinkPlatform;
  private readonly producer: ProducerProperties;
  private readonly subtask: number;
  private readonly run: string;
  private client: KafkaClient | null = null;
  private restored: readonly RestoredSlot[] = [];
  private open_: OpenSink | null = null;
  /** Resolves when no commit is under way: they come one after the other. */
  private committing: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(options: KafkaSinkOptions, platform: KafkaSinkPlatform) {
    this.options = options;
    this.platform = platform;
    this.producer = readProducerProperties(options.spec.properties, ({ name, message }) => {
      throw propertyError(name, `cannot be used: ${message}`);
    });
    this.subtask = options.subtask ?? 0;
    this.run = Array.from(platform.random.bytes(RUN_BYTES), hexOf).join('');
    this.recovery = {
      snapshotState: (snapshot) => {
        this.snapshotState(snapshot);
      },
      // The checkpoint itself holds the rows.
      durable: () => Promise.resolve(),
      commitUpTo: (checkpointId) => this.inTurn(() => this.commitUpTo(checkpointId)),
      restoreState: (restored) => {
        this.restoreState(restored);
      },
    };
  }

  get isFull(): boolean {
    const { output, batches } = this.opened;
    return output instanceof DirectOutput && batches.sizeBytes >= FLUSH_BYTES;
  }

  async open(): Promise<void> {
    assert(this.client === null, 'a sink is opened once');
    const { spec, schema, createEncoder } = this.options;
    this.client = await this.options.connect();
    const sending = this.sendingTo(spec.topic);
    const { partitionCount, batchBytesMax } = await openTopic(this.node, this.producer, sending);
    const slot = await this.takeSlots();
    const { subtask, node } = this;
    const rows = new RowRecords({
      node,
      spec,
      schema,
      createEncoder,
      subtask,
      partitionCount,
    });
    const closed = (partition: number): void => {
      rows.closed(partition);
    };
    const packing = this.packing();
    const batches = new PartitionBatches({ partitionCount, batchBytesMax, packing, closed });
    const isIdempotent = spec.guarantee.kind !== 'none';
    const output =
      slot === null
        ? new DirectOutput({ node, isIdempotent, sending })
        : this.transactionalOutput(slot);
    this.open_ = { rows, batches, output };
  }

  write(batch: Batch): void {
    const { rows, batches, output } = this.opened;
    rows.write(batch, this.platform.clock.nowMs(), batches);
    if (output instanceof TransactionalOutput) output.checkRoom(batches.sizeBytes);
  }

  async flush(): Promise<boolean> {
    const { output, batches } = this.opened;
    if (output instanceof DirectOutput && batches.sizeBytes > 0) await output.send(batches.take());
    return true;
  }

  async commit(): Promise<void> {
    await this.flush();
    const { output, batches } = this.opened;
    if (output instanceof DirectOutput) return;
    await this.inTurn(async () => {
      // Whoever takes over after the answer reads the same rows again.
      await this.options.checkAllowed?.();
      await output.commitAll(batches.take());
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    // Ends what is under way: another attempt may be about to begin.
    await this.client?.close();
    await this.committing;
  }

  private packing(): BatchPacking | null {
    const { compression: format } = this.producer;
    const { pack } = this.options;
    return format === 'none' ? null : { format, pack: (records) => pack(format, records) };
  }

  private get node(): string {
    return `sink ${this.options.name}`;
  }

  private get opened(): OpenSink {
    assert(this.open_ !== null, 'only an open sink takes rows');
    return this.open_;
  }

  private snapshotState(snapshot: SnapshotWriter): void {
    const { output, batches } = this.opened;
    if (output instanceof TransactionalOutput) output.snapshotState(snapshot, batches.take());
    else assert(batches.sizeBytes === 0, 'a sink is flushed before its snapshot');
  }

  private async commitUpTo(checkpointId: number): Promise<void> {
    // A sink of an attempt that was given up: another one has taken over.
    if (this.isClosed) return;
    const { output } = this.opened;
    if (output instanceof TransactionalOutput) await output.commitUpTo(checkpointId);
  }

  private restoreState(restored: RestoredState): void {
    assert(this.client === null, 'a sink is restored before it is opened');
    this.restored = restoredSlots(restored);
  }

  /** Commits what the snapshot has left, also under other names. Returns the own slot, if any. */
  private async takeSlots(): Promise<TransactionSlot | null> {
    const { spec } = this.options;
    const own: SlotNames | null =
      spec.guarantee.kind === 'exactly-once'
        ? { transactionalIdPrefix: spec.guarantee.transactionalIdPrefix, topic: spec.topic }
        : null;
    const isOwn = ({ slot, names }: RestoredSlot): boolean =>
      slot === this.subtask &&
      names.transactionalIdPrefix === own?.transactionalIdPrefix &&
      names.topic === own.topic;
    for (const restored of this.restored) {
      if (!isOwn(restored)) await this.takeSlot(restored.names, restored.slot, restored);
    }
    if (own === null) return null;
    return this.takeSlot(own, this.subtask, this.restored.find(isOwn));
  }

  private async takeSlot(
    names: SlotNames,
    slot: number,
    restored: RestoredSlot | undefined,
  ): Promise<TransactionSlot> {
    const { spec, checkAllowed = allowed } = this.options;
    const { guarantee } = spec;
    const { producer } = this;
    const group = `drey-sink-${names.transactionalIdPrefix}-${slot}`;
    const markerTopic = guarantee.kind === 'exactly-once' ? guarantee.markerTopic : null;
    const taken = new TransactionSlot({
      node: this.node,
      run: this.run,
      expiredMarker: guarantee.kind === 'exactly-once' ? guarantee.expiredMarker : 'refuse',
      budgetMs: producer.deliveryTimeoutMs,
      transactionalId: `${names.transactionalIdPrefix}-${slot}`,
      group,
      markerTopic:
        markerTopic === null ? null : new MarkerTopic(this.sendingTo(markerTopic), group),
      transactionTimeoutMs: producer.transactionTimeoutMs,
      sending: this.sendingTo(names.topic),
      checkAllowed,
    });
    const pending = restored?.pending ?? [];
    await taken.claim(pending.map(({ label }) => label));
    for (const epoch of pending) await taken.commit(epoch);
    return taken;
  }

  private transactionalOutput(slot: TransactionSlot): TransactionalOutput {
    const { spec } = this.options;
    const { guarantee, topic } = spec;
    assert(guarantee.kind === 'exactly-once', 'only exactly-once sinks have a slot');
    const { clock } = this.platform;
    return new TransactionalOutput({
      node: this.node,
      run: this.run,
      names: { transactionalIdPrefix: guarantee.transactionalIdPrefix, topic },
      slot,
      monotonicMs: () => clock.monotonicMs(),
    });
  }

  private sendingTo(topic: string): BatchSendingOptions {
    const { spec } = this.options;
    const { client } = this;
    assert(client !== null, 'a sink is connected first');
    const { requestTimeoutMs, deliveryTimeoutMs, acks } = this.producer;
    return {
      ...this.platform,
      client,
      leaders: new PartitionLeaders(client),
      topic,
      server: spec.properties['bootstrap.servers'] ?? '',
      acks: spec.guarantee.kind === 'none' ? acks : -1,
      requestTimeoutMs,
      deliveryTimeoutMs,
    };
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.committing.then(work);
    this.committing = done.catch(() => undefined);
    return done;
  }
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function allowed(): Promise<void> {
  return Promise.resolve();
}
