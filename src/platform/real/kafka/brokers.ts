/**
 * The brokers of one cluster as a client knows them: which node has which address, which of them
 * coordinates a group or a transaction, and the connections, two for each broker: a fetch that waits
 * for records holds up nothing else.
 * Invariant: a connection that is handed out was open a moment ago; nothing is asked twice.
 */
import type Connection from 'kafkajs/src/network/connection.js';
import type { KafkaBroker, KafkaSettings } from '../../kafka.ts';
import { KafkaError } from '../../kafka-error.ts';
import { addressText, BrokerConnection, opening, type BrokerAddress } from './broker-connection.ts';
import type { KafkaRequest } from './kafka-request.ts';
import {
  findCoordinatorRequest,
  metadataRequest,
  type ClusterMetadata,
  type CoordinatorKind,
} from './requests/cluster-requests.ts';
import { FETCH_API_KEY } from './requests/record-requests.ts';

/** Answers after which a coordinator is looked for anew. */
const NO_COORDINATOR: ReadonlySet<string> = new Set([
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'unreachable',
  'cut-off',
  'timeout',
  'unusable-answer',
]);

export class Brokers {
  private readonly kafkajs: typeof Connection;
  private readonly settings: KafkaSettings;
  private readonly bootstrap: readonly BrokerAddress[];
  private readonly nodes = new Map<number, BrokerAddress>();
  private readonly connections = new Map<string, BrokerConnection>();
  private readonly openings = new Map<string, Promise<BrokerConnection>>();
  private readonly coordinators = new Map<string, number>();
  /** Addresses that could not be reached when they were last tried. */
  private readonly unreached = new Set<string>();
  private controller: number | null = null;
  private isClosed = false;

  constructor(kafkajs: typeof Connection, settings: KafkaSettings) {
    this.kafkajs = kafkajs;
    this.settings = settings;
    this.bootstrap = settings.bootstrapServers.map(parseAddress);
  }

  /** Asked of any broker. */
  async ask<T>(request: KafkaRequest<T>): Promise<T> {
    return (await this.any(request)).send(request);
  }

  async metadata(topics: readonly string[] | 'all'): Promise<ClusterMetadata> {
    const metadata = await this.ask(metadataRequest(topics));
    this.nodes.clear();
    for (const broker of metadata.brokers) this.learn(broker);
    this.controller = metadata.controller;
    return metadata;
  }

  async askNode<T>(node: number, request: KafkaRequest<T>): Promise<T> {
    const connection = await this.open(await this.addressOf(node, request), request);
    return connection.send(request);
  }

  async askController<T>(request: KafkaRequest<T>): Promise<T> {
    if (this.controller === null) await this.metadata([]);
    const { controller } = this;
    // Brokers without ZooKeeper pass it on, whoever is asked.
    if (controller === null || !this.nodes.has(controller)) return this.ask(request);
    try {
      return await this.askNode(controller, request);
    } catch (error) {
      this.controller = null;
      throw error;
    }
  }

  /** Asked of the broker that coordinates the group or the transactional id. */
  async askCoordinator<T>(
    kind: CoordinatorKind,
    key: string,
    request: KafkaRequest<T>,
  ): Promise<T> {
    const name = `${kind} ${key}`;
    let node = this.coordinators.get(name);
    if (node === undefined) {
      const found = await this.ask(findCoordinatorRequest(kind, key));
      this.learn(found);
      node = found.node;
      this.coordinators.set(name, node);
    }
    try {
      return await this.askNode(node, request);
    } catch (error) {
      if (error instanceof KafkaError && NO_COORDINATOR.has(error.reason)) {
        this.coordinators.delete(name);
      }
      throw error;
    }
  }

  close(): void {
    this.isClosed = true;
    const failure = { reason: 'closed', detail: null } as const;
    for (const connection of this.connections.values()) connection.destroy(failure);
    this.connections.clear();
  }

  private learn(broker: KafkaBroker): void {
    this.nodes.set(broker.node, { host: broker.host, port: broker.port });
  }

  private async addressOf<T>(node: number, request: KafkaRequest<T>): Promise<BrokerAddress> {
    const known = this.nodes.get(node);
    if (known !== undefined) return known;
    await this.metadata([]);
    const found = this.nodes.get(node);
    if (found !== undefined) return found;
    throw new KafkaError({
      request: request.name,
      server: this.settings.bootstrapServers.join(', '),
      subject: request.subject,
      reason: 'BROKER_NOT_AVAILABLE',
      detail: `the cluster has no broker ${node} now`,
      outcome: 'not-done',
    });
  }

  /** Open ones first, then those that have not failed; the first that can be reached. */
  private async any<T>(request: KafkaRequest<T>): Promise<BrokerConnection> {
    const addresses = new Map<string, BrokerAddress>();
    for (const address of [...this.nodes.values(), ...this.bootstrap]) {
      addresses.set(addressText(address), address);
    }
    const rank = (text: string): number =>
      this.connections.get(text)?.isOpen === true ? 0 : this.unreached.has(text) ? 2 : 1;
    const inOrder = [...addresses].sort(([a], [b]) => rank(a) - rank(b));
    const failures: KafkaError[] = [];
    for (const [, address] of inOrder) {
      try {
        return await this.open(address, request);
      } catch (error) {
        // Another broker would not take the login either.
        if (!(error instanceof KafkaError) || error.reason === 'authentication') throw error;
        if (error.reason === 'closed') throw error;
        failures.push(error);
      }
    }
    throw noneOf(failures, request);
  }

  private open<T>(address: BrokerAddress, request: KafkaRequest<T>): Promise<BrokerConnection> {
    const text = addressText(address);
    const key = request.apiKey === FETCH_API_KEY ? `${text} fetch` : text;
    if (this.isClosed) return Promise.reject(closed(text, request));
    const known = this.connections.get(key);
    if (known !== undefined && known.isOpen) {
      const underWay = this.openings.get(key);
      return underWay ?? Promise.resolve(known);
    }
    const underWay = this.openings.get(key);
    if (underWay !== undefined) return underWay;
    const connection = new BrokerConnection(this.kafkajs, address, this.settings);
    this.connections.set(key, connection);
    const opened = connection
      .open(opening(request))
      .then(
        () => {
          this.unreached.delete(text);
          return connection;
        },
        (error: unknown) => {
          this.unreached.add(text);
          throw error;
        },
      )
      .finally(() => this.openings.delete(key));
    this.openings.set(key, opened);
    return opened;
  }
}

function parseAddress(server: string): BrokerAddress {
  const colon = server.lastIndexOf(':');
  const host = server.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(server.slice(colon + 1)) };
}

function closed<T>(server: string, request: KafkaRequest<T>): KafkaError {
  const { name, subject } = request;
  const outcome = 'not-done';
  return new KafkaError({
    request: name,
    server,
    subject,
    reason: 'closed',
    detail: null,
    outcome,
  });
}

/** One failure speaks for itself; of several, each is named with its server. */
function noneOf<T>(failures: readonly KafkaError[], request: KafkaRequest<T>): KafkaError {
  const [first] = failures;
  const detail =
    failures.length === 1
      ? (first?.detail ?? null)
      : failures
          .map(({ server, reason, detail: said }) => `${server}: ${said ?? reason}`)
          .join('; ');
  return new KafkaError(
    {
      request: request.name,
      server: failures.map(({ server }) => server).join(', '),
      subject: request.subject,
      reason: first?.reason ?? 'unreachable',
      detail,
      outcome: 'not-done',
    },
    first,
  );
}
