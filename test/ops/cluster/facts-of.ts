/** Facts about a cluster in which all is well, and what a test changes in them. */
import { jobIdOf, taskManagerIdOf } from '../../../src/flink/model/identifiers.ts';
import type {
  CheckpointOutcome,
  ClusterFacts,
  JobFacts,
  TaskManagerFacts,
} from '../../../src/ops/cluster/cluster-facts.ts';

export const NOW = 1_700_000_000_000;
const MIB = 1024 * 1024;

const JVM = {
  heapUsedBytes: 100 * MIB,
  heapMaxBytes: 1000 * MIB,
  metaspaceUsedBytes: 50 * MIB,
  metaspaceMaxBytes: 256 * MIB,
  gcMsPerSec: 1,
};

export function taskManagerOf(changes: Partial<TaskManagerFacts> = {}): TaskManagerFacts {
  return {
    taskManagerId: taskManagerIdOf('tm-1'),
    lastHeartbeatAtMs: NOW - 3000,
    ...JVM,
    unreadable: null,
    ...changes,
  };
}

export function jobOf(changes: Partial<JobFacts> = {}): JobFacts {
  return {
    jobId: jobIdOf('1'.repeat(32)),
    name: 'clicks',
    jobType: 'STREAMING',
    state: 'RUNNING',
    stateSinceAtMs: NOW - 3_600_000,
    endedAtMs: null,
    tasks: { total: 2, running: 2 },
    restarts: 0,
    failuresAtMs: [],
    failureCause: null,
    checkpoints: null,
    unreadable: null,
    ...changes,
  };
}

export function factsOf(changes: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    versionText: '2.3.0',
    isSupported: true,
    webSubmit: true,
    slotsTotal: 4,
    slotsAvailable: 2,
    time: { nowAtMs: NOW, aheadMs: 0 },
    heartbeat: { intervalMs: 10_000, timeoutMs: 50_000 },
    jobManager: JVM,
    taskManagers: [taskManagerOf()],
    jobs: [jobOf()],
    jobsSkipped: 0,
    ...changes,
  };
}

/** `+` is one that was completed, `-` one that failed; the newest first, a minute apart. */
export function outcomesOf(marks: string): readonly CheckpointOutcome[] {
  return marks.split('').map((mark, index) => ({
    isCompleted: mark === '+',
    atMs: NOW - (index + 1) * 60_000,
    failureMessage: mark === '+' ? null : 'Checkpoint expired before completing.',
  }));
}
