/**
 * What a cluster for tests is configured with: Flink's settings, its log files and the options of
 * its Java processes. Everything stays on loopback and below the folder of the cluster, and what
 * a test waits for is shorter than Flink's defaults, except where a user would see the default.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type FlinkSettings = Readonly<Record<string, string | number>>;

export interface ClusterShape {
  readonly home: string;
  readonly slots: number;
  readonly restPort: number;
  readonly gatewayPort: number;
  readonly rpcPort: number;
  readonly scheduler: 'default' | 'adaptive';
}

const HOST = '127.0.0.1';

/** Megabytes, as the start script of a TaskManager would derive them. */
const TASK_MEMORY = {
  frameworkHeap: 128,
  taskHeap: 512,
  frameworkOffHeap: 128,
  network: 64,
  managed: 64,
  metaspace: 256,
  overhead: 128,
} as const;

export function flinkSettings(shape: ClusterShape): FlinkSettings {
  return {
    ...addresses(shape),
    ...taskManagerSettings(shape.slots),
    ...folders(shape.home),
    'parallelism.default': 1,
    'jobmanager.memory.process.size': '1024m',
    'execution.checkpointing.interval': '2s',
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    // Default 10 s: busy and back-pressured times would come late.
    'metrics.fetcher.update-interval': '1000ms',
    ...(shape.scheduler === 'adaptive' ? adaptiveSettings : {}),
  };
}

function addresses(shape: ClusterShape): FlinkSettings {
  return {
    'jobmanager.rpc.address': HOST,
    'jobmanager.rpc.port': shape.rpcPort,
    'jobmanager.bind-host': HOST,
    'taskmanager.host': HOST,
    'taskmanager.bind-host': HOST,
    'rest.address': HOST,
    'rest.bind-address': HOST,
    'rest.port': shape.restPort,
    'sql-gateway.endpoint.rest.address': HOST,
    'sql-gateway.endpoint.rest.bind-address': HOST,
    'sql-gateway.endpoint.rest.port': shape.gatewayPort,
  };
}

function taskManagerSettings(slots: number): FlinkSettings {
  const all = Object.values(TASK_MEMORY).reduce((sum, megabytes) => sum + megabytes, 0);
  return {
    'taskmanager.numberOfTaskSlots': slots,
    'taskmanager.cpu.cores': slots,
    'taskmanager.memory.process.size': `${all}m`,
    'taskmanager.memory.framework.heap.size': `${TASK_MEMORY.frameworkHeap}m`,
    'taskmanager.memory.task.heap.size': `${TASK_MEMORY.taskHeap}m`,
    'taskmanager.memory.framework.off-heap.size': `${TASK_MEMORY.frameworkOffHeap}m`,
    'taskmanager.memory.task.off-heap.size': '0m',
    'taskmanager.memory.network.min': `${TASK_MEMORY.network}m`,
    'taskmanager.memory.network.max': `${TASK_MEMORY.network}m`,
    'taskmanager.memory.managed.size': `${TASK_MEMORY.managed}m`,
    'taskmanager.memory.jvm-metaspace.size': `${TASK_MEMORY.metaspace}m`,
    'taskmanager.memory.jvm-overhead.min': `${TASK_MEMORY.overhead}m`,
    'taskmanager.memory.jvm-overhead.max': `${TASK_MEMORY.overhead}m`,
  };
}

export function savepointFolder(home: string): string {
  return join(home, 'savepoints');
}

function folders(home: string): FlinkSettings {
  return {
    'execution.checkpointing.savepoint-dir': pathToFileURL(savepointFolder(home)).href,
    'execution.checkpointing.dir': pathToFileURL(join(home, 'checkpoints')).href,
    'web.upload.dir': join(home, 'upload'),
    'io.tmp.dirs': join(home, 'tmp'),
  };
}

/** A change of parallelism takes effect within seconds; the names differ between 1.20 and 2.x. */
const adaptiveSettings: FlinkSettings = {
  'jobmanager.scheduler': 'adaptive',
  'jobmanager.adaptive-scheduler.resource-stabilization-timeout': '500ms',
  'jobmanager.adaptive-scheduler.scaling-interval.min': '1s',
  'jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout': '500ms',
  'jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling': '1s',
  'jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout': '500ms',
  'web.adaptive-scheduler.rescale-history.size': 10,
};

/** Flat keys are valid in both forms of the file that 1.20 and 2.x read. */
export function configurationText(settings: FlinkSettings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? JSON.stringify(value) : value}\n`)
    .join('');
}

/** As Flink's log4j.properties: one rolling file, which the web pages list. */
export const LOG4J_PROPERTIES = `\
rootLogger.level = INFO
rootLogger.appenderRef.file.ref = MainAppender
appender.main.name = MainAppender
appender.main.type = RollingFile
appender.main.append = true
appender.main.fileName = \${sys:log.file}
appender.main.filePattern = \${sys:log.file}.%i
appender.main.layout.type = PatternLayout
appender.main.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
appender.main.policies.type = Policies
appender.main.policies.size.type = SizeBasedTriggeringPolicy
appender.main.policies.size.size = 20MB
appender.main.strategy.type = DefaultRolloverStrategy
appender.main.strategy.max = 2
`;

/** As env.java.opts.all in Flink's config.yaml. */
export const MODULE_OPTIONS: readonly string[] = [
  '--add-exports=java.base/sun.net.util=ALL-UNNAMED',
  '--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED',
  '--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED',
  ...[
    'java.lang',
    'java.net',
    'java.io',
    'java.nio',
    'sun.nio.ch',
    'java.lang.reflect',
    'java.text',
    'java.time',
    'java.util',
    'java.util.concurrent',
    'java.util.concurrent.atomic',
    'java.util.concurrent.locks',
  ].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
];

/** A server of a test lives for minutes: the quick compiler and the small collector start sooner. */
const SHORT_LIVED = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

export const MEMORY_OPTIONS = {
  jobmanager: [...SHORT_LIVED, '-Xmx512m', '-XX:MaxMetaspaceSize=256m'],
  taskmanager: [
    ...SHORT_LIVED,
    `-Xms${TASK_MEMORY.frameworkHeap + TASK_MEMORY.taskHeap}m`,
    `-Xmx${TASK_MEMORY.frameworkHeap + TASK_MEMORY.taskHeap}m`,
    `-XX:MaxDirectMemorySize=${TASK_MEMORY.frameworkOffHeap + TASK_MEMORY.network}m`,
    `-XX:MaxMetaspaceSize=${TASK_MEMORY.metaspace}m`,
  ],
  gateway: [...SHORT_LIVED, '-Xmx512m'],
} as const;
