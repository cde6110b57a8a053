/** `taskmanager show`: one TaskManager with its memory, its garbage collection and its jobs. */
import type { GarbageCollector } from '../../flink/model/task-manager.ts';
import { ageOf, readClock } from '../cluster-status/cluster-clock.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { findTaskManager } from './find-task-manager.ts';
import { jobSlots, type JobSlots, type TaskManagerEntry } from './list-task-managers.ts';
import { metricNumber } from './metric-number.ts';

export interface TaskManagerShown extends Omit<TaskManagerEntry, 'jobs'> {
  readonly jobs: readonly JobSlots[];
  readonly physicalMemoryBytes: number | null;
  readonly flinkMemoryBytes: number | null;
  readonly nonHeapUsedBytes: number | null;
  readonly networkMemoryUsedBytes: number | null;
  readonly networkMemoryTotalBytes: number | null;
  readonly metaspaceUsedBytes: number | null;
  readonly metaspaceMaxBytes: number | null;
  readonly threads: number | null;
  /** Between 0 and 1 of all cores. */
  readonly cpuLoad: number | null;
  /** Of each second, in the last minute; versions before 1.18 do not tell. */
  readonly gcMsPerSec: number | null;
  readonly garbageCollectors: readonly GarbageCollector[];
  readonly memoryConfigurationBytes: Readonly<Record<string, number>>;
}

const METASPACE_USED = 'Status.JVM.Memory.Metaspace.Used';
const METASPACE_MAX = 'Status.JVM.Memory.Metaspace.Max';
const THREADS = 'Status.JVM.Threads.Count';
const CPU_LOAD = 'Status.JVM.CPU.Load';
const GC_RATE = 'Status.JVM.GarbageCollector.All.TimeMsPerSecond';

export async function showTaskManager(
  session: ClusterSession,
  argument: string | null,
): Promise<TaskManagerShown> {
  const { client, target } = session;
  const [all, jobs, clock] = await Promise.all([
    client.taskManagers.list(),
    client.jobs.list(),
    readClock(session),
  ]);
  const host = new URL(target.rest.baseUrl).host;
  const { taskManagerId } = findTaskManager(all, argument, host);
  const [details, metrics] = await Promise.all([
    client.taskManagers.details(taskManagerId),
    client.taskManagers.metrics(taskManagerId, [
      METASPACE_USED,
      METASPACE_MAX,
      THREADS,
      CPU_LOAD,
      GC_RATE,
    ]),
  ]);
  return {
    taskManagerId,
    slots: details.slots,
    freeSlots: details.freeSlots,
    jobs: jobSlots(details.slotJobIds, jobs),
    lastHeartbeatAtMs: details.lastHeartbeatAtMs,
    heartbeatAgeMs: ageOf(details.lastHeartbeatAtMs, clock),
    path: details.path,
    dataPort: details.dataPort,
    cpuCores: details.cpuCores,
    cpuLoad: metricNumber(metrics, CPU_LOAD),
    threads: metricNumber(metrics, THREADS),
    gcMsPerSec: metricNumber(metrics, GC_RATE),
    garbageCollectors: details.garbageCollectors,
    heapUsedBytes: details.heapUsedBytes,
    heapMaxBytes: details.heapMaxBytes,
    nonHeapUsedBytes: details.nonHeapUsedBytes,
    metaspaceUsedBytes: metricNumber(metrics, METASPACE_USED),
    metaspaceMaxBytes: metricNumber(metrics, METASPACE_MAX),
    networkMemoryUsedBytes: details.networkMemoryUsedBytes,
    networkMemoryTotalBytes: details.networkMemoryTotalBytes,
    managedMemoryBytes: details.managedMemoryBytes,
    physicalMemoryBytes: details.physicalMemoryBytes,
    flinkMemoryBytes: details.totalFlinkMemoryBytes,
    processMemoryBytes: details.totalProcessMemoryBytes,
    memoryConfigurationBytes: details.memoryConfigurationBytes,
  };
}
