/** A schedule: all that one run of the simulation is given, drawn from its seed. */
import {
  CHECKPOINT_CONFIGURATION_DEFAULT,
  type CheckpointConfiguration,
} from '../../src/engine/checkpoint/checkpoint-configuration.ts';
import type { RestartStrategy } from '../../src/engine/failover/restart-strategy.ts';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import { drawFaults, type Fault, type WorldKind } from './faults.ts';
import {
  drawKafka,
  drawWorkload,
  workloadKinds,
  type WorkloadKind,
  type WorkloadPlan,
} from './workload-plan.ts';

export type PickPolicy = 'downstream' | 'upstream' | 'uniform' | 'starve' | 'priorities';

export interface Schedule {
  readonly seed: number;
  readonly workload: WorkloadPlan;
  readonly parallelism: number;
  readonly checkpoints: CheckpointConfiguration;
  readonly restart: RestartStrategy;
  readonly pick: PickPolicy;
  /** The input comes in pieces of at most so many bytes. */
  readonly readBytesMax: number;
  readonly inputLatencyMs: number;
  readonly fileLatencyMsMax: number;
  /** How long the storage takes for each part; 0: no time at all. */
  readonly partLatencyMs: number;
  /** Rows go between subtasks one by one, and each step takes time: barriers meet rows in channels. */
  readonly isCrowded: boolean;
  /** What a turn of the event loop may take of virtual time. */
  readonly turnMsMax: number;
  readonly faults: readonly Fault[];
}

export const checkpointFolder = '/work/checkpoints';
const PARALLELISM_MAX = 5;
/** Of the schedules with unaligned checkpoints: rows wait in channels when a barrier comes. */
const CROWDED_SHARE = 0.7;
const TURN_MS_MAX = 4;
/** A part that cannot be synced fails all checkpoints until there are more. */
const TOLERABLE_FAILED = 12;

const userCodeKinds: readonly WorkloadKind[] = ['count', 'timers'];

export function drawSchedule(seed: number, world: WorldKind = 'files'): Schedule {
  const random = (label: string): SeededRandom => new SeededRandom(seed, `schedule: ${label}`);
  const settings = random('settings');
  const pick = <T>(...values: readonly [T, ...T[]]): T =>
    values[settings.index(values.length)] ?? values[0];
  const faults = drawFaults(random('faults'), seed, world);
  const has = (is: (fault: Fault) => boolean): boolean => faults.some(is);
  const isSlow = has(({ phase }) => phase === 'snapshotting' || phase === 'persisting');
  // Parts are down long before the sinks are.
  const isEarly = has(({ phase }) => phase === 'persisted, not acknowledged');
  const restart = drawRestart(pick);
  const checkpoints = drawCheckpoints(random('checkpoints'));
  const crowd = random('crowd');
  const isCrowded = checkpoints.isUnaligned && crowd.chance(CROWDED_SHARE);
  // Rows in flight then come before watermarks that were in front of them, so timers fire later.
  const firesLater = checkpoints.isUnaligned && has(({ kind }) => kind === 'other parallelism');
  const kinds = has(({ kind }) => kind.startsWith('user code')) ? userCodeKinds : workloadKinds;
  const schedule: Schedule = {
    seed,
    // Some faults need code of the user, several subtasks, or a job that starts again.
    workload: drawWorkload(
      random('workload'),
      firesLater ? kinds.filter((kind) => kind !== 'timers') : kinds,
      isCrowded,
    ),
    parallelism:
      !isSlow && settings.chance(0.3)
        ? 1
        : 1 + Number(isSlow) + settings.index(PARALLELISM_MAX - 1),
    checkpoints,
    restart: has(({ kind }) => kind === 'storage: read')
      ? { kind: 'fixed-delay', attemptsMax: 100, delayMs: 20 }
      : restart,
    pick: pick<PickPolicy>('downstream', 'upstream', 'uniform', 'starve', 'priorities'),
    readBytesMax: pick(60, 60, 150, 400, 1_000),
    inputLatencyMs: pick(2, 6, 15),
    fileLatencyMsMax: isEarly ? 6 : pick(1, 2, 6),
    partLatencyMs: isEarly ? 0.1 : isSlow ? 2 : pick(0, 0.3, 1),
    isCrowded: false,
    turnMsMax: 0,
    faults,
  };
  const drawn = isCrowded ? crowded(schedule, crowd) : schedule;
  if (world === 'files') return drawn;
  return { ...drawn, workload: { ...drawn.workload, kafka: drawKafka(random('kafka')) } };
}

/** Rows trickle in, wait in channels, and checkpoints come quickly: barriers overtake rows. */
function crowded(schedule: Schedule, random: SeededRandom): Schedule {
  const pick = <T>(...values: readonly [T, ...T[]]): T =>
    values[random.index(values.length)] ?? values[0];
  return {
    ...schedule,
    parallelism: Math.max(2, schedule.parallelism),
    // All that a job does here takes seconds: barriers that wait behind it are not to expire.
    checkpoints: { ...schedule.checkpoints, intervalMs: 40, minPauseMs: 0, timeoutMs: 60_000 },
    readBytesMax: pick(60, 150),
    inputLatencyMs: pick(0, 4),
    fileLatencyMsMax: Math.min(schedule.fileLatencyMsMax, 1),
    isCrowded: true,
    turnMsMax: TURN_MS_MAX,
  };
}

type Pick = <T>(...values: readonly [T, ...T[]]) => T;

function drawRestart(pick: Pick): RestartStrategy {
  return pick<RestartStrategy>(
    { kind: 'none' },
    { kind: 'fixed-delay', attemptsMax: 3, delayMs: 0 },
    { kind: 'fixed-delay', attemptsMax: 100, delayMs: 20 },
    { kind: 'failure-rate', failuresMax: 2, intervalMs: 1_000, delayMs: 5 },
    {
      kind: 'exponential-delay',
      initialBackoffMs: 10,
      maxBackoffMs: 500,
      backoffMultiplier: 2,
      resetThresholdMs: 5_000,
      jitterFactor: 0.1,
      attemptsMax: Infinity,
    },
  );
}

function drawCheckpoints(random: SeededRandom): CheckpointConfiguration {
  const pick = <T>(...values: readonly [T, ...T[]]): T =>
    values[random.index(values.length)] ?? values[0];
  const isUnaligned = random.chance(0.4);
  const mode = random.chance(0.07) ? 'AT_LEAST_ONCE' : 'EXACTLY_ONCE';
  return {
    ...CHECKPOINT_CONFIGURATION_DEFAULT,
    intervalMs: pick(10, 15, 30, 80),
    mode,
    timeoutMs: pick(10_000, 5_000, 2_500),
    minPauseMs: pick(0, 0, 20),
    maxConcurrent: isUnaligned ? 1 : pick(1, 1, 2, 3, 4),
    tolerableFailed: pick(0, 2, TOLERABLE_FAILED),
    retention: 'RETAIN_ON_CANCELLATION',
    isUnaligned,
    alignedTimeoutMs: isUnaligned ? pick(0, 0, 3, 20) : 0,
    retainedMax: pick(1, 1, 2, 5),
    directory: checkpointFolder,
    savepointDirectory: checkpointFolder,
    isIncremental: random.chance(0.5),
  };
}
