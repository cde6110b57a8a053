/**
 * The way of one request from a client to a broker and back: random delays, in the order in which
 * they were sent to one broker, with the faults that the cluster's policy draws. What it rejects
 * with says as exactly as the real driver whether the request may have had an effect.
 *
 * A request that is under way acts although its process has died meanwhile; its answer goes nowhere.
 */
import { KafkaError, type KafkaFailure } from '../../kafka-error.ts';
import type { KafkaSettings } from '../../kafka.ts';
import { mayHaveTakenEffect, type KafkaErrorName } from '../../../kafka/error-names.ts';
import type { SeededRandom } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import type { KafkaRequestName, RequestFault } from './broker-faults.ts';
import type { SimulatedBroker, SimulatedCluster } from './cluster.ts';
import type { Asked } from './record-requests.ts';
import { attempt, Refusal } from './refusal.ts';

export type Target =
  | { readonly kind: 'any' }
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'coordinator'; readonly key: string };

export interface Call<T> {
  readonly request: KafkaRequestName;
  /** As in KafkaFailure. */
  readonly subject: string | null;
  readonly target: Target;
  /** The broker may keep the request so long before it answers. */
  readonly waitMs?: number;
  /** Throws Refusal instead of answering. */
  readonly act: (asked: Asked, answer: (value: T) => void) => void;
  /** Where an error code stands in the answer; by default the call rejects. */
  readonly failed?: (reason: KafkaErrorName) => T;
}

/** The world of one process, which ends with it. */
export interface CallingProcess {
  readonly cluster: SimulatedCluster;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly isDead: () => boolean;
}

interface UnderWay<T> {
  readonly call: Call<T>;
  readonly fault: RequestFault;
  readonly broker: SimulatedBroker;
  readonly settle: (outcome: T | KafkaError) => void;
}

/** Each way takes a random part of this. */
const LATENCY_MS_MAX = 5;

/** Requests that change nothing. */
const READING: ReadonlySet<KafkaRequestName> = new Set<KafkaRequestName>([
  'Metadata',
  'ListOffsets',
  'Fetch',
  'OffsetFetch',
  'DescribeConfigs',
  'ListGroups',
  'DescribeGroups',
]);

const STALE_COORDINATOR: ReadonlySet<string> = new Set<KafkaErrorName>([
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
]);

export class ClientCalls {
  private readonly process: CallingProcess;
  private readonly settings: KafkaSettings;
  private readonly coordinators = new Map<string, SimulatedBroker>();
  /** By node: what has been sent and has not arrived. */
  private readonly lines = new Map<number, (() => void)[]>();
  private readonly pending = new Set<() => void>();
  private isClosed = false;

  constructor(process: CallingProcess, settings: KafkaSettings) {
    this.process = process;
    this.settings = settings;
  }

  close(): void {
    this.isClosed = true;
    for (const close of this.pending) close();
  }

  send<T>(call: Call<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.process.isDead()) return;
      const broker = this.isClosed ? null : this.find(call.target);
      if (broker === null) {
        const reason = this.isClosed ? 'closed' : 'unreachable';
        this.afterLatency('refused', () => {
          reject(this.failure(call, null, { reason, outcome: 'not-done' }));
        });
        return;
      }
      const fault = this.process.cluster.faults.draw(call.request);
      let isSettled = false;
      const close = (): void => settle(this.failure(call, broker, CLOSED));
      const patience = this.process.scheduler.schedule(
        this.settings.requestTimeoutMs + (call.waitMs ?? 0),
        { label: `kafka: ${call.request} timeout`, owner: 'kafka' },
        () => settle(this.failure(call, broker, { reason: 'timeout', outcome: 'unknown' })),
      );
      const settle = (outcome: T | KafkaError): void => {
        if (isSettled || this.process.isDead()) return;
        isSettled = true;
        patience.cancel();
        this.pending.delete(close);
        this.forgetCoordinator(call.target, outcome);
        if (outcome instanceof KafkaError) reject(outcome);
        else resolve(outcome);
      };
      this.pending.add(close);
      this.launch({ call, fault, broker, settle });
    });
  }

  private launch<T>(underWay: UnderWay<T>): void {
    const { fault, broker, call } = underWay;
    const { faults } = this.process.cluster;
    switch (fault.kind) {
      case 'none':
        this.enqueue(broker, call.request, 0, () => this.arrive(underWay));
        return;
      case 'slow':
        faults.hit('slow', call.request);
        this.enqueue(broker, call.request, fault.byMs, () => this.arrive(underWay));
        return;
      case 'refused':
      case 'refused-in-doubt':
        this.enqueue(broker, call.request, 0, () => this.refuse(underWay, fault.reason));
        return;
      case 'lost':
        faults.hit('lost', call.request);
        if (fault.isCutOff) this.cutOff(underWay);
        return;
      case 'answer-lost':
        this.enqueue(broker, call.request, 0, () => {
          if (!this.actUnheard(underWay)) return;
          faults.hit('answer-lost', call.request);
          if (fault.isCutOff) this.cutOff(underWay);
        });
        return;
      case 'delayed':
        this.later(fault.byMs, `${call.request} comes late`, () => {
          if (this.actUnheard(underWay)) faults.hit('delayed', call.request);
        });
        return;
      case 'duplicated':
        this.enqueue(broker, call.request, 0, () => this.actUnheard(underWay));
        this.later(fault.byMs, `${call.request} comes again`, () => {
          if (this.actUnheard(underWay)) faults.hit('duplicated', call.request);
        });
        return;
    }
  }

  /** Arrives after all that was sent to this broker before. */
  private enqueue(
    broker: SimulatedBroker,
    request: KafkaRequestName,
    slowByMs: number,
    arrive: () => void,
  ): void {
    const line = this.lines.get(broker.node) ?? [];
    this.lines.set(broker.node, line);
    line.push(arrive);
    const next = (): void => {
      const pausedMs = broker.pausedUntilMs - this.process.scheduler.nowMs;
      if (pausedMs > 0) this.later(pausedMs, `${request} waits`, next);
      else line.shift()?.();
    };
    this.later(this.latencyMs() + slowByMs, request, next);
  }

  private arrive<T>(underWay: UnderWay<T>): void {
    const { call, broker, settle } = underWay;
    if (!broker.isUp) {
      this.cutOff(underWay);
      return;
    }
    const { lives } = broker;
    const reply = (outcome: T | Refusal): void => {
      this.afterLatency(`${call.request} answer`, () => {
        if (broker.lives !== lives) settle(this.failure(call, broker, CUT_OFF));
        else if (outcome instanceof Refusal) settle(this.refused(call, broker, outcome));
        else settle(outcome);
      });
    };
    const asked = { cluster: this.process.cluster, broker };
    const refusal = attempt(() => call.act(asked, reply));
    if (refusal instanceof Refusal) reply(refusal);
  }

  /** With or without an effect before, by the fault. */
  private refuse<T>(underWay: UnderWay<T>, reason: KafkaErrorName): void {
    const { call, fault, broker, settle } = underWay;
    if (!broker.isUp) {
      this.cutOff(underWay);
      return;
    }
    if (fault.kind === 'refused-in-doubt') this.actUnheard(underWay);
    this.process.cluster.faults.hit(
      fault.kind === 'refused-in-doubt' ? 'refused-in-doubt' : 'refused',
      call.request,
    );
    this.afterLatency(`${call.request} refused`, () => {
      settle(this.refused(call, broker, new Refusal(reason)));
    });
  }

  /** Acts, and what it answers is lost; false when the broker is down. */
  private actUnheard<T>({ call, broker }: UnderWay<T>): boolean {
    if (!broker.isUp) return false;
    const asked = { cluster: this.process.cluster, broker };
    attempt(() => call.act(asked, () => undefined));
    return true;
  }

  private cutOff<T>({ call, broker, settle }: UnderWay<T>): void {
    this.afterLatency(`${call.request} cut off`, () => {
      settle(this.failure(call, broker, CUT_OFF));
    });
  }

  private refused<T>(call: Call<T>, broker: SimulatedBroker, refusal: Refusal): T | KafkaError {
    const { reason, isInDoubt } = refusal;
    if (call.failed !== undefined) return call.failed(reason);
    const isOpenEnded = isInDoubt || (!READING.has(call.request) && mayHaveTakenEffect(reason));
    const outcome = isOpenEnded ? 'unknown' : 'not-done';
    return this.failure(call, broker, { reason, outcome });
  }

  private failure(
    call: Pick<Call<unknown>, 'request' | 'subject'>,
    broker: SimulatedBroker | null,
    what: Pick<KafkaFailure, 'reason' | 'outcome'>,
  ): KafkaError {
    const server =
      broker === null ? this.settings.bootstrapServers.join(',') : `${broker.host}:${broker.port}`;
    const { request, subject } = call;
    return new KafkaError({ request, server, subject, detail: null, ...what });
  }

  private find(target: Target): SimulatedBroker | null {
    const { cluster, random } = this.process;
    const up = cluster.brokers.filter(({ isUp }) => isUp);
    switch (target.kind) {
      case 'any':
        return up[random.index(up.length)] ?? null;
      case 'node':
        return up.find(({ node }) => node === target.node) ?? null;
      case 'coordinator': {
        const known = this.coordinators.get(target.key);
        const broker = known?.isUp === true ? known : cluster.coordinatorOf(target.key);
        if (broker !== null) this.coordinators.set(target.key, broker);
        return broker;
      }
    }
  }

  /** After an answer that says so, and after none, the next call asks who it is. */
  private forgetCoordinator(target: Target, outcome: unknown): void {
    if (target.kind !== 'coordinator' || !(outcome instanceof KafkaError)) return;
    const isAnswer = outcome.reason === outcome.reason.toUpperCase();
    if (!isAnswer || STALE_COORDINATOR.has(outcome.reason)) this.coordinators.delete(target.key);
  }

  /** Of the process: gone when it dies. */
  private afterLatency(what: string, task: () => void): void {
    const options = { label: `kafka: ${what}`, owner: 'kafka' };
    this.process.scheduler.schedule(this.latencyMs(), options, task);
  }

  /** Of the network: comes although the process has died. */
  private later(delayMs: number, what: string, task: () => void): void {
    this.process.cluster.later(delayMs, { label: `kafka: ${what}`, keepAlive: false }, task);
  }

  private latencyMs(): number {
    return this.process.random.next() * LATENCY_MS_MAX;
  }
}

const CLOSED = { reason: 'closed', outcome: 'unknown' } as const;
const CUT_OFF = { reason: 'cut-off', outcome: 'unknown' } as const;
