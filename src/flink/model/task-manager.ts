/** TaskManagers: /taskmanagers and /taskmanagers/:id. */
import { Fields } from './fields.ts';
import { jobIdOf, taskManagerIdOf, type JobId, type TaskManagerId } from './identifiers.ts';

export interface TaskManagerSummary {
  readonly taskManagerId: TaskManagerId;
  /** Address of its actor; holds the host. */
  readonly path: string | null;
  readonly dataPort: number | null;
  /** When its last heartbeat came; called timeSinceLastHeartbeat on the wire, which it is not. */
  readonly lastHeartbeatAtMs: number | null;
  readonly slots: number | null;
  readonly freeSlots: number | null;
  readonly cpuCores: number | null;
  readonly physicalMemoryBytes: number | null;
  readonly freeMemoryBytes: number | null;
  readonly managedMemoryBytes: number | null;
  readonly totalProcessMemoryBytes: number | null;
  readonly totalFlinkMemoryBytes: number | null;
}

export interface GarbageCollector {
  readonly name: string;
  readonly count: number | null;
  readonly durationMs: number | null;
}

export interface TaskManagerDetails extends TaskManagerSummary {
  /** Parts of the process's memory in bytes, as configured; only those that are known. */
  readonly memoryConfigurationBytes: Readonly<Record<string, number>>;
  readonly heapUsedBytes: number | null;
  readonly heapMaxBytes: number | null;
  readonly nonHeapUsedBytes: number | null;
  readonly networkMemoryUsedBytes: number | null;
  readonly networkMemoryTotalBytes: number | null;
  readonly garbageCollectors: readonly GarbageCollector[];
  /** Jobs that have slots here, each as often as it has slots. */
  readonly slotJobIds: readonly JobId[];
}

/** One file of /taskmanagers/:id/logs and /jobmanager/logs. */
export interface LogFile {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly modifiedAtMs: number | null;
}

export interface ThreadDump {
  readonly threads: readonly { readonly name: string; readonly text: string }[];
}

/** Of /taskmanagers. */
export function decodeTaskManagers(answer: unknown): readonly TaskManagerSummary[] {
  return Fields.of(answer).requiredObjects('taskmanagers').map(decodeSummary);
}

/** Of /taskmanagers/:id. */
export function decodeTaskManager(answer: unknown): TaskManagerDetails {
  const taskManager = Fields.of(answer);
  const metrics = taskManager.object('metrics');
  return {
    ...decodeSummary(taskManager),
    memoryConfigurationBytes: Object.fromEntries(taskManager.counts('memoryConfiguration')),
    heapUsedBytes: metrics?.measure('heapUsed') ?? null,
    heapMaxBytes: metrics?.measure('heapMax') ?? null,
    nonHeapUsedBytes: metrics?.measure('nonHeapUsed') ?? null,
    networkMemoryUsedBytes: metrics?.measure('nettyShuffleMemoryUsed') ?? null,
    networkMemoryTotalBytes: metrics?.measure('nettyShuffleMemoryTotal') ?? null,
    garbageCollectors: (metrics?.objects('garbageCollectors') ?? []).map((collector) => ({
      name: collector.text('name') ?? '',
      count: collector.measure('count'),
      durationMs: collector.measure('time'),
    })),
    slotJobIds: taskManager.objects('allocatedSlots').flatMap((slot) => {
      const jobId = slot.text('jobId');
      return jobId === null ? [] : [jobIdOf(jobId)];
    }),
  };
}

/** Of /taskmanagers/:id/logs and /jobmanager/logs; by name. */
export function decodeLogFiles(answer: unknown): readonly LogFile[] {
  return Fields.of(answer)
    .requiredObjects('logs')
    .map((file) => ({
      name: file.requiredText('name'),
      sizeBytes: file.measure('size'),
      modifiedAtMs: file.measure('mtime'),
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Of .../thread-dump. */
export function decodeThreadDump(answer: unknown): ThreadDump {
  return {
    threads: Fields.of(answer)
      .requiredObjects('threadInfos')
      .map((thread) => ({
        name: thread.text('threadName') ?? '',
        text: thread.text('stringifiedThreadInfo') ?? '',
      })),
  };
}

function decodeSummary(taskManager: Fields): TaskManagerSummary {
  const hardware = taskManager.object('hardware');
  const memory = taskManager.object('memoryConfiguration');
  return {
    taskManagerId: taskManagerIdOf(taskManager.requiredText('id')),
    path: taskManager.text('path'),
    dataPort: taskManager.measure('dataPort'),
    lastHeartbeatAtMs: taskManager.measure('timeSinceLastHeartbeat'),
    slots: taskManager.measure('slotsNumber'),
    freeSlots: taskManager.measure('freeSlots'),
    cpuCores: hardware?.measure('cpuCores') ?? null,
    physicalMemoryBytes: hardware?.measure('physicalMemory') ?? null,
    freeMemoryBytes: hardware?.measure('freeMemory') ?? null,
    managedMemoryBytes: hardware?.measure('managedMemory') ?? null,
    totalProcessMemoryBytes: memory?.measure('totalProcessMemory') ?? null,
    totalFlinkMemoryBytes: memory?.measure('totalFlinkMemory') ?? null,
  };
}
