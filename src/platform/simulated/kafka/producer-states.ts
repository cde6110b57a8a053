/**
 * What one partition knows of those who write to it: the newest epoch, the last five batches by
 * their sequence numbers, and where an open transaction began. As Kafka's ProducerAppendInfo: a
 * repeated batch is found, an older epoch and a gap in the numbers are refused, and a producer of
 * which nothing is known may begin with any number.
 */
import { Refusal } from './refusal.ts';

export interface NumberedBatch {
  readonly producerId: number;
  readonly epoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstOffset: number;
  readonly isTransactional: boolean;
}

interface ProducerState {
  epoch: number;
  /** Oldest first. */
  batches: NumberedBatch[];
  /** Null: no transaction of this producer is open here. */
  transactionStart: number | null;
  writtenAtMs: number;
}

/** Kafka's NUM_BATCHES_TO_RETAIN. */
const BATCHES_KEPT = 5;

/** After the highest sequence number comes 0. */
const SEQUENCE_MAX = 2 ** 31 - 1;

/** Kafka's producer.id.expiration.ms: 1 day. */
const EXPIRES_AFTER_MS = 86_400_000;

export class ProducerStates {
  private readonly states = new Map<number, ProducerState>();
  /** Who asked to begin a transaction, with the lowest number that was tried since. */
  private readonly beginnings = new Map<number, { epoch: number; sequence: number }>();

  /** The offset that the same batch got before; null when it is new. */
  duplicateOf(batch: Omit<NumberedBatch, 'firstOffset'>): number | null {
    const state = this.states.get(batch.producerId);
    if (state === undefined || state.epoch !== batch.epoch) return null;
    const same = state.batches.find(
      (known) =>
        known.firstSequence === batch.firstSequence && known.lastSequence === batch.lastSequence,
    );
    return same?.firstOffset ?? null;
  }

  hasTransaction(producerId: number): boolean {
    return this.states.get(producerId)?.transactionStart != null;
  }

  /** Null: no transaction is open. */
  firstOpenOffset(): number | null {
    let first: number | null = null;
    for (const { transactionStart } of this.states.values()) {
      if (transactionStart === null) continue;
      if (first === null || transactionStart < first) first = transactionStart;
    }
    return first;
  }

  /** As Kafka, before it asks whether the producer has a transaction that this begins. */
  begin({ producerId, epoch, firstSequence }: Omit<NumberedBatch, 'firstOffset'>): void {
    const known = this.beginnings.get(producerId);
    if (known === undefined || known.epoch < epoch) {
      this.beginnings.set(producerId, { epoch, sequence: firstSequence });
    } else if (known.epoch === epoch) known.sequence = Math.min(known.sequence, firstSequence);
  }

  /** Throws Refusal; else the batch may be appended. */
  check(batch: Omit<NumberedBatch, 'firstOffset'>): void {
    const state = this.states.get(batch.producerId);
    if (state !== undefined && batch.epoch < state.epoch) {
      throw new Refusal('INVALID_PRODUCER_EPOCH');
    }
    const lowest = this.beginnings.get(batch.producerId)?.sequence ?? batch.firstSequence;
    if (batch.firstSequence > lowest) throw new Refusal('OUT_OF_ORDER_SEQUENCE_NUMBER');
    if (state === undefined) return;
    if (batch.epoch !== state.epoch) {
      if (batch.firstSequence !== 0) throw new Refusal('OUT_OF_ORDER_SEQUENCE_NUMBER');
    } else {
      const last = state.batches.at(-1)?.lastSequence ?? -1;
      const next = last === SEQUENCE_MAX ? 0 : last + 1;
      if (batch.firstSequence !== next) throw new Refusal('OUT_OF_ORDER_SEQUENCE_NUMBER');
    }
    if (state.transactionStart !== null && !batch.isTransactional) {
      throw new Refusal('INVALID_TXN_STATE');
    }
  }

  append(batch: NumberedBatch, nowMs: number): void {
    const state = this.stateOf(batch.producerId, batch.epoch);
    state.batches.push(batch);
    if (state.batches.length > BATCHES_KEPT) state.batches.shift();
    if (batch.isTransactional) {
      state.transactionStart ??= batch.firstOffset;
      this.beginnings.delete(batch.producerId);
    }
    state.writtenAtMs = nowMs;
  }

  /** The transaction is over; gives where it began, null when nothing of it was written here. */
  end(producerId: number, epoch: number, nowMs: number): number | null {
    const before = this.states.get(producerId);
    if (before !== undefined && epoch < before.epoch) throw new Refusal('INVALID_PRODUCER_EPOCH');
    const state = this.stateOf(producerId, epoch);
    const start = state.transactionStart;
    state.transactionStart = null;
    state.writtenAtMs = nowMs;
    this.beginnings.delete(producerId);
    return start;
  }

  /** Forgets those who wrote nothing for a day and have no transaction open. */
  expire(nowMs: number): void {
    for (const [producerId, state] of this.states) {
      const isOld = nowMs - state.writtenAtMs >= EXPIRES_AFTER_MS;
      if (isOld && state.transactionStart === null) this.states.delete(producerId);
    }
  }

  clear(): void {
    this.states.clear();
    this.beginnings.clear();
  }

  private stateOf(producerId: number, epoch: number): ProducerState {
    const known = this.states.get(producerId);
    if (known !== undefined) {
      if (known.epoch !== epoch) known.batches = [];
      known.epoch = epoch;
      return known;
    }
    const state: ProducerState = { epoch, batches: [], transactionStart: null, writtenAtMs: 0 };
    this.states.set(producerId, state);
    return state;
  }
}
