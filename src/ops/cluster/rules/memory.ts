/** Memory near its limit, and time lost with collecting garbage. */
import type { Finding } from '../../finding.ts';
import { percent, shareOf, type ClusterFacts } from '../cluster-facts.ts';

/** Metaspace is given back seldom: from here on the next submissions fail. */
const METASPACE_MUCH = 0.8;
const METASPACE_FULL = 0.95;
/** One look at a heap may fall right before a collection; only more than this says something. */
const HEAP_MUCH = 0.95;
/** Shares of the time. */
const GC_MUCH = 0.1;
const GC_TOO_MUCH = 0.3;

interface Process {
  /** `the JobManager`, `TaskManager x`. */
  readonly title: string;
  /** Null: the JobManager. */
  readonly taskManagerId: string | null;
  readonly heapUsedBytes: number | null;
  readonly heapMaxBytes: number | null;
  readonly metaspaceUsedBytes: number | null;
  readonly metaspaceMaxBytes: number | null;
  readonly gcMsPerSec: number | null;
}

/** Each submission over REST loads the classes of its jar anew, and many are never unloaded. */
export function metaspaceNearLimit(facts: ClusterFacts): readonly Finding[] {
  return processes(facts).flatMap((jvm) => {
    const { metaspaceUsedBytes, metaspaceMaxBytes, taskManagerId, title } = jvm;
    const share = shareOf(metaspaceUsedBytes, metaspaceMaxBytes);
    if (share === null || share < METASPACE_MUCH) return [];
    const isJobManager = taskManagerId === null;
    return [
      {
        rule: 'metaspace-near-limit',
        severity: share >= METASPACE_FULL ? ('critical' as const) : ('warning' as const),
        title: `the metaspace of ${title} is ${percent(share)} % full: ${isJobManager ? 'further submissions will end with OutOfMemoryError: Metaspace, and it may hang' : 'further jobs on it will end with OutOfMemoryError: Metaspace'}`,
        evidence: { taskManagerId, metaspaceUsedBytes, metaspaceMaxBytes },
        advice: [
          {
            text: isJobManager
              ? 'restart the JobManager at a time of your choice (with high availability jobs go on), before it has to be'
              : 'restart the TaskManager at a time of your choice, before it has to be',
          },
          isJobManager
            ? {
                key: 'jobmanager.memory.jvm-metaspace.size',
                text: 'raise it; each submission of a jar over REST leaves some behind',
              }
            : {
                key: 'taskmanager.memory.jvm-metaspace.size',
                text: 'raise it; jobs whose threads or drivers live on keep their classes loaded',
              },
          ...(isJobManager
            ? [{ text: 'submit by SQL gateway or application mode, which do not leak like this' }]
            : []),
        ],
        confidence: 'high' as const,
      },
    ];
  });
}

export function heapNearLimit(facts: ClusterFacts): readonly Finding[] {
  return processes(facts).flatMap((jvm) => {
    const { heapUsedBytes, heapMaxBytes, taskManagerId, title } = jvm;
    const share = shareOf(heapUsedBytes, heapMaxBytes);
    if (share === null || share < HEAP_MUCH) return [];
    const option =
      taskManagerId === null ? 'jobmanager.memory.heap.size' : 'taskmanager.memory.task.heap.size';
    return [
      {
        rule: 'heap-near-limit',
        severity: 'warning' as const,
        title: `the heap of ${title} is ${percent(share)} % full at this moment`,
        evidence: { taskManagerId, heapUsedBytes, heapMaxBytes },
        advice: [
          {
            text: 'look again: right before a garbage collection this is normal, all the time it is not',
          },
          {
            key: option,
            text: 'raise it when it stays like this, or when it spends much time in GC',
          },
        ],
        confidence: 'low' as const,
      },
    ];
  });
}

export function garbageCollection(facts: ClusterFacts): readonly Finding[] {
  return processes(facts).flatMap((jvm) => {
    const { gcMsPerSec, taskManagerId, title } = jvm;
    const share = (gcMsPerSec ?? 0) / 1000;
    if (share < GC_MUCH) return [];
    return [
      {
        rule: 'garbage-collection',
        severity: share >= GC_TOO_MUCH ? ('critical' as const) : ('warning' as const),
        title: `${title} spent ${percent(share)} % of the last minute with collecting garbage`,
        evidence: {
          taskManagerId,
          gcMsPerSec,
          heapUsedBytes: jvm.heapUsedBytes,
          heapMaxBytes: jvm.heapMaxBytes,
        },
        advice: [
          {
            text: 'give it more heap, or less to keep there: RocksDB for state, smaller windows or caches',
          },
          { text: 'pauses of seconds delay heartbeats and checkpoints: see its GC log' },
        ],
        confidence: 'high' as const,
      },
    ];
  });
}

function processes({ jobManager, taskManagers }: ClusterFacts): readonly Process[] {
  return [
    { ...jobManager, taskManagerId: null, title: 'the JobManager' },
    ...taskManagers.map((facts) => ({ ...facts, title: `TaskManager ${facts.taskManagerId}` })),
  ];
}
