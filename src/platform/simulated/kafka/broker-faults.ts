/**
 * What goes wrong between a client and the cluster. A simulation sets how often, or arms single
 * faults; each counts once it has taken effect, and is told to whoever listens.
 *
 * - `lost`: the request never arrives. `answer-lost`: it acts, and nobody hears of it.
 * - `delayed`: the client gives up, and the request acts long after, between later ones.
 * - `duplicated`: it acts, its answer is lost, and it acts again long after.
 * - `refused`: an answer that clients try again after; without effect.
 * - `refused-in-doubt`: the same answer where Kafka has written and could not say so.
 * - `slow`: request and answer take long, but come within the client's patience.
 */
import type { KafkaErrorName } from '../../../kafka/error-names.ts';
import type { SeededRandom } from '../random.ts';

/** As in KafkaFailure.request. */
export type KafkaRequestName =
  | 'Metadata'
  | 'ListOffsets'
  | 'Fetch'
  | 'Produce'
  | 'InitProducerId'
  | 'AddPartitionsToTxn'
  | 'AddOffsetsToTxn'
  | 'TxnOffsetCommit'
  | 'EndTxn'
  | 'OffsetFetch'
  | 'OffsetCommit'
  | 'CreateTopics'
  | 'DeleteTopics'
  | 'DescribeConfigs'
  | 'ListGroups'
  | 'DescribeGroups';

export type RequestFaultKind =
  'lost' | 'answer-lost' | 'delayed' | 'duplicated' | 'refused' | 'refused-in-doubt' | 'slow';

/** What happens to brokers and topics; see SimulatedCluster. */
export type ClusterFaultKind =
  | 'broker-stopped'
  | 'broker-paused'
  | 'leader-moved'
  | 'records-truncated'
  | 'coordinator-moved'
  | 'transaction-timed-out'
  | 'retention'
  | 'compacted'
  | 'topic-recreated'
  | 'partition-added';

export type KafkaFaultKind = RequestFaultKind | ClusterFaultKind;

export type RequestFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'lost' | 'answer-lost'; readonly isCutOff: boolean }
  | { readonly kind: 'delayed' | 'duplicated'; readonly byMs: number }
  | { readonly kind: 'refused' | 'refused-in-doubt'; readonly reason: KafkaErrorName }
  | { readonly kind: 'slow'; readonly byMs: number };

/** Shares (0 to 1) of the requests. */
export type FaultShares = Readonly<Partial<Record<RequestFaultKind, number>>>;

export interface ArmedFault {
  readonly kind: RequestFaultKind;
  /** Any of them by default. */
  readonly requests?: readonly KafkaRequestName[];
  /** Of `refused` and `refused-in-doubt`; drawn by default. */
  readonly reason?: KafkaErrorName;
  /** Of `delayed`, `duplicated` and `slow`; drawn by default. */
  readonly byMs?: number;
}

/** A late request may overtake many transactions, and never comes after this. */
const LATE_BY_MS_MAX = 120_000;
/** Below what a client's request timeout is set to. */
const SLOW_BY_MS_MAX = 2_000;

const CUT_OFF_SHARE = 0.5;

const COORDINATOR_REASONS: readonly KafkaErrorName[] = [
  'NOT_COORDINATOR',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
];

const REASONS: Readonly<Partial<Record<KafkaRequestName, readonly KafkaErrorName[]>>> = {
  ListOffsets: ['NOT_LEADER_OR_FOLLOWER', 'OFFSET_NOT_AVAILABLE'],
  Fetch: ['NOT_LEADER_OR_FOLLOWER'],
  Produce: ['NOT_LEADER_OR_FOLLOWER', 'NOT_ENOUGH_REPLICAS', 'UNKNOWN_PRODUCER_ID'],
  InitProducerId: ['CONCURRENT_TRANSACTIONS', ...COORDINATOR_REASONS],
  AddPartitionsToTxn: ['CONCURRENT_TRANSACTIONS', ...COORDINATOR_REASONS],
  AddOffsetsToTxn: ['CONCURRENT_TRANSACTIONS', ...COORDINATOR_REASONS],
  TxnOffsetCommit: COORDINATOR_REASONS,
  EndTxn: ['CONCURRENT_TRANSACTIONS', ...COORDINATOR_REASONS],
  OffsetFetch: ['NOT_COORDINATOR', 'COORDINATOR_LOAD_IN_PROGRESS'],
  OffsetCommit: COORDINATOR_REASONS,
};

/** Where a broker writes first and may then not know whether it is replicated. */
const DOUBTFUL_REASONS: Readonly<Partial<Record<KafkaRequestName, readonly KafkaErrorName[]>>> = {
  Produce: ['REQUEST_TIMED_OUT', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'],
  TxnOffsetCommit: ['COORDINATOR_NOT_AVAILABLE'],
  EndTxn: ['COORDINATOR_NOT_AVAILABLE'],
  OffsetCommit: ['COORDINATOR_NOT_AVAILABLE'],
};

const RATED: readonly RequestFaultKind[] = [
  'lost',
  'answer-lost',
  'delayed',
  'duplicated',
  'refused',
  'refused-in-doubt',
  'slow',
];

export class KafkaFaults {
  private readonly random: SeededRandom;
  private readonly hits = new Map<KafkaFaultKind, number>();
  private shares: FaultShares = {};
  private armed: ArmedFault[] = [];
  private listener: (kind: KafkaFaultKind, where: string) => void = () => undefined;
  private takenListener: (fault: ArmedFault, request: KafkaRequestName) => void = () => undefined;

  constructor(random: SeededRandom) {
    this.random = random;
  }

  /** From now on; what is armed stays. */
  setShares(shares: FaultShares): void {
    this.shares = shares;
  }

  /** For the next request that it fits. */
  arm(fault: ArmedFault): void {
    this.armed.push(fault);
  }

  /** It has met no request, and is to meet none. */
  disarm(fault: ArmedFault): void {
    this.armed = this.armed.filter((one) => one !== fault);
  }

  /** All is well from now on. */
  clear(): void {
    this.shares = {};
    this.armed = [];
  }

  get armedCount(): number {
    return this.armed.length;
  }

  hitsOf(kind: KafkaFaultKind): number {
    return this.hits.get(kind) ?? 0;
  }

  /** `where`: the request's name, or the broker, topic or transactional id. */
  onHit(listener: (kind: KafkaFaultKind, where: string) => void): void {
    this.listener = listener;
  }

  /** Told when a request has met a fault that was armed; it counts once it has taken effect. */
  onTaken(listener: (fault: ArmedFault, request: KafkaRequestName) => void): void {
    this.takenListener = listener;
  }

  /** The one who injects a fault says so when it has taken effect. */
  hit(kind: KafkaFaultKind, where: string): void {
    this.hits.set(kind, this.hitsOf(kind) + 1);
    this.listener(kind, where);
  }

  draw(request: KafkaRequestName): RequestFault {
    const index = this.armed.findIndex(({ kind, requests }) => {
      return (requests?.includes(request) ?? true) && this.isPossible(kind, request);
    });
    const [fault] = index === -1 ? [] : this.armed.splice(index, 1);
    if (fault !== undefined) {
      this.takenListener(fault, request);
      return this.made(fault, request);
    }
    for (const kind of RATED) {
      const share = this.shares[kind] ?? 0;
      if (share > 0 && this.random.chance(share) && this.isPossible(kind, request)) {
        return this.made({ kind }, request);
      }
    }
    return { kind: 'none' };
  }

  private isPossible(kind: RequestFaultKind, request: KafkaRequestName): boolean {
    if (kind === 'refused') return REASONS[request] !== undefined;
    return kind !== 'refused-in-doubt' || DOUBTFUL_REASONS[request] !== undefined;
  }

  private made(fault: ArmedFault, request: KafkaRequestName): RequestFault {
    const { kind } = fault;
    switch (kind) {
      case 'lost':
      case 'answer-lost':
        return { kind, isCutOff: this.random.chance(CUT_OFF_SHARE) };
      case 'delayed':
      case 'duplicated':
        return { kind, byMs: fault.byMs ?? this.random.next() * LATE_BY_MS_MAX };
      case 'slow':
        return { kind, byMs: fault.byMs ?? this.random.next() * SLOW_BY_MS_MAX };
      case 'refused':
      case 'refused-in-doubt': {
        const reasons = (kind === 'refused' ? REASONS : DOUBTFUL_REASONS)[request] ?? [];
        const drawn = reasons[this.random.index(reasons.length)];
        return { kind, reason: fault.reason ?? drawn ?? 'UNKNOWN_SERVER_ERROR' };
      }
    }
  }
}
