/**
 * A job from its start to its end, over all its attempts: after a failure the restart strategy
 * decides, and the next attempt starts from the latest complete checkpoint.
 * Invariant: one attempt runs at a time, and nothing of one that is over has an effect.
 */
import type { BackendOptions } from '../state/backend/keyed-backend.ts';
import { assert } from '../../errors/assert.ts';
import { DreyError, EngineError, RefusedError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { SnapshotRequest } from '../checkpoint/coordinator-events.ts';
import type { CheckpointOverview } from '../checkpoint/statistics/statistics-tracker.ts';
import type { CompletedSnapshot, OperatorHeader } from '../checkpoint/snapshot-storage.ts';
import { maxParallelismOf } from '../graph/job-graph.ts';
import { stateSchemasOf } from '../graph/state-schema-of.ts';
import type { StreamGraph } from '../graph/stream-graph.ts';
import type { LoadedModules } from '../process/load-function.ts';
import type { JobCounters } from '../task/job-counters.ts';
import { AttemptStuckError } from '../task/attempt-stuck.ts';
import type { ExecutionGrain } from '../task/execution-grain.ts';
import { JobTask, type JobEnd } from '../task/job-task.ts';
import type { PickSubtask } from '../task/ready-subtasks.ts';
import { checkEndlessSinks } from '../connector/check-endless-sinks.ts';
import { restoreNotes } from '../connector/restore-notes.ts';
import type { JobWarning } from '../task/job-warning.ts';
import { operatorKindOf, RestoredJob } from '../task/restored-job.ts';
import { Wakeup } from '../task/wakeup.ts';
import { CheckpointDriver, type CheckpointCounts } from './checkpoint-driver.ts';
import { decideRestart, NO_RESTARTS, type RestartState } from './decide-restart.ts';
import type { JobIdentity, JobRecovery, JobStorage, StorageEnd } from './job-recovery.ts';
import { isRestartable } from './restartable.ts';

export interface JobExecutionOptions {
  readonly graph: StreamGraph;
  readonly platform: Platform;
  readonly job: JobIdentity;
  readonly modules: LoadedModules;
  readonly warn: (warning: JobWarning) => void;
  /** Null: the job ends with its first failure, and nothing of it is kept. */
  readonly recovery: JobRecovery | null;
  readonly pick: PickSubtask | null;
  /** How keyed state is kept; left out: in memory, and written as the configuration says. */
  readonly stateBackend?: BackendOptions | undefined;
  readonly bufferTimeoutMs?: number | null | undefined;
  readonly grain?: ExecutionGrain | undefined;
}

const NO_CHECKPOINTS: CheckpointCounts = { completed: 0, failed: 0, latest: null };

export class JobExecution {
  private readonly options: JobExecutionOptions;
  private readonly storage: JobStorage | null;
  private readonly driver: CheckpointDriver | null;
  private attempt: JobTask;
  private hasNotedRestore = false;
  private restarts: RestartState = NO_RESTARTS;
  private isStopRequested = false;
  /** False: the job is over, and its checkpoints with it. */
  private hasCheckpoints = true;
  private readonly wakeup = new Wakeup();

  constructor(options: JobExecutionOptions) {
    const { recovery, job } = options;
    const graph = asRestored(options.graph, recovery);
    this.options = { ...options, graph };
    if ((recovery?.configuration.intervalMs ?? null) === null) checkEndlessSinks(graph);
    this.storage = recovery?.storageOf(job) ?? null;
    this.driver = this.createDriver();
    const from = recovery?.restoreFrom ?? null;
    this.attempt = this.newAttempt(from === null ? null : new RestoredJob(graph, from));
  }

  get counters(): JobCounters {
    return this.attempt.counters;
  }

  /** Null: the job takes no checkpoints. */
  get statistics(): CheckpointOverview | null {
    return this.driver?.statistics ?? null;
  }

  get checkpoints(): CheckpointCounts {
    const counts = this.driver?.counts ?? NO_CHECKPOINTS;
    return this.hasCheckpoints ? counts : { ...counts, latest: null };
  }

  /** Folder of the snapshot that the job was started from. */
  get restoredFrom(): string | null {
    return this.options.recovery?.restoreFrom?.location ?? null;
  }

  stop(): void {
    this.isStopRequested = true;
    this.attempt.stop();
    this.wakeup.call();
  }

  /** Resolves when it is complete; rejects with an OperationFailedError. */
  async trigger(request: SnapshotRequest): Promise<CompletedSnapshot> {
    if (this.driver === null) {
      throw new RefusedError(
        'DREY_SAVEPOINT_REFUSED',
        `the job ${this.options.graph.name} runs without a storage for its state`,
        { hint: 'Set execution.checkpointing.dir in the pipeline.' },
      );
    }
    return this.driver.request(request);
  }

  /** Runs to the end; rejects with what made the job fail for good. */
  async run(): Promise<JobEnd> {
    const { storage, driver } = this;
    const { recovery } = this.options;
    if (storage === null || driver === null || recovery === null) return this.attempt.run();
    await storage.open();
    storage.onLost?.((failure) => {
      this.attempt.fail(failure);
      this.wakeup.call();
    });
    let end: StorageEnd = 'failed';
    try {
      const from = recovery.restoreFrom;
      if (from !== null) {
        await storage.adopt(from.snapshot, from.location, from.isOwned);
        this.noteRestore();
      }
      driver.start(from);
      const jobEnd = await this.runAttempts(driver);
      end = jobEnd === 'finished' ? 'finished' : (recovery.stopIs ?? 'canceled');
      return jobEnd;
    } finally {
      await driver.shutDown();
      await this.endStorage(storage, end, driver.retained);
    }
  }

  /** What the run has done stays done, whether its folder can be tidied or not. */
  private async endStorage(
    storage: JobStorage,
    end: StorageEnd,
    retained: readonly CompletedSnapshot[],
  ): Promise<void> {
    const { graph, warn } = this.options;
    try {
      try {
        this.hasCheckpoints = (await storage.jobEnded?.(end, retained)) ?? true;
      } finally {
        // Else the lock would be held, and renewed, by a run that is over.
        await storage.close();
      }
    } catch (failure) {
      if (!(failure instanceof DreyError)) throw failure;
      const message = `the checkpoint folder of ${graph.name} could not be tidied: ${failure.message}`;
      warn({ node: null, message, reason: failure });
    }
  }

  private async runAttempts(driver: CheckpointDriver): Promise<JobEnd> {
    for (;;) {
      try {
        driver.begin(this.attempt);
        return await this.attempt.run();
      } catch (failure) {
        await driver.end();
        await this.awaitRestart(failure, driver, isOfCheckpoints(failure));
      }
      const next = await this.nextAttempt(driver);
      if (next === null) return 'stopped';
      this.attempt = next;
    }
  }

  /** Null: the job was stopped. A checkpoint that cannot be read is a failure as any other. */
  private async nextAttempt(driver: CheckpointDriver): Promise<JobTask | null> {
    for (;;) {
      if (this.isStopRequested) return null;
      this.noteRestore();
      try {
        // What an attempt finds in the folders of its sinks might be another run's by now.
        await this.storage?.checkAllowed?.();
        const attempt = this.newAttempt(await this.latest(driver));
        // From the savepoint with which the job stops only its output is made visible.
        if (driver.hasStopped) attempt.stop();
        if (!this.isStopRequested) return attempt;
      } catch (failure) {
        await this.awaitRestart(failure, driver, true);
      }
    }
  }

  /** Throws when the job fails for good. */
  private async awaitRestart(
    failure: unknown,
    driver: CheckpointDriver,
    isOfCheckpoints: boolean,
  ): Promise<void> {
    const delayMs = this.restartDelayMs(failure, driver, isOfCheckpoints);
    if (delayMs === null) throw this.finalFailure(failure);
    await this.pause(delayMs);
  }

  /** Says what a restore cannot keep, however often the job starts again. */
  private noteRestore(): void {
    if (this.hasNotedRestore) return;
    this.hasNotedRestore = true;
    const { graph, warn } = this.options;
    for (const { node, reason } of restoreNotes(graph.nodes)) {
      warn({ node, message: reason.message, reason });
    }
  }

  /** Null: the job fails. */
  private restartDelayMs(
    failure: unknown,
    driver: CheckpointDriver,
    isOfCheckpoints: boolean,
  ): number | null {
    const { platform, recovery, graph, warn } = this.options;
    assert(recovery !== null, 'a job without recovery ends with its first failure');
    if (!driver.mayRestart || this.isStopRequested) return null;
    if (failure instanceof AttemptStuckError || this.attempt.hasShownUncovered) return null;
    const moment = {
      nowMs: platform.clock.monotonicMs(),
      random: platform.random.next(),
      completedCheckpoints: driver.counts.completed,
      isOfCheckpoints,
    };
    const { state, decision } = decideRestart(recovery.restart, this.restarts, failure, moment);
    this.restarts = state;
    if (decision.kind === 'give-up' || !(failure instanceof DreyError)) return null;
    const seconds = decision.delayMs / 1_000;
    const from = driver.latest === null ? 'its start' : `checkpoint ${driver.latest.checkpointId}`;
    warn({
      node: null,
      message: `the job ${graph.name} failed and starts again from ${from} in ${seconds} s (restart ${decision.attempt}): ${failure.message}`,
      reason: failure,
    });
    return decision.delayMs;
  }

  /** After restarts the job has given up, whatever its last failure is by itself. */
  private finalFailure(failure: unknown): unknown {
    const { attempts } = this.restarts;
    if (attempts === 0 || !(failure instanceof DreyError) || !isRestartable(failure))
      return failure;
    const { name } = this.options.graph;
    return new EngineError(
      'DREY_RESTARTS_USED',
      `the job ${name} failed after ${attempts === 1 ? '1 restart' : `${attempts} restarts`}: ${failure.message}`,
      { details: { restarts: attempts, code: failure.code }, cause: failure },
    );
  }

  private async pause(delayMs: number): Promise<void> {
    if (this.isStopRequested) return;
    const timer = this.options.platform.timers.after(delayMs, () => {
      this.wakeup.call();
    });
    await this.wakeup.sleep();
    timer.cancel();
  }

  private async latest(driver: CheckpointDriver): Promise<RestoredJob | null> {
    const { graph, recovery } = this.options;
    const { latest } = driver;
    if (latest === null) return null;
    assert(this.storage !== null, 'what is complete lies in the storage');
    const snapshot = await this.storage.read(latest.location);
    driver.restoredFrom(latest);
    // What was left out at the start of the job is left out again.
    const allowNonRestoredState = recovery?.restoreFrom?.allowNonRestoredState ?? false;
    return new RestoredJob(graph, { snapshot, location: latest.location, allowNonRestoredState });
  }

  private newAttempt(restored: RestoredJob | null): JobTask {
    const { graph, platform, modules, warn, pick, recovery } = this.options;
    const { bufferTimeoutMs, grain } = this.options;
    const stateBackend = this.options.stateBackend ?? {
      isIncremental: recovery?.configuration.isIncremental ?? false,
    };
    return new JobTask(graph, platform, {
      modules,
      warn,
      restored,
      pick,
      stateBackend,
      bufferTimeoutMs,
      grain,
      listener: this.driver,
      checkAllowed: () => this.storage?.checkAllowed?.() ?? Promise.resolve(),
    });
  }

  private createDriver(): CheckpointDriver | null {
    const { recovery, platform, graph, warn, job } = this.options;
    if (recovery === null || this.storage === null) return null;
    return new CheckpointDriver({
      recovery,
      storage: this.storage,
      platform,
      headers: headersOf(graph),
      job,
      warn: (message, failure) => {
        warn({ node: null, message, reason: failure });
      },
    });
  }
}

const isOfCheckpoints = (failure: unknown): boolean =>
  failure instanceof DreyError && failure.code === 'DREY_CHECKPOINTS_FAILED';

/** What a snapshot says of each operator, also of those that write nothing. */
function headersOf(graph: StreamGraph): readonly OperatorHeader[] {
  const schemas = stateSchemasOf(graph);
  return graph.nodes.map((node) => ({
    uid: node.uid,
    operatorKind: operatorKindOf(node),
    parallelism: node.parallelism,
    maxParallelism: maxParallelismOf(graph),
    stateSchema: schemas.get(node.uid) ?? [],
  }));
}

/** As Flink: unless it is configured, the number of key groups is that of the state. */
function asRestored(graph: StreamGraph, recovery: JobRecovery | null): StreamGraph {
  const from = recovery?.restoreFrom ?? null;
  if (graph.maxParallelism !== undefined || from === null) return graph;
  const known = Math.max(0, ...from.snapshot.operators.map((state) => state.maxParallelism));
  const needed = Math.max(1, ...graph.nodes.map(({ parallelism }) => parallelism));
  return known < needed ? graph : { ...graph, maxParallelism: known };
}
