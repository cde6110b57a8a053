/**
 * A real Kafka cluster on loopback, of one broker or of several. Each cluster has ports and a folder
 * of its own; jars are shared. `stop` ends exactly the processes that were started here; a single
 * broker can be killed and started again on its data.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { hasEnded, isRunning, startJava, tailOf, type JavaProcess } from './java-process.ts';
import { javaTool } from './java-tools.ts';
import { kafkaClasspath } from './kafka-distribution.ts';
import {
  brokerProperties,
  kafkaCertificates,
  kafkaListeners,
  log4jText,
  scramUsers,
  type KafkaCertificates,
  type KafkaListener,
  type KafkaPorts,
} from './kafka-settings.ts';
import { peersFolder } from './peer-folder.ts';
import { runProgram } from './run-program.ts';
import { waitUntil } from './wait-until.ts';

export interface KafkaOptions {
  /** 1 by default; topics of a cluster of three have three replicas, two of them in sync. */
  readonly brokerCount?: 1 | 3;
  /** Whether it listens for logins and TLS as well. */
  readonly isSecured?: boolean;
  /** Of the first broker's listener in plain text; any free port by default. */
  readonly port?: number;
  /** Kafka's own keys, for example `transaction.max.timeout.ms`; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Folder of this cluster; by default a new one. */
  readonly home?: string;
  /** Whether the cluster outlives this process. */
  readonly isDetached?: boolean;
}

export interface KafkaBrokerPeer {
  readonly node: number;
  /** `host:port` of each listener; without `isSecured` only the first is there. */
  readonly address: (listener?: KafkaListener) => string;
  readonly process: () => JavaProcess;
  /** As when the machine loses power, but for what the system has not written yet. */
  readonly kill: () => Promise<void>;
  /** After `kill`, on the same data and ports. */
  readonly start: () => Promise<void>;
}

export interface KafkaPeer {
  readonly brokers: readonly KafkaBrokerPeer[];
  /** Of the listener, as `bootstrap.servers`. */
  readonly bootstrapServers: (listener?: KafkaListener) => readonly string[];
  /** Null unless it is secured. */
  readonly certificates: KafkaCertificates | null;
  readonly home: string;
  readonly stop: (options?: { readonly keepsFiles?: boolean }) => Promise<void>;
}

/** As a UUID in base 64; Kafka wants one, and no test depends on which. */
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';
/** A busy machine takes minutes for what takes seconds on an idle one. */
const START_TIMEOUT_MS = 300_000;
const KILL_TIMEOUT_MS = 20_000;
/** A broker of a test lives for minutes: less is compiled, and a start costs half the CPU time. */
const JVM_OPTIONS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
const STARTED = 'Kafka Server started';

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaPeer> {
  const cluster = await newCluster(options);
  const { home, ports, certificates } = cluster;
  const brokers = [...ports.keys()].map((node) => new BrokerProcess(cluster, node));
  const stop = async ({ keepsFiles = false } = {}): Promise<void> => {
    await Promise.all(brokers.map((broker) => broker.kill()));
    if (!keepsFiles) rmSync(home, { recursive: true, force: true });
  };
  try {
    await Promise.all(brokers.map((broker) => broker.format()));
    await Promise.all(brokers.map((broker) => broker.start()));
  } catch (error) {
    await stop({ keepsFiles: true });
    throw error;
  }
  return {
    brokers: brokers.map((broker) => broker.asPeer()),
    bootstrapServers: (listener) => brokers.map((broker) => broker.address(listener)),
    certificates,
    home,
    stop,
  };
}

export function kafkaClustersFolder(): string {
  return join(peersFolder(), 'clusters');
}

interface Cluster {
  readonly home: string;
  readonly classpath: string;
  readonly ports: ReadonlyMap<number, KafkaPorts>;
  readonly certificates: KafkaCertificates | null;
  readonly settings: Readonly<Record<string, string>>;
  readonly isDetached: boolean;
}

async function newCluster(options: KafkaOptions): Promise<Cluster> {
  const { brokerCount = 1, isSecured = false, settings = {}, isDetached = false } = options;
  const classpath = await kafkaClasspath();
  mkdirSync(kafkaClustersFolder(), { recursive: true });
  const home = options.home ?? mkdtempSync(join(kafkaClustersFolder(), 'kafka-'));
  mkdirSync(home, { recursive: true });
  const ports = new Map<number, KafkaPorts>();
  for (let node = 1; node <= brokerCount; node++) {
    ports.set(node, await portsOf(node === 1 ? options.port : undefined));
  }
  const certificates = isSecured ? kafkaCertificates() : null;
  if (certificates !== null) {
    writeFileSync(join(home, 'broker.pem'), certificates.broker);
    writeFileSync(join(home, 'authority.pem'), certificates.authority);
  }
  return { home, classpath, ports, certificates, settings, isDetached };
}

async function portsOf(plaintext: number | undefined): Promise<KafkaPorts> {
  const ports: Record<KafkaListener | 'CONTROLLER', number> = {
    PLAINTEXT: plaintext ?? (await freePort()),
    SASL_PLAINTEXT: 0,
    SASL_SSL: 0,
    SSL: 0,
    MTLS: 0,
    CONTROLLER: await freePort(),
  };
  for (const listener of kafkaListeners) {
    if (ports[listener] === 0) ports[listener] = await freePort();
  }
  return ports;
}

class BrokerProcess {
  private readonly cluster: Cluster;
  private readonly node: number;
  private readonly home: string;
  private running: JavaProcess | null = null;

  constructor(cluster: Cluster, node: number) {
    this.cluster = cluster;
    this.node = node;
    this.home = join(cluster.home, `broker-${node}`);
  }

  asPeer(): KafkaBrokerPeer {
    return {
      node: this.node,
      address: (listener) => this.address(listener),
      process: () => {
        if (this.running === null) throw new Error(`broker ${this.node} is not running`);
        return this.running;
      },
      kill: () => this.kill(),
      start: () => this.start(),
    };
  }

  address(listener: KafkaListener = 'PLAINTEXT'): string {
    return `127.0.0.1:${this.cluster.ports.get(this.node)?.[listener]}`;
  }

  async format(): Promise<void> {
    const { cluster, node, home } = this;
    const { certificates, ports, settings, classpath } = cluster;
    mkdirSync(home, { recursive: true });
    const pem =
      certificates === null
        ? null
        : {
            broker: join(cluster.home, 'broker.pem'),
            authority: join(cluster.home, 'authority.pem'),
          };
    const dataFolder = join(home, 'data');
    writeFileSync(
      join(home, 'server.properties'),
      brokerProperties({ node, ports, dataFolder, pem, settings }),
    );
    writeFileSync(join(home, 'log4j2.xml'), log4jText(join(home, 'server.log')));
    await runProgram(javaTool('java'), [
      ...JVM_OPTIONS,
      '-Xmx128m',
      '-cp',
      classpath,
      'kafka.tools.StorageTool',
      'format',
      '--cluster-id',
      CLUSTER_ID,
      '--config',
      join(home, 'server.properties'),
      ...(pem === null ? [] : scramUsers()),
    ]);
  }

  async start(): Promise<void> {
    const { home, cluster } = this;
    const log = join(home, 'server.log');
    rmSync(log, { force: true });
    const outputFile = join(home, 'output.txt');
    const process = await startJava({
      name: `Kafka broker ${this.node}`,
      mark: home,
      arguments: [
        ...JVM_OPTIONS,
        '-Xms128m',
        '-Xmx512m',
        `-Dlog4j2.configurationFile=${join(home, 'log4j2.xml')}`,
        '-cp',
        cluster.classpath,
        'kafka.Kafka',
        join(home, 'server.properties'),
      ],
      env: {},
      outputFile,
      isDetached: cluster.isDetached,
    });
    this.running = process;
    await waitUntil({ what: process.name, timeoutMs: START_TIMEOUT_MS }, async () => {
      if (existsSync(log) && readFileSync(log, 'utf8').includes(STARTED)) return true;
      if (!hasEnded(process)) return undefined;
      throw new Error(`${process.name} has ended:\n${tailOf(outputFile)}\n${tailOf(log)}`);
    });
  }

  async kill(): Promise<void> {
    const { running } = this;
    this.running = null;
    if (running === null || !(await isRunning(running))) return;
    process.kill(running.pid, 'SIGKILL');
    const wait = { what: `${running.name} to end`, timeoutMs: KILL_TIMEOUT_MS };
    await waitUntil(wait, async () => ((await isRunning(running)) ? undefined : true));
  }
}
