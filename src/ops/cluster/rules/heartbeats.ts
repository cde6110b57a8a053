/**
 * TaskManagers of which nothing was heard. A heartbeat is a time of the JobManager's clock; by ours
 * it can only be judged roughly.
 */
import { formatDuration } from '../duration-text.ts';
import type { Finding } from '../../finding.ts';
import type { ClusterFacts, TaskManagerFacts } from '../cluster-facts.ts';

/** Between two heartbeats plus the delay of the network nothing is wrong. */
const INTERVALS_LATE = 2.5;
/** Clocks that are kept by NTP differ by less. */
const CLOCK_DIFFERENCE_MAX_MS = 5000;

export function lateHeartbeats(facts: ClusterFacts): readonly Finding[] {
  const { heartbeat } = facts;
  const nowAtMs = referenceTime(facts);
  const lateMs = heartbeat.intervalMs * INTERVALS_LATE;
  return facts.taskManagers.flatMap((taskManager) => {
    const ageMs = ageOf(taskManager, nowAtMs);
    return ageMs === null || ageMs <= lateMs ? [] : [late(facts, taskManager, ageMs)];
  });
}

export function clockDifference({ time }: ClusterFacts): readonly Finding[] {
  const { aheadMs } = time;
  if (aheadMs === null || Math.abs(aheadMs) <= CLOCK_DIFFERENCE_MAX_MS) return [];
  const direction = aheadMs > 0 ? 'ahead of' : 'behind';
  return [
    {
      rule: 'clock-difference',
      severity: 'warning',
      title: `the clock of the JobManager is ${formatDuration(Math.abs(aheadMs))} ${direction} that of this machine`,
      evidence: { aheadMs },
      advice: [
        { text: 'let both machines keep their time by NTP (timedatectl, chronyc tracking)' },
        { text: 'ages of savepoints and tokens that expire are wrong by as much' },
      ],
      confidence: 'high',
    },
  ];
}

/** Without the JobManager's clock its newest heartbeat stands for it: that one is not older. */
function referenceTime({ time, taskManagers }: ClusterFacts): number {
  if (time.aheadMs !== null) return time.nowAtMs;
  const known = taskManagers.map(({ lastHeartbeatAtMs }) => lastHeartbeatAtMs ?? 0);
  return known.length > 1 ? Math.max(...known) : time.nowAtMs;
}

function ageOf({ lastHeartbeatAtMs }: TaskManagerFacts, nowAtMs: number): number | null {
  return lastHeartbeatAtMs === null ? null : nowAtMs - lastHeartbeatAtMs;
}

function late(facts: ClusterFacts, { taskManagerId }: TaskManagerFacts, ageMs: number): Finding {
  const { intervalMs, timeoutMs } = facts.heartbeat;
  const isByOwnClock = facts.time.aheadMs === null;
  return {
    rule: 'late-heartbeat',
    severity: isByOwnClock && facts.taskManagers.length === 1 ? 'warning' : 'critical',
    title: `nothing was heard of TaskManager ${taskManagerId} for ${formatDuration(ageMs)}: it is lost after ${formatDuration(timeoutMs)}, and its jobs restart then`,
    evidence: { taskManagerId, heartbeatAgeMs: ageMs, intervalMs, timeoutMs },
    advice: [
      {
        text: 'look whether its process still runs, and for an OutOfMemoryError or a kill by the container in its log',
      },
      { text: 'a long garbage collection or a machine without CPU time delays heartbeats, too' },
      { key: 'heartbeat.timeout', text: 'raise it only where such pauses are normal' },
    ],
    confidence: isByOwnClock ? 'low' : 'high',
  };
}
