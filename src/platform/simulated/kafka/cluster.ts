/**
 * A Kafka cluster of the simulated world: brokers, who leads and coordinates what, and everything
 * that lasts. It outlives the processes that talk to it, and its clock is its own: a process's
 * wall clock may jump, and this one does not.
 *
 * Its methods are what an operator or an accident does; requests are in broker.ts.
 */
import type { NewTopic } from '../../kafka.ts';
import { hashText, SeededRandom } from '../random.ts';
import type { EventOptions, ScheduledEvent, Scheduler } from '../scheduler.ts';
import { KafkaFaults } from './broker-faults.ts';
import { GroupOffsets } from './group-offsets.ts';
import { Refusal } from './refusal.ts';
import { Topics, type Partition } from './topics.ts';
import { TransactionEnds, type EndingWorld } from './transaction-ends.ts';

export interface SimulatedClusterOptions {
  /** 1 by default; with none nobody can be reached. */
  readonly brokerCount?: number;
  readonly topics?: readonly NewTopic[];
}

export interface SimulatedBroker {
  readonly node: number;
  readonly host: string;
  readonly port: number;
  isUp: boolean;
  /** Grows with each stop: who waited for an answer of an earlier life is cut off. */
  lives: number;
  /** It answers nothing before, and then everything. */
  pausedUntilMs: number;
  /** COORDINATOR_LOAD_IN_PROGRESS until then. */
  loadingUntilMs: number;
}

interface Waiter {
  readonly isDone: () => boolean;
  readonly done: () => void;
  readonly deadline: ScheduledEvent;
}

const PORT = 9092;

const REPLICATION_DELAY_MS_MAX = 5;
const LOADING_MS_MAX = 200;
/** How often a new leader has only what was replicated for sure. */
const TRUNCATION_SHARE = 0.5;

export class SimulatedCluster implements EndingWorld {
  readonly brokers: readonly SimulatedBroker[];
  readonly topics: Topics;
  readonly groups = new GroupOffsets();
  readonly transactions: TransactionEnds;
  readonly faults: KafkaFaults;
  readonly random: SeededRandom;
  private readonly scheduler: Scheduler;
  private readonly wallStartMs: number;
  private readonly coordinatorMoves = new Map<string, number>();
  private waiters: Waiter[] = [];

  constructor(
    scheduler: Scheduler,
    world: { readonly seed: number; readonly wallStartMs: number },
    options: SimulatedClusterOptions = {},
  ) {
    this.scheduler = scheduler;
    this.wallStartMs = world.wallStartMs;
    this.random = new SeededRandom(world.seed, 'kafka');
    this.faults = new KafkaFaults(new SeededRandom(world.seed, 'kafka faults'));
    const brokerCount = options.brokerCount ?? 1;
    this.brokers = Array.from({ length: brokerCount }, (_, node) => ({
      node,
      host: `kafka-${node}`,
      port: PORT,
      isUp: true,
      lives: 1,
      pausedUntilMs: 0,
      loadingUntilMs: 0,
    }));
    this.topics = new Topics(brokerCount, (node) => this.brokers[node]?.isUp ?? false);
    this.transactions = new TransactionEnds(this);
    for (const topic of options.topics ?? []) this.topics.create(topic);
  }

  /** The brokers' wall clock. */
  nowMs(): number {
    return Math.floor(this.wallStartMs + this.scheduler.nowMs);
  }

  /** An event of the world outside the processes: it comes although one of them has crashed. */
  later(
    delayMs: number,
    options: Omit<EventOptions, 'owner' | 'isOutside'>,
    task: () => void,
  ): ScheduledEvent {
    return this.scheduler.schedule(delayMs, { ...options, owner: 'kafka', isOutside: true }, task);
  }

  /** Null while no broker is up. The key is a group or a transactional id. */
  coordinatorOf(key: string): SimulatedBroker | null {
    const start = hashText(key) + (this.coordinatorMoves.get(key) ?? 0);
    const { length } = this.brokers;
    for (let step = 0; step < length; step++) {
      const broker = this.brokers[(start + step) % length];
      if (broker?.isUp === true) return broker;
    }
    return null;
  }

  hasCoordinator(key: string): boolean {
    return this.coordinatorOf(key) !== null;
  }

  /** Throws Refusal unless the broker coordinates this group or transactional id, and has loaded it. */
  checkCoordinator(broker: SimulatedBroker, key: string): void {
    if (this.coordinatorOf(key) !== broker) throw new Refusal('NOT_COORDINATOR');
    if (broker.loadingUntilMs > this.scheduler.nowMs) {
      throw new Refusal('COORDINATOR_LOAD_IN_PROGRESS');
    }
  }

  /** Calls `done` as soon as `isDone`, or at the deadline. */
  waitUntil(isDone: () => boolean, withinMs: number, done: () => void): void {
    if (isDone()) {
      done();
      return;
    }
    const label = 'kafka: wait is over';
    const deadline = this.later(withinMs, { label, keepAlive: false }, () => {
      this.waiters = this.waiters.filter((waiter) => waiter.deadline !== deadline);
      done();
    });
    this.waiters.push({ isDone, done, deadline });
  }

  /** Something has changed that requests may wait for. */
  wake(): void {
    for (const waiter of this.waiters) {
      if (!this.waiters.includes(waiter) || !waiter.isDone()) continue;
      this.waiters = this.waiters.filter((other) => other !== waiter);
      waiter.deadline.cancel();
      waiter.done();
    }
  }

  /** Followers catch up with what was appended: at once when the leader is alone. */
  replicate(partition: Partition, endOffset: number): void {
    const { log, leaderEpoch } = partition;
    const isAlone = this.upReplicas(partition).length === 1;
    const arrive = (): void => {
      if (partition.leaderEpoch !== leaderEpoch) return;
      log.replicate(endOffset);
      this.wake();
    };
    if (isAlone) arrive();
    else {
      const delayMs = this.random.next() * REPLICATION_DELAY_MS_MAX;
      this.later(delayMs, { label: 'kafka: replicate' }, arrive);
    }
  }

  /** The broker's process dies, and another starts on its logs `downMs` later. */
  restartBroker(node: number, downMs: number): void {
    const broker = this.broker(node);
    if (!broker.isUp) return;
    broker.isUp = false;
    broker.lives++;
    this.faults.hit('broker-stopped', broker.host);
    for (const partition of this.topics.partitions) {
      if (partition.leader === node) this.elect(partition);
    }
    this.load();
    this.wake();
    this.later(downMs, { label: 'kafka: broker starts' }, () => {
      broker.isUp = true;
      broker.pausedUntilMs = 0;
      for (const partition of this.topics.partitions) {
        if (partition.leader === null) this.elect(partition);
      }
      this.load();
      this.wake();
    });
  }

  /** SIGSTOP and SIGCONT: what arrives meanwhile is done afterwards. */
  pauseBroker(node: number, forMs: number): void {
    const broker = this.broker(node);
    broker.pausedUntilMs = Math.max(broker.pausedUntilMs, this.scheduler.nowMs + forMs);
    this.faults.hit('broker-paused', broker.host);
  }

  /** To another replica that is up; nothing happens when there is none. */
  moveLeader(topic: string, number: number): boolean {
    const partition = this.topics.partition(topic, number);
    if (!this.upReplicas(partition).some((node) => node !== partition.leader)) return false;
    this.elect(partition);
    this.faults.hit('leader-moved', `${topic}-${number}`);
    this.wake();
    return true;
  }

  moveCoordinator(key: string): boolean {
    const before = this.coordinatorOf(key);
    this.coordinatorMoves.set(key, (this.coordinatorMoves.get(key) ?? 0) + 1);
    const after = this.coordinatorOf(key);
    if (after === null || after === before) return false;
    after.loadingUntilMs = this.scheduler.nowMs + this.random.next() * LOADING_MS_MAX;
    this.faults.hit('coordinator-moved', key);
    return true;
  }

  recreateTopic(name: string): void {
    const { description, partitions } = this.topics.delete(name);
    this.groups.removeTopic(name);
    this.topics.create({ ...description, partitionCount: partitions.length });
    this.faults.hit('topic-recreated', name);
    this.wake();
  }

  addPartitions(name: string, partitionCount: number): void {
    this.topics.grow(name, partitionCount);
    this.faults.hit('partition-added', name);
  }

  /** Retention eats what lies before the offset. */
  removeRecords(topic: string, number: number, before: number): void {
    this.topics.partition(topic, number).log.removeBefore(before);
    this.faults.hit('retention', `${topic}-${number}`);
  }

  compact(topic: string, number: number, isKept: (offset: number) => boolean): void {
    this.topics.partition(topic, number).log.compact(isKept);
    this.faults.hit('compacted', `${topic}-${number}`);
  }

  broker(node: number): SimulatedBroker {
    const broker = this.brokers[node];
    if (broker === undefined) throw new Refusal('BROKER_NOT_AVAILABLE');
    return broker;
  }

  private upReplicas({ replicas }: Partition): readonly number[] {
    return replicas.filter((node) => this.brokers[node]?.isUp === true);
  }

  private elect(partition: Partition): void {
    const { leader, log } = partition;
    const next = this.upReplicas(partition).find((node) => node !== leader);
    const isBack = leader === null;
    partition.leader = next ?? null;
    partition.leaderEpoch++;
    const isOther = next !== undefined && !isBack;
    if (isOther && this.random.chance(TRUNCATION_SHARE) && log.truncateToReplicated(this.nowMs())) {
      this.faults.hit('records-truncated', `${partition.topic}-${partition.partition}`);
    }
    log.replicate(log.logEnd);
  }

  private load(): void {
    for (const broker of this.brokers) {
      const loadedMs = this.scheduler.nowMs + this.random.next() * LOADING_MS_MAX;
      if (broker.isUp) broker.loadingUntilMs = Math.max(broker.loadingUntilMs, loadedMs);
    }
  }
}
