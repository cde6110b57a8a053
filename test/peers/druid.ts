/**
 * A real Druid on loopback, from Maven: ZooKeeper, a coordinator that is the overlord, a broker for
 * SQL and an indexer that reads Kafka. Takes 1.3 GB. Ends with this process.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';
import { hasEnded, startJava, stopJava, tailOf, type JavaProcess } from './java-process.ts';
import { mavenJars } from './maven-jars.ts';
import { waitUntil } from './wait-until.ts';

const VERSION = '33.0.0';
/** Four JVMs start at once, on a machine that may have two cores. */
const START_TIMEOUT_MS = 600_000;

export interface DruidPeer {
  /** `http://127.0.0.1:PORT`. */
  readonly overlord: string;
  /** Rows as arrays; null as long as Druid cannot answer, say for want of the datasource. */
  query(sql: string): Promise<readonly (readonly unknown[])[] | null>;
  stop(): Promise<void>;
}

interface Ports {
  readonly zookeeper: number;
  readonly derby: number;
  readonly coordinator: number;
  readonly broker: number;
  readonly indexer: number;
}

interface Service {
  readonly name: 'coordinator' | 'broker' | 'indexer';
  readonly port: number;
  readonly heapMb: number;
  readonly properties: readonly string[];
}

export async function startDruid(): Promise<DruidPeer> {
  const classpath = await mavenJars(`druid-${VERSION}-jars`, [
    { group: 'org.apache.druid', name: 'druid-services', version: VERSION },
    ...['druid-kafka-indexing-service', 'druid-datasketches'].map((name) => ({
      group: 'org.apache.druid.extensions',
      name,
      version: VERSION,
    })),
  ]);
  const home = mkdtempSync(join(tmpdir(), 'drey-druid-'));
  const ports: Ports = {
    zookeeper: await freePort(),
    derby: await freePort(),
    coordinator: await freePort(),
    broker: await freePort(),
    indexer: await freePort(),
  };
  const running: JavaProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(stopJava));
    rmSync(home, { recursive: true, force: true });
  };
  try {
    running.push(await startZookeeper(home, classpath, ports));
    for (const service of servicesOf(home, ports)) {
      running.push(await startService(home, classpath, ports, service));
    }
    for (const service of servicesOf(home, ports)) await healthy(home, service, running);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    overlord: `http://127.0.0.1:${ports.coordinator}`,
    query: (sql) => query(ports.broker, sql),
    stop,
  };
}

function servicesOf(home: string, ports: Ports): readonly Service[] {
  return [
    {
      name: 'coordinator',
      port: ports.coordinator,
      heapMb: 384,
      properties: [
        'druid.coordinator.asOverlord.enabled=true',
        'druid.coordinator.asOverlord.overlordService=druid/overlord',
        'druid.indexer.runner.type=httpRemote',
        'druid.indexer.storage.type=metadata',
        'druid.coordinator.startDelay=PT5S',
        'druid.coordinator.period=PT5S',
        'druid.indexer.queue.startDelay=PT1S',
      ],
    },
    { name: 'broker', port: ports.broker, heapMb: 384, properties: [] },
    {
      name: 'indexer',
      port: ports.indexer,
      heapMb: 512,
      properties: [
        'druid.worker.capacity=2',
        `druid.indexer.task.baseTaskDir=${join(home, 'tasks')}`,
        'druid.realtime.cache.useCache=false',
      ],
    },
  ];
}

function commonProperties(home: string, ports: Ports): readonly string[] {
  const metadata = `//127.0.0.1:${ports.derby}/${join(home, 'metadata.db')}`;
  return [
    'druid.host=127.0.0.1',
    // Those on the class path are loaded all the same.
    'druid.extensions.loadList=[]',
    `druid.zk.service.host=127.0.0.1:${ports.zookeeper}`,
    'druid.metadata.storage.type=derby',
    `druid.metadata.storage.connector.connectURI=jdbc:derby:${metadata};create=true`,
    'druid.metadata.storage.connector.host=127.0.0.1',
    `druid.metadata.storage.connector.port=${ports.derby}`,
    'druid.storage.type=local',
    `druid.storage.storageDirectory=${join(home, 'segments')}`,
    'druid.indexer.logs.type=file',
    `druid.indexer.logs.directory=${join(home, 'indexlogs')}`,
    'druid.selectors.indexing.serviceName=druid/overlord',
    'druid.selectors.coordinator.serviceName=druid/coordinator',
    'druid.lookup.enableLookupSyncOnStartup=false',
    'druid.processing.buffer.sizeBytes=20000000',
    'druid.processing.numThreads=1',
    'druid.processing.numMergeBuffers=2',
    'druid.server.http.numThreads=12',
    'druid.emitter=noop',
  ];
}

/** What Druid and Derby reach into that Java has closed since. */
const JAVA_OPTIONS = [
  '-Duser.timezone=UTC',
  '-Dfile.encoding=UTF-8',
  '-XX:MaxDirectMemorySize=300m',
  ...['jdk.internal.ref', 'jdk.internal.misc'].map(
    (name) => `--add-exports=java.base/${name}=ALL-UNNAMED`,
  ),
  ...['java.nio', 'sun.nio.ch', 'jdk.internal.ref', 'java.io', 'java.lang'].map(
    (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
  ),
  '--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED',
];

function startZookeeper(home: string, classpath: string, ports: Ports): Promise<JavaProcess> {
  const configuration = join(home, 'zoo.cfg');
  const lines = [
    'tickTime=2000',
    `dataDir=${join(home, 'zookeeper')}`,
    `clientPort=${ports.zookeeper}`,
    'clientPortAddress=127.0.0.1',
    'admin.enableServer=false',
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const main = 'org.apache.zookeeper.server.ZooKeeperServerMain';
  return startJava({
    name: 'ZooKeeper',
    mark: home,
    arguments: ['-Xmx128m', '-cp', classpath, main, configuration],
    env: {},
    outputFile: join(home, 'zookeeper.log'),
    isDetached: false,
  });
}

function startService(
  home: string,
  classpath: string,
  ports: Ports,
  { name, port, heapMb, properties }: Service,
): Promise<JavaProcess> {
  const folder = join(home, name);
  mkdirSync(folder);
  const own = [`druid.service=druid/${name}`, `druid.plaintextPort=${port}`];
  const lines = [...commonProperties(home, ports), ...own, ...properties];
  writeFileSync(join(folder, 'runtime.properties'), `${lines.join('\n')}\n`);
  return startJava({
    name: `Druid's ${name}`,
    mark: home,
    arguments: [
      '-Xms128m',
      `-Xmx${heapMb}m`,
      `-Dderby.system.home=${home}`,
      ...JAVA_OPTIONS,
      '-cp',
      [folder, classpath].join(delimiter),
      'org.apache.druid.cli.Main',
      'server',
      name,
    ],
    env: {},
    outputFile: join(home, `${name}.log`),
    isDetached: false,
  });
}

async function healthy(
  home: string,
  { name, port }: Service,
  running: readonly JavaProcess[],
): Promise<void> {
  const wait = { what: `Druid's ${name} to be healthy`, timeoutMs: START_TIMEOUT_MS };
  await waitUntil(wait, async () => {
    const ended = running.find(hasEnded);
    if (ended !== undefined) {
      throw new Error(`${ended.name} ended:\n${tailOf(join(home, `${name}.log`))}`);
    }
    const answer = await fetch(`http://127.0.0.1:${port}/status/health`).catch(() => null);
    return answer !== null && (await answer.text()).trim() === 'true' ? true : undefined;
  });
}

async function query(port: number, sql: string): Promise<readonly (readonly unknown[])[] | null> {
  const answer = await fetch(`http://127.0.0.1:${port}/druid/v2/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: sql, resultFormat: 'array' }),
  });
  const rows: unknown = await answer.json();
  if (!answer.ok || !Array.isArray(rows)) return null;
  return rows.filter((row): row is unknown[] => Array.isArray(row));
}
