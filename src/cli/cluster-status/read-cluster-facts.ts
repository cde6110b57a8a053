/** The facts about a cluster that its health is judged by, asked of the cluster. */
import { RefusedError } from '../../errors/drey-error.ts';
import type { ConfigurationEntry } from '../../flink/model/cluster.ts';
import { isAtLeast, SUPPORTED_MIN } from '../../flink/model/flink-version.ts';
import type { Metric } from '../../flink/model/metric.ts';
import type { TaskManagerSummary } from '../../flink/model/task-manager.ts';
import type {
  ClusterFacts,
  HeartbeatSettings,
  JobManagerFacts,
  TaskManagerFacts,
} from '../../ops/cluster/cluster-facts.ts';
import { jobsToExamine } from '../../ops/cluster/jobs-to-examine.ts';
import { parseDurationMs } from '../../pipeline/spec/duration.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';
import type { FreshMetrics } from '../job/fresh-metrics.ts';
import { metricNumber } from '../taskmanager/metric-number.ts';
import { readClock } from './cluster-clock.ts';
import { readJobFacts } from './read-job-facts.ts';

const JVM_METRICS = {
  heapUsedBytes: 'Status.JVM.Memory.Heap.Used',
  heapMaxBytes: 'Status.JVM.Memory.Heap.Max',
  metaspaceUsedBytes: 'Status.JVM.Memory.Metaspace.Used',
  metaspaceMaxBytes: 'Status.JVM.Memory.Metaspace.Max',
  /** Since 1.18. */
  gcMsPerSec: 'Status.JVM.GarbageCollector.All.TimeMsPerSecond',
} as const;
const JVM_NAMES = Object.values(JVM_METRICS);

/** `fresh`: of the command, which may look again and again. */
export async function readClusterFacts(
  session: ClusterSession,
  fresh: FreshMetrics,
): Promise<ClusterFacts> {
  const { client } = session;
  const collected = fresh.collectBy(session, () => client.clusters.jobManagerMetrics(JVM_NAMES));
  const [config, overview, jobs, taskManagers, settings, clock] = await Promise.all([
    client.clusters.config(),
    client.clusters.overview(),
    client.jobs.list(),
    client.taskManagers.list(),
    client.clusters.jobManagerConfig(),
    readClock(session),
    collected,
  ]);
  const { chosen, skipped } = jobsToExamine(jobs, clock.nowAtMs);
  const jobFacts = await inParallel(chosen, (job) => readJobFacts(session, job));
  return {
    versionText: config.versionText,
    isSupported: config.version === null ? null : isAtLeast(config.version, SUPPORTED_MIN),
    webSubmit: config.features.webSubmit,
    slotsTotal: overview.slotsTotal,
    slotsAvailable: overview.slotsAvailable,
    time: { nowAtMs: clock.nowAtMs, aheadMs: clock.aheadMs },
    heartbeat: heartbeatOf(settings),
    jobManager: jvmOf(await client.clusters.jobManagerMetrics(JVM_NAMES)),
    taskManagers: await inParallel(taskManagers, (one) => readTaskManager(session, one)),
    jobs: jobFacts.filter((facts) => facts !== null),
    jobsSkipped: skipped,
  };
}

async function readTaskManager(
  { client }: ClusterSession,
  { taskManagerId, lastHeartbeatAtMs }: TaskManagerSummary,
): Promise<TaskManagerFacts> {
  const identity = { taskManagerId, lastHeartbeatAtMs };
  try {
    const metrics = await client.taskManagers.metrics(taskManagerId, JVM_NAMES);
    return { ...identity, ...jvmOf(metrics), unreadable: null };
  } catch (error) {
    // One that leaves at this moment; without any answer at all there is nothing to judge.
    if (!(error instanceof RefusedError)) throw error;
    return { ...identity, ...jvmOf([]), unreadable: error.message };
  }
}

function jvmOf(metrics: readonly Metric[]): JobManagerFacts {
  return {
    heapUsedBytes: metricNumber(metrics, JVM_METRICS.heapUsedBytes),
    heapMaxBytes: metricNumber(metrics, JVM_METRICS.heapMaxBytes),
    metaspaceUsedBytes: metricNumber(metrics, JVM_METRICS.metaspaceUsedBytes),
    metaspaceMaxBytes: metricNumber(metrics, JVM_METRICS.metaspaceMaxBytes),
    gcMsPerSec: metricNumber(metrics, JVM_METRICS.gcMsPerSec),
  };
}

/** Flink's defaults. */
const HEARTBEAT: HeartbeatSettings = { intervalMs: 10_000, timeoutMs: 50_000 };

export function heartbeatOf(settings: readonly ConfigurationEntry[]): HeartbeatSettings {
  return {
    intervalMs: durationOf(settings, 'heartbeat.interval') ?? HEARTBEAT.intervalMs,
    timeoutMs: durationOf(settings, 'heartbeat.timeout') ?? HEARTBEAT.timeoutMs,
  };
}

/** Null: not set, or no duration. */
function durationOf(settings: readonly ConfigurationEntry[], key: string): number | null {
  const text = settings.find((entry) => entry.key === key)?.value.trim() ?? '';
  const durationMs = parseDurationMs(text);
  return typeof durationMs === 'number' && durationMs > 0 ? durationMs : null;
}
