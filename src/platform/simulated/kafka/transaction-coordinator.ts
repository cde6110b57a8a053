/**
 * Who may write under which transactional id, and the state of each id's transaction. As Kafka's
 * TransactionCoordinator answers clients of the old protocol (InitProducerId v1, EndTxn v1): the
 * epoch changes with InitProducerId and with each abort by the broker, not with each transaction.
 *
 * An end is answered as soon as it is decided; its markers are written later, one after the
 * other, and until the last is written everything else of this id is CONCURRENT_TRANSACTIONS.
 * All methods are synchronous and throw Refusal; time and markers belong to the hooks.
 */
import type { ProducerIdentity, TransactionalProducer } from '../../kafka.ts';
import { Refusal } from './refusal.ts';

export type TransactionResult = 'commit' | 'abort';

type TransactionState = 'empty' | 'ongoing' | 'ending' | 'complete';

/** What a transaction writes to: its marker goes to each. */
export type Participant =
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'group'; readonly group: string };

export interface EndedTransaction extends ProducerIdentity {
  readonly transactionalId: string;
  readonly result: TransactionResult;
  readonly participants: readonly Participant[];
}

export interface CoordinatorHooks {
  nowMs(): number;
  /** The first participant was added: `abortTimedOut` is to be called when the time is over. */
  began(transactionalId: string, timeoutMs: number): void;
  /** The markers are to be written now; `markersWritten` is called when all are. */
  ended(transaction: EndedTransaction): void;
}

interface TransactionalId {
  producerId: number;
  epoch: number;
  timeoutMs: number;
  state: TransactionState;
  /** Of the last end; null before the first. */
  result: TransactionResult | null;
  readonly participants: Map<string, Participant>;
  startedAtMs: number;
  updatedAtMs: number;
}

/** Kafka's transaction.max.timeout.ms. */
const TIMEOUT_MS_MAX = 900_000;

/** Kafka's transactional.id.expiration.ms: 7 days. */
const EXPIRES_AFTER_MS = 604_800_000;

/** Short.MAX_VALUE - 1: at this epoch the id gets a new producer id. */
const EPOCH_MAX = 32_766;

export class TransactionCoordinator {
  private readonly hooks: CoordinatorHooks;
  private readonly ids = new Map<string, TransactionalId>();
  private producerIds = 0;

  constructor(hooks: CoordinatorHooks) {
    this.hooks = hooks;
  }

  /** Ids with a transaction that is open or being ended. */
  get openTransactions(): readonly string[] {
    return [...this.ids.entries()]
      .filter(([, { state }]) => state === 'ongoing' || state === 'ending')
      .map(([transactionalId]) => transactionalId);
  }

  /** All transactional ids that were ever used. */
  get names(): readonly string[] {
    return [...this.ids.keys()];
  }

  /** How the producer's transaction ends whose markers are being written; null: none is. */
  endingOf(producerId: number): TransactionResult | null {
    const ending = [...this.ids.values()].find((entry) => {
      return entry.producerId === producerId && entry.state === 'ending';
    });
    return ending?.result ?? null;
  }

  initProducer(transactionalId: string | null, timeoutMs: number): ProducerIdentity {
    if (transactionalId === null) return { producerId: this.newProducerId(), epoch: 0 };
    if (transactionalId === '') throw new Refusal('INVALID_REQUEST');
    if (timeoutMs <= 0 || timeoutMs > TIMEOUT_MS_MAX) {
      throw new Refusal('INVALID_TRANSACTION_TIMEOUT');
    }
    const entry = this.find(transactionalId) ?? this.create(transactionalId);
    switch (entry.state) {
      case 'ending':
        throw new Refusal('CONCURRENT_TRANSACTIONS');
      case 'ongoing':
        this.abortAndFence(transactionalId, entry);
        throw new Refusal('CONCURRENT_TRANSACTIONS');
      case 'empty':
      case 'complete':
        break;
    }
    entry.state = 'empty';
    entry.timeoutMs = timeoutMs;
    if (entry.epoch >= EPOCH_MAX) {
      entry.producerId = this.newProducerId();
      entry.epoch = 0;
    } else entry.epoch++;
    entry.updatedAtMs = this.hooks.nowMs();
    return { producerId: entry.producerId, epoch: entry.epoch };
  }

  add(producer: TransactionalProducer, participants: readonly Participant[]): void {
    const entry = this.identified(producer);
    if (entry.state === 'ending') throw new Refusal('CONCURRENT_TRANSACTIONS');
    const nowMs = this.hooks.nowMs();
    if (entry.state !== 'ongoing') {
      entry.state = 'ongoing';
      entry.startedAtMs = nowMs;
      this.hooks.began(producer.transactionalId, entry.timeoutMs);
    }
    for (const participant of participants) {
      entry.participants.set(participantKey(participant), participant);
    }
    entry.updatedAtMs = nowMs;
  }

  /** A partition or group asks whether a first write belongs to an open transaction. */
  verify(producer: TransactionalProducer, participant: Participant): void {
    const entry = this.identified(producer);
    if (entry.state === 'ending') throw new Refusal('CONCURRENT_TRANSACTIONS');
    if (!entry.participants.has(participantKey(participant))) {
      throw new Refusal('INVALID_TXN_STATE');
    }
  }

  end(producer: TransactionalProducer, result: TransactionResult): void {
    const entry = this.identified(producer);
    switch (entry.state) {
      case 'ongoing':
        this.decide(producer.transactionalId, entry, result);
        return;
      case 'ending':
        throw new Refusal('CONCURRENT_TRANSACTIONS');
      case 'complete':
        if (entry.result === result) return;
        throw new Refusal('INVALID_TXN_STATE');
      case 'empty':
        throw new Refusal('INVALID_TXN_STATE');
    }
  }

  /** All markers of the transaction that was ended last are in their logs. */
  markersWritten(transactionalId: string): void {
    const entry = this.ids.get(transactionalId);
    if (entry === undefined || entry.state !== 'ending') return;
    entry.state = 'complete';
    entry.participants.clear();
    entry.updatedAtMs = this.hooks.nowMs();
  }

  /** Aborts the transaction if it is open for longer than it may. */
  abortTimedOut(transactionalId: string): boolean {
    const entry = this.ids.get(transactionalId);
    if (entry === undefined || entry.state !== 'ongoing') return false;
    if (this.hooks.nowMs() - entry.startedAtMs < entry.timeoutMs) return false;
    this.abortAndFence(transactionalId, entry);
    return true;
  }

  private identified(producer: TransactionalProducer): TransactionalId {
    const entry = this.find(producer.transactionalId);
    if (entry === undefined || entry.producerId !== producer.producerId) {
      throw new Refusal('INVALID_PRODUCER_ID_MAPPING');
    }
    // What clients of the old protocol get for PRODUCER_FENCED.
    if (entry.epoch !== producer.epoch) throw new Refusal('INVALID_PRODUCER_EPOCH');
    return entry;
  }

  private find(transactionalId: string): TransactionalId | undefined {
    const entry = this.ids.get(transactionalId);
    if (entry === undefined) return undefined;
    const isIdle = entry.state === 'empty' || entry.state === 'complete';
    if (isIdle && this.hooks.nowMs() - entry.updatedAtMs >= EXPIRES_AFTER_MS) {
      this.ids.delete(transactionalId);
      return undefined;
    }
    return entry;
  }

  private create(transactionalId: string): TransactionalId {
    const nowMs = this.hooks.nowMs();
    const entry: TransactionalId = {
      producerId: this.newProducerId(),
      epoch: -1,
      timeoutMs: 0,
      state: 'empty',
      result: null,
      participants: new Map(),
      startedAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    this.ids.set(transactionalId, entry);
    return entry;
  }

  /** The epoch of the abort is nobody's. */
  private abortAndFence(transactionalId: string, entry: TransactionalId): void {
    entry.epoch++;
    this.decide(transactionalId, entry, 'abort');
  }

  private decide(transactionalId: string, entry: TransactionalId, result: TransactionResult): void {
    entry.state = 'ending';
    entry.result = result;
    entry.updatedAtMs = this.hooks.nowMs();
    this.hooks.ended({
      transactionalId,
      producerId: entry.producerId,
      epoch: entry.epoch,
      result,
      participants: [...entry.participants.values()],
    });
  }

  private newProducerId(): number {
    return this.producerIds++;
  }
}

function participantKey(participant: Participant): string {
  return participant.kind === 'group'
    ? `group ${participant.group}`
    : `${participant.topic}-${participant.partition}`;
}
