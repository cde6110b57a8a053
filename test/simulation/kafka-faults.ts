/**
 * The faults of a schedule that strike a Kafka cluster: as data, and how they are carried out. Those
 * of requests are armed and take effect with the next request that they are for.
 */
import type {
  ArmedFault,
  KafkaRequestName,
  RequestFaultKind,
} from '../../src/platform/simulated/kafka/broker-faults.ts';
import type { SimulatedCluster } from '../../src/platform/simulated/kafka/cluster.ts';
import type { SeededRandom } from '../../src/platform/simulated/random.ts';
import type { Phase } from './phase-tracker.ts';

export const kafkaFaultKinds = {
  'broker restarts': 'F12 a broker dies and starts again within 15 s',
  'leader moves': 'F12 another replica leads a partition',
  'coordinator moves': 'F12 another broker coordinates a transactional id or group',
  'request lost': 'F13 a request never arrives',
  'answer lost': 'F13 a request acts, and its answer is lost',
  'request late': 'F13 a request is given up and acts up to a minute later',
  'request twice': 'F13 a request acts, is given up, and acts again up to a minute later',
  'long outage': 'F14 no process runs for up to 6 days',
  refused: 'F16 an answer after which clients try again',
  'refused in doubt': 'F16 the same, although the request acted',
  'broker pauses': 'F18 a broker stands still for up to 40 s',
  'slow answer': 'F18 a request takes up to 2 s',
} as const;

export type KafkaFaultKind = keyof typeof kafkaFaultKinds;

export function isKafkaFault(kind: string): kind is KafkaFaultKind {
  return kind in kafkaFaultKinds;
}

/** Of one request. */
const REQUEST_FAULTS: Readonly<Partial<Record<KafkaFaultKind, RequestFaultKind>>> = {
  'request lost': 'lost',
  'answer lost': 'answer-lost',
  'request late': 'delayed',
  'request twice': 'duplicated',
  refused: 'refused',
  'refused in doubt': 'refused-in-doubt',
  'slow answer': 'slow',
};

const TRANSACTION: readonly KafkaRequestName[] = [
  'InitProducerId',
  'AddPartitionsToTxn',
  'AddOffsetsToTxn',
  'TxnOffsetCommit',
  'Produce',
  'EndTxn',
];

const LATE_BY_MS_MAX = 60_000;
const PAUSE_MS_MAX = 40_000;
const DOWN_MS_MAX = 15_000;

/** Why it cannot strike in this phase; null: it can. */
export function kafkaImpossible(kind: KafkaFaultKind, phase: Phase): string | null {
  if (kind === 'long outage') {
    return phase === 'restoring' ? null : 'is over when a process restores';
  }
  if (phase === 'closing') return 'clients are closed without a word';
  if (kind !== 'refused in doubt') return null;
  const writes = phase === 'committing' || phase === 'restoring' || phase === 'rescaling';
  return writes ? null : 'nothing is written between two commits';
}

export type KafkaStrike =
  /** It has taken effect, and is over after so long. */
  | { readonly kind: 'hit'; readonly overInMs: number }
  | { readonly kind: 'armed'; readonly armed: ArmedFault; readonly overInMs: number }
  /** There is nothing that it could strike. */
  | { readonly kind: 'missed' };

export function strikeKafka(
  kind: KafkaFaultKind,
  phase: Phase,
  { cluster, random }: { readonly cluster: SimulatedCluster; readonly random: SeededRandom },
): KafkaStrike {
  const node = random.index(cluster.brokers.length);
  const request = REQUEST_FAULTS[kind];
  if (request !== undefined) return armed(request, phase, random);
  switch (kind) {
    case 'broker restarts': {
      const overInMs = random.next() * DOWN_MS_MAX;
      cluster.restartBroker(node, overInMs);
      return { kind: 'hit', overInMs };
    }
    case 'broker pauses': {
      const overInMs = random.next() * PAUSE_MS_MAX;
      cluster.pauseBroker(node, overInMs);
      return { kind: 'hit', overInMs };
    }
    case 'leader moves': {
      const { partitions } = cluster.topics;
      const moved = partitions.filter(({ topic, partition }) => {
        return random.chance(0.5) && cluster.moveLeader(topic, partition);
      });
      return moved.length === 0 ? { kind: 'missed' } : { kind: 'hit', overInMs: 0 };
    }
    case 'coordinator moves': {
      const keys = [
        ...cluster.transactions.coordinator.names,
        ...cluster.groups.names(cluster.nowMs()),
      ];
      const moved = keys.filter((key) => random.chance(0.5) && cluster.moveCoordinator(key));
      return moved.length === 0 ? { kind: 'missed' } : { kind: 'hit', overInMs: 0 };
    }
    default:
      return { kind: 'missed' };
  }
}

/** Where something is committed or begun, every second time one request of just that. */
function armed(kind: RequestFaultKind, phase: Phase, random: SeededRandom): KafkaStrike {
  const isWriting = phase === 'committing' || phase === 'restoring' || phase === 'rescaling';
  const one = TRANSACTION[random.index(TRANSACTION.length)];
  const requests = !isWriting || one === undefined || random.chance(0.5) ? null : [one];
  const isLate = kind === 'delayed' || kind === 'duplicated';
  const byMs = isLate ? random.next() * LATE_BY_MS_MAX : null;
  const fault: ArmedFault = {
    kind,
    ...(requests === null ? {} : { requests }),
    ...(byMs === null ? {} : { byMs }),
  };
  return { kind: 'armed', armed: fault, overInMs: byMs ?? 0 };
}
