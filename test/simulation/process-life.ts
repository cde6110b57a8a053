/**
 * One process of a simulated job, from its start on what the disk holds to its end or death: what
 * `drey run FILE --restore latest` does, with the watchers of the simulation in between.
 */
import { withParallelism } from '../../src/cli/run/run-pipeline.ts';
import type {
  CoordinatorEffect,
  CoordinatorEvent,
  StopMode,
} from '../../src/engine/checkpoint/coordinator-events.ts';
import { assert } from '../../src/errors/assert.ts';
import { LockedError } from '../../src/errors/drey-error.ts';
import { loadOperators } from '../../src/engine/graph/create-operator.ts';
import { toJobGraph } from '../../src/engine/graph/job-graph.ts';
import type { StreamGraph } from '../../src/engine/graph/stream-graph.ts';
import type { SnapshotKind } from '../../src/engine/checkpoint/job-snapshot.ts';
import { readLatestSnapshot } from '../../src/engine/checkpoint/storage/latest-snapshot.ts';
import {
  loadModules,
  startJob,
  type JobHandle,
  type JobRecovery,
  type JobStorage,
  type JobSummary,
  type RestoreFrom,
} from '../../src/engine/minicluster.ts';
import { FileJobStorage } from '../../src/engine/snapshots.ts';
import type { LogicalPlan } from '../../src/pipeline/plan/logical-plan.ts';
import { toStreamGraph } from '../../src/pipeline/to-engine/stream-graph.ts';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import type { SimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';
import { planOf } from '../pipeline/load-text.ts';
import type { FaultInjector } from './fault-injector.ts';
import { Gate } from './gate.ts';
import type { Oracle } from './oracle.ts';
import type { PhaseTracker } from './phase-tracker.ts';
import { pickPolicy } from './pick-policy.ts';
import { isTimeless, type Cut } from './reference.ts';
import { checkpointFolder, type Schedule } from './schedule.ts';
import { watchedStorage } from './watched-storage.ts';
import { documentOf, outputFolder, type DocumentOptions } from './workload-document.ts';

export interface LifeOptions {
  readonly schedule: Schedule;
  readonly platform: SimulatedPlatform;
  readonly oracle: Oracle;
  readonly tracker: PhaseTracker;
  readonly injector: FaultInjector;
  readonly number: number;
  /** No other process lives that could change anything, or has since this one was left behind. */
  readonly isAlone: () => boolean;
  readonly parallelism: number;
  readonly document: DocumentOptions;
  readonly claims: boolean;
  readonly allowNonRestoredState: boolean;
  /** Told what the job says while it runs. */
  readonly note?: ((text: string) => void) | undefined;
}

/** State of a few keys is enough for pieces, for several of them, and for some to be written anew. */
const SMALL_LIMITS = {
  wholeBytes: 0,
  pieceBytes: 200,
  stepCells: 4,
  stepBytes: 200,
  stepSlots: 16,
  rewriteBytes: 100,
  sparePieces: 2,
};

/** Of the parts of a snapshot; a subtask has many. */
const PAUSED_SHARE = 0.3;

/** Once nothing is to strike any more, checkpoints come so much more rarely. */
const CALM_FACTOR = 3;

export type LifeEnd =
  { readonly kind: 'ended'; readonly summary: JobSummary } | { readonly kind: 'nothing-left' };

/** Processes of one schedule read the same pipeline again and again. */
const PLANS_MAX = 8;
const plans = new Map<string, LogicalPlan>();

async function knownPlan(text: string): Promise<LogicalPlan> {
  const known = plans.get(text);
  if (known !== undefined) return known;
  const plan = await planOf(text, { folder: '/work', workingDirectory: '/work' });
  for (const oldest of plans.keys()) {
    if (plans.size < PLANS_MAX) break;
    plans.delete(oldest);
  }
  plans.set(text, plan);
  return plan;
}

export class ProcessLife {
  readonly gate: Gate;
  readonly options: LifeOptions;
  /** Null until the job has been started. */
  handle: JobHandle | null = null;
  /** Of the newest snapshot whose output may be visible; null: of none. */
  newest: Cut | null = null;
  private graph: StreamGraph | null = null;
  private readonly vertices = new Map<string, string>();
  private jobId = '';
  isDrained = false;
  /** Asked to end, perhaps before the output of the savepoint it stops with is shown: a restore does it. */
  isCanceled = false;
  /** Where the job stopped with a savepoint. */
  stoppedAt: Cut | null = null;
  private latestId = 0;
  /** Its sinks have taken their places. */
  private hasRun = false;
  private readonly stops = new Map<number, StopMode>();

  constructor(options: LifeOptions) {
    this.options = options;
    const { schedule, platform, injector } = options;
    this.gate = new Gate(platform, {
      readBytesMax: () => (injector.isCalm ? Infinity : schedule.readBytesMax),
      inputLatencyMs: schedule.inputLatencyMs,
      turnMs: () => (injector.isCalm ? 0 : schedule.turnMsMax * platform.random.next()),
      inputFolder: '/work/in',
      fateOf: (call) => (this.isWatched ? injector.fateOf(call) : null),
      done: ({ kind, path }) => {
        if (kind === 'rename' && path.startsWith(`/work/${outputFolder}/part-`)) this.shown();
      },
    });
    platform.kafkaCluster.transactions.onEnded(({ result }) => {
      // Before, one that slept may commit what it has completed; now it is shut out.
      if (result === 'commit' && this.hasRun) this.shown();
    });
  }

  /** False: another process has taken over, and faults are no longer for this one. */
  isWatched = true;

  /** Reads the pipeline: real asynchronous work, which the scheduler does not know. */
  async prepare(): Promise<void> {
    const { schedule, parallelism, document } = this.options;
    const plan = await knownPlan(documentOf(schedule.workload, document));
    this.graph = toStreamGraph(withParallelism(plan, parallelism));
    // Loads code on its first call: the scheduler would see a process that waits for nothing.
    await loadOperators(
      this.graph.nodes.flatMap((node) => (node.kind === 'operator' ? node.spec : [])),
    );
    for (const vertex of toJobGraph(this.graph).vertices) {
      for (const node of vertex.nodes) this.vertices.set(node.uid, vertex.id);
    }
  }

  async run(): Promise<LifeEnd> {
    const { schedule } = this.options;
    const { platform } = this.gate;
    const { graph } = this;
    assert(graph !== null, 'the pipeline is read first');
    const found = await readLatestSnapshot(platform.files, checkpointFolder, graph.name);
    if (found.kind === 'finished') return { kind: 'nothing-left' };
    const modules = await loadModules(graph, platform);
    let restoreFrom: RestoreFrom | null = null;
    if (found.kind === 'found') {
      const { claims, allowNonRestoredState } = this.options;
      restoreFrom = { ...found, isOwned: claims, allowNonRestoredState };
      this.noteRestored(found.snapshot.jobId, found.snapshot.checkpointId);
    }
    const policy = pickPolicy(
      schedule.pick,
      new SeededRandom(schedule.seed, `pick ${this.options.number}`),
    );
    this.handle = startJob(graph, platform, {
      modules,
      warn: ({ message }) => {
        this.options.note?.(message);
      },
      recovery: this.recovery(restoreFrom),
      grain: schedule.isCrowded ? { transferRows: 1, stepsPerTurn: 1 } : undefined,
      stateBackend: { isIncremental: schedule.checkpoints.isIncremental, limits: SMALL_LIMITS },
      pick: (runnable) => {
        if (this.isWatched) {
          this.options.injector.poll();
          this.options.injector.failStep();
        }
        return policy(runnable);
      },
    });
    this.jobId = this.handle.jobId;
    return { kind: 'ended', summary: await this.handle.done };
  }

  private recovery(restoreFrom: RestoreFrom | null): JobRecovery {
    const { schedule, oracle, tracker, injector } = this.options;
    const { checkpoints } = schedule;
    const { intervalMs } = checkpoints;
    return {
      configuration: injector.isCalm
        ? { ...checkpoints, intervalMs: intervalMs === null ? null : intervalMs * CALM_FACTOR }
        : checkpoints,
      storageOf: (job) => {
        const files = new FileJobStorage(
          {
            platform: this.gate.platform,
            checkpointDirectory: checkpointFolder,
            savepointDirectory: checkpointFolder,
            retention: checkpoints.retention,
            dreyVersion: '0',
          },
          job,
        );
        return watchedStorage(this.stillLatest(files, restoreFrom), job, {
          oracle,
          tracker,
          fails: (moment) => this.isWatched && injector.failsAt(`storage: ${moment}`),
          vertexOf: (uid) => this.vertices.get(uid) ?? uid,
          pause: () => this.pause(),
        });
      },
      restart: schedule.restart,
      restoreFrom,
      stopIs: 'suspended',
      observe: (event, effects) => {
        this.observe(event, effects);
      },
      committed: (checkpointId) => {
        if (this.isWatched) tracker.committed(checkpointId);
        const cut = oracle.cutOf(this.jobId, checkpointId);
        if (cut !== undefined && this.isWatched && !this.isDrained) {
          oracle.committed(this.options.platform, cut, `commit of ${checkpointId}`);
        }
      },
    };
  }

  private async pause(): Promise<void> {
    const { schedule, platform } = this.options;
    if (schedule.partLatencyMs === 0 || !platform.random.chance(PAUSED_SHARE)) return;
    const delayMs = (schedule.partLatencyMs * platform.random.next()) / PAUSED_SHARE;
    await new Promise<void>((resolve) => {
      this.gate.platform.timers.after(delayMs, resolve);
    });
  }

  /** Somebody else may have run between reading the latest snapshot and taking the lock. */
  private stillLatest(files: FileJobStorage, from: RestoreFrom | null): JobStorage {
    const { platform } = this.gate;
    const open = files.open.bind(files);
    files.open = async () => {
      await open();
      if (this.options.isAlone()) return;
      const now = await readLatestSnapshot(platform.files, checkpointFolder, 'simulated');
      const location = now.kind === 'found' ? now.location : null;
      if (now.kind === 'finished' || location !== (from?.location ?? null)) {
        throw new LockedError('DREY_CHECKPOINT_FENCED', 'another run has been here meanwhile');
      }
    };
    return files;
  }

  private observe(event: CoordinatorEvent, effects: readonly CoordinatorEffect[]): void {
    if (!this.isWatched) return;
    const { tracker, oracle, platform } = this.options;
    tracker.follow(event, effects);
    for (const effect of effects) {
      if (effect.kind === 'trigger') this.stops.set(effect.checkpointId, effect.stop);
    }
    if (event.kind === 'storage-completed') this.completed(event.checkpointId, event.snapshot.kind);
    // What the snapshot names has been made visible before the first row.
    if (event.kind === 'tasks-running') this.hasRun = true;
    if (event.kind === 'tasks-running' && !this.isDrained) {
      const cut = this.newest;
      if (cut !== null) oracle.committed(platform, cut, 'restored');
      else oracle.atMost(platform, null, 'started');
    }
  }

  /** From now on attempts start from it, and its output may be visible. */
  private completed(checkpointId: number, kind: SnapshotKind): void {
    const stop = this.stops.get(checkpointId) ?? 'none';
    const isPoint = kind === 'checkpoint' || stop !== 'none';
    const cut = this.options.oracle.cutOf(this.jobId, checkpointId);
    if (!isPoint || cut === undefined || checkpointId <= this.latestId) return;
    this.latestId = checkpointId;
    this.newest = cut;
    if (stop === 'none') return;
    this.stoppedAt = cut;
    // The savepoint of a drain says that all has been read, not how far it had been.
    if (stop === 'drain') this.isDrained = true;
  }

  private shown(): void {
    const { oracle, platform, schedule } = this.options;
    if (!this.isWatched || (this.isDrained && !isTimeless(schedule.workload))) return;
    oracle.atMost(platform, this.newest, 'shown');
  }

  private noteRestored(jobId: string, checkpointId: number): void {
    this.newest = this.options.oracle.cutOf(jobId, checkpointId) ?? null;
  }
}
