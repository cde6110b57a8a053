/**
 * What happens to a transaction without its producer: it is aborted when it is open for too long,
 * and once it is ended its markers are written one by one, each after a random delay, and later
 * when a partition has no leader. So a reader may see one partition's records before another's.
 */
import type { ProducerIdentity } from '../../kafka.ts';
import type { SeededRandom } from '../random.ts';
import type { EventOptions } from '../scheduler.ts';
import type { KafkaFaults } from './broker-faults.ts';
import type { GroupOffsets } from './group-offsets.ts';
import type { Topics } from './topics.ts';
import {
  TransactionCoordinator,
  type EndedTransaction,
  type Participant,
} from './transaction-coordinator.ts';

/** Kafka looks for them every so often (transaction.abort.timed.out.transaction.cleanup.interval.ms). */
const TIMEOUT_CHECK_MS = 10_000;

const MARKER_DELAY_MS_MAX = 10;
/** One marker in so many takes longer. */
const SLOW_MARKER_SHARE = 0.05;
const SLOW_MARKER_DELAY_MS_MAX = 1_000;

const LEADERLESS_RETRY_MS = 100;

/** What a cluster lends to it. */
export interface EndingWorld {
  readonly topics: Topics;
  readonly groups: GroupOffsets;
  readonly faults: KafkaFaults;
  readonly random: SeededRandom;
  nowMs(): number;
  later(
    delayMs: number,
    options: Omit<EventOptions, 'owner' | 'isOutside'>,
    task: () => void,
  ): void;
  hasCoordinator(key: string): boolean;
  /** Something has changed that requests may wait for. */
  wake(): void;
}

export class TransactionEnds {
  readonly coordinator: TransactionCoordinator;
  private readonly cluster: EndingWorld;
  private listener: (transaction: EndedTransaction) => void = () => undefined;

  constructor(cluster: EndingWorld) {
    this.cluster = cluster;
    this.coordinator = new TransactionCoordinator({
      nowMs: () => cluster.nowMs(),
      began: (transactionalId, timeoutMs) => {
        const delayMs = timeoutMs + cluster.random.next() * TIMEOUT_CHECK_MS;
        this.checkLater(transactionalId, delayMs);
      },
      ended: (transaction) => {
        this.listener(transaction);
        this.writeMarkers(transaction);
      },
    });
  }

  /** Told when it is decided how a transaction ends, before the first marker. */
  onEnded(listener: (transaction: EndedTransaction) => void): void {
    this.listener = listener;
  }

  private checkLater(transactionalId: string, delayMs: number): void {
    const options = { label: 'kafka: transaction timeout', keepAlive: false };
    this.cluster.later(delayMs, options, () => {
      if (!this.cluster.hasCoordinator(transactionalId)) {
        this.checkLater(transactionalId, TIMEOUT_CHECK_MS);
      } else if (this.coordinator.abortTimedOut(transactionalId)) {
        this.cluster.faults.hit('transaction-timed-out', transactionalId);
      }
    });
  }

  private writeMarkers(transaction: EndedTransaction): void {
    let missing = transaction.participants.length;
    const written = (): void => {
      missing--;
      if (missing <= 0) this.complete(transaction.transactionalId);
    };
    if (missing === 0) this.markerLater(0, written);
    for (const participant of transaction.participants) {
      this.markerLater(this.markerDelayMs(), () => {
        this.writeMarker(transaction, participant, written);
      });
    }
  }

  private writeMarker(
    transaction: EndedTransaction,
    participant: Participant,
    written: () => void,
  ): void {
    if (this.mark(transaction, participant)) written();
    else {
      this.markerLater(LEADERLESS_RETRY_MS, () => {
        this.writeMarker(transaction, participant, written);
      });
    }
  }

  /** False: nobody is there to write it. */
  private mark(transaction: EndedTransaction, participant: Participant): boolean {
    const { cluster } = this;
    const { result } = transaction;
    const producer: ProducerIdentity = transaction;
    if (participant.kind === 'group') {
      if (!cluster.hasCoordinator(participant.group)) return false;
      cluster.groups.complete(participant.group, producer.producerId, result);
      return true;
    }
    const { topic, partition: number } = participant;
    const partition = cluster.topics.find(topic)?.partitions[number];
    // Deleted meanwhile.
    if (partition === undefined) return true;
    if (partition.leader === null) return false;
    const { producerId, epoch } = producer;
    const stamp = { leaderEpoch: partition.leaderEpoch, nowMs: cluster.nowMs() };
    partition.log.appendMarker({ producerId, epoch }, result, stamp);
    cluster.wake();
    return true;
  }

  private complete(transactionalId: string): void {
    if (!this.cluster.hasCoordinator(transactionalId)) {
      this.markerLater(LEADERLESS_RETRY_MS, () => this.complete(transactionalId));
    } else this.coordinator.markersWritten(transactionalId);
  }

  private markerLater(delayMs: number, task: () => void): void {
    this.cluster.later(delayMs, { label: 'kafka: marker' }, task);
  }

  private markerDelayMs(): number {
    const { random } = this.cluster;
    const isSlow = random.chance(SLOW_MARKER_SHARE);
    return random.next() * (isSlow ? SLOW_MARKER_DELAY_MS_MAX : MARKER_DELAY_MS_MAX);
  }
}
