/**
 * The faults of a Kafka cluster that wait for a request of a running process.
 * Invariant: each is either counted once, when a request has met it, or given back to wait again.
 */
import type { ArmedFault } from '../../src/platform/simulated/kafka/broker-faults.ts';
import type { SimulatedCluster } from '../../src/platform/simulated/kafka/cluster.ts';
import type { SeededRandom } from '../../src/platform/simulated/random.ts';
import type { Fault } from './faults.ts';
import { isKafkaFault, strikeKafka } from './kafka-faults.ts';

export interface StrikesHost {
  hit(fault: Fault): void;
  waitAgain(fault: Fault): void;
  /** What struck goes on for so long. */
  lasts(forMs: number): void;
}

interface Waiting {
  readonly fault: Fault;
  readonly overInMs: number;
}

export class KafkaStrikes {
  private readonly host: StrikesHost;
  private readonly armed = new Map<ArmedFault, Waiting>();
  private cluster: SimulatedCluster | null = null;

  constructor(host: StrikesHost) {
    this.host = host;
  }

  get armedCount(): number {
    return this.armed.size;
  }

  begin(cluster: SimulatedCluster): void {
    this.disarm(() => true);
    this.cluster = cluster;
    cluster.faults.onTaken((taken) => {
      const waiting = this.armed.get(taken);
      if (waiting === undefined) return;
      this.armed.delete(taken);
      this.host.hit(waiting.fault);
      this.host.lasts(waiting.overInMs);
    });
  }

  /** False: it is none of these faults. */
  strike(fault: Fault, random: SeededRandom): boolean {
    const { cluster } = this;
    if (!isKafkaFault(fault.kind) || cluster === null) return false;
    const strike = strikeKafka(fault.kind, fault.phase, { cluster, random });
    switch (strike.kind) {
      case 'hit':
        this.host.hit(fault);
        this.host.lasts(strike.overInMs);
        return true;
      case 'armed':
        this.armed.set(strike.armed, { fault, overInMs: strike.overInMs });
        cluster.faults.arm(strike.armed);
        return true;
      case 'missed':
        this.host.waitAgain(fault);
        return true;
    }
  }

  /** Those that have met no request and are to wait again. */
  disarm(isOver: (fault: Fault) => boolean): void {
    for (const [armed, { fault }] of this.armed) {
      if (!isOver(fault)) continue;
      this.armed.delete(armed);
      this.cluster?.faults.disarm(armed);
      this.host.waitAgain(fault);
    }
  }

  giveUp(): void {
    this.armed.clear();
    this.cluster?.faults.clear();
  }
}
