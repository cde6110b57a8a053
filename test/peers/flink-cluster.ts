/**
 * A real Flink session cluster on loopback: JobManager, one TaskManager, SQL gateway. Each cluster
 * has ports and a folder of its own, so several run side by side; jars are shared. `stop` ends
 * exactly the processes that were started here.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  flinkDistribution,
  type FlinkDistribution,
  type FlinkVersion,
} from './flink-distribution.ts';
import {
  configurationText,
  flinkSettings,
  LOG4J_PROPERTIES,
  MEMORY_OPTIONS,
  MODULE_OPTIONS,
  savepointFolder,
  type ClusterShape,
  type FlinkSettings,
} from './flink-settings.ts';
import { freePort } from './free-port.ts';
import { hasEnded, startJava, stopJava, tailOf, type JavaProcess } from './java-process.ts';
import { javaTool } from './java-tools.ts';
import { peersFolder } from './peer-folder.ts';
import { waitUntil } from './wait-until.ts';

export interface FlinkOptions {
  readonly version: FlinkVersion;
  /** Task slots of the TaskManager; 4 by default. */
  readonly slots?: number;
  /** 0, the default, is any free port. */
  readonly restPort?: number;
  readonly gatewayPort?: number;
  /** With `adaptive` the parallelism of a running job can be changed. */
  readonly scheduler?: 'default' | 'adaptive';
  /** Flink's own keys, for example `rest.async.store-duration: '2s'`; they win over ours. */
  readonly settings?: FlinkSettings;
  /** Without one it starts sooner, and `gatewayUrl` leads nowhere. */
  readonly hasGateway?: boolean;
  /** Folder of this cluster; by default a new one. */
  readonly home?: string;
  /** Whether the cluster outlives this process. */
  readonly isDetached?: boolean;
}

/** A program with its first arguments: one appends the verb and its flags. */
export interface FlinkCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Belongs into the environment of the program. */
  readonly env: Readonly<Record<string, string>>;
}

export interface FlinkPeer {
  readonly version: FlinkVersion;
  readonly restUrl: string;
  readonly gatewayUrl: string;
  /** Configuration, logs, state and uploads of this cluster. */
  readonly home: string;
  /** A path; the cluster names savepoints in it as file: URIs. */
  readonly savepointFolder: string;
  /**
   * Flink's own command line, `bin/flink` without the shell script around it; its default
   * JobManager is this cluster. The real script takes longer: it starts Java a second time.
   */
  readonly command: FlinkCommand;
  readonly processes: () => readonly JavaProcess[];
  /** As after a crash without high availability: jobs, triggers and uploaded jars are forgotten. */
  readonly restartJobManager: () => Promise<void>;
  readonly stop: (options?: { readonly keepsFiles?: boolean }) => Promise<void>;
}

type Role = 'jobmanager' | 'taskmanager' | 'gateway';

const MAIN_CLASS: Readonly<Record<Role, string>> = {
  jobmanager: 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint',
  taskmanager: 'org.apache.flink.runtime.taskexecutor.TaskManagerRunner',
  gateway: 'org.apache.flink.table.gateway.SqlGateway',
};

/** The names that Flink's own scripts give the logs, without user and host. */
const LOG_NAME: Readonly<Record<Role, string>> = {
  jobmanager: 'flink-standalonesession-0',
  taskmanager: 'flink-taskexecutor-0',
  gateway: 'flink-sql-gateway-0',
};

const START_TIMEOUT_MS = 120_000;
const SLOTS = 4;

/** What all processes of one cluster have in common. */
interface Cluster {
  readonly shape: ClusterShape;
  readonly distribution: FlinkDistribution;
  readonly restUrl: string;
  readonly gatewayUrl: string;
  readonly isDetached: boolean;
}

export async function startFlink(options: FlinkOptions): Promise<FlinkPeer> {
  const cluster = await newCluster(options);
  const { home } = cluster.shape;
  const running = new Map<Role, JavaProcess>();
  const launch = async (role: Role): Promise<void> => {
    running.set(role, await startRole(cluster, role));
  };
  const stopAll = async (): Promise<void> => {
    await Promise.all([...running.values()].map(stopJava));
    running.clear();
  };
  try {
    const { hasGateway = true } = options;
    const roles: Role[] = ['jobmanager', 'taskmanager'];
    if (hasGateway) roles.push('gateway');
    await Promise.all(roles.map(launch));
    await untilReady(cluster, running);
  } catch (error) {
    await stopAll();
    throw error;
  }
  return {
    version: options.version,
    restUrl: cluster.restUrl,
    gatewayUrl: cluster.gatewayUrl,
    home,
    savepointFolder: savepointFolder(home),
    command: commandLine(cluster),
    processes: () => [...running.values()],
    restartJobManager: async () => {
      // A TaskManager misses its JobManager after 50 s of silence only; a new one is there sooner.
      const roles = ['jobmanager', 'taskmanager'] as const;
      await Promise.all(roles.map((role) => stopRole(running, role)));
      await Promise.all(roles.map(launch));
      await untilReady(cluster, running);
    },
    stop: async ({ keepsFiles = false } = {}) => {
      await stopAll();
      if (!keepsFiles) rmSync(home, { recursive: true, force: true });
    },
  };
}

async function newCluster(options: FlinkOptions): Promise<Cluster> {
  const { version, slots = SLOTS, restPort = 0, gatewayPort = 0 } = options;
  const distribution = await flinkDistribution(version);
  const shape = {
    home: options.home ?? newHome(version),
    slots,
    restPort: restPort === 0 ? await freePort() : restPort,
    gatewayPort: gatewayPort === 0 ? await freePort() : gatewayPort,
    rpcPort: await freePort(),
    scheduler: options.scheduler ?? 'default',
  };
  writeFiles(shape, { ...flinkSettings(shape), ...options.settings });
  return {
    shape,
    distribution,
    restUrl: `http://127.0.0.1:${shape.restPort}`,
    gatewayUrl: `http://127.0.0.1:${shape.gatewayPort}`,
    isDetached: options.isDetached ?? false,
  };
}

async function stopRole(running: ReadonlyMap<Role, JavaProcess>, role: Role): Promise<void> {
  const java = running.get(role);
  if (java !== undefined) await stopJava(java);
}

/** Where clusters keep their folders. */
export function clustersFolder(): string {
  return join(peersFolder(), 'clusters');
}

function newHome(version: FlinkVersion): string {
  mkdirSync(clustersFolder(), { recursive: true });
  return mkdtempSync(join(clustersFolder(), `flink-${version}-`));
}

function writeFiles(shape: ClusterShape, settings: FlinkSettings): void {
  const { home } = shape;
  for (const name of ['conf', 'log', 'plugins', 'savepoints', 'checkpoints', 'upload', 'tmp']) {
    mkdirSync(join(home, name), { recursive: true });
  }
  writeFileSync(join(home, 'conf', 'config.yaml'), configurationText(settings));
  writeFileSync(join(home, 'conf', 'log4j.properties'), LOG4J_PROPERTIES);
}

function startRole(cluster: Cluster, role: Role): Promise<JavaProcess> {
  const { home } = cluster.shape;
  const { classpath, gatewayClasspath } = cluster.distribution;
  const args = role === 'gateway' ? [] : ['--configDir', join(home, 'conf')];
  return startJava({
    name: `the ${role} of Flink ${cluster.distribution.version}`,
    mark: join(home, 'conf'),
    arguments: [
      ...MEMORY_OPTIONS[role],
      ...javaOptions(home, LOG_NAME[role]),
      '-classpath',
      role === 'gateway' ? gatewayClasspath : classpath,
      MAIN_CLASS[role],
      ...args,
    ],
    env: flinkEnvironment(home),
    outputFile: join(home, 'log', `${LOG_NAME[role]}.out`),
    isDetached: cluster.isDetached,
  });
}

/** The endpoints that list log files find them by the property `log.file`. */
function javaOptions(home: string, logName: string): readonly string[] {
  return [
    ...MODULE_OPTIONS,
    `-Dlog.file=${join(home, 'log', `${logName}.log`)}`,
    `-Dlog4j.configurationFile=${join(home, 'conf', 'log4j.properties')}`,
  ];
}

function flinkEnvironment(home: string): Readonly<Record<string, string>> {
  return { FLINK_CONF_DIR: join(home, 'conf'), FLINK_PLUGINS_DIR: join(home, 'plugins') };
}

function commandLine({ shape, distribution }: Cluster): FlinkCommand {
  return {
    program: javaTool('java'),
    arguments: [
      ...javaOptions(shape.home, 'flink-client'),
      '-classpath',
      distribution.classpath,
      'org.apache.flink.client.cli.CliFrontend',
    ],
    env: flinkEnvironment(shape.home),
  };
}

/** All slots are there and the gateway answers. */
async function untilReady(
  cluster: Cluster,
  running: ReadonlyMap<Role, JavaProcess>,
): Promise<void> {
  const what = `Flink ${cluster.distribution.version} at ${cluster.restUrl}`;
  await waitUntil({ what, timeoutMs: START_TIMEOUT_MS }, async () => {
    for (const [role, java] of running) {
      if (hasEnded(java)) throw endedEarly(cluster, role, java);
    }
    const overview = await answerOf(`${cluster.restUrl}/v1/overview`);
    if (overview?.['slots-total'] !== cluster.shape.slots) return undefined;
    if (!running.has('gateway')) return true;
    return (await answerOf(`${cluster.gatewayUrl}/v1/info`)) === undefined ? undefined : true;
  });
}

function endedEarly(cluster: Cluster, role: Role, java: JavaProcess): Error {
  const log = join(cluster.shape.home, 'log', LOG_NAME[role]);
  return new Error(`${java.name} ended:\n${tailOf(`${log}.out`)}\n${tailOf(`${log}.log`)}`);
}

/** Nothing while the server is not up or not ready. */
async function answerOf(url: string): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
