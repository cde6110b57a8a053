/**
 * Runs one schedule: process after process on one disk, until the job has finished or the engine has
 * done something wrong. Faults strike by plan; once all have, the job must finish in bounded time.
 */
import { DreyError, BugError } from '../../src/errors/drey-error.ts';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import { withRealWorldShut } from '../../src/platform/simulated/shut-real-world.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../src/platform/simulated/simulated-platform.ts';
import type { CrashMode } from '../../src/platform/simulated/crash.ts';
import {
  applyBetween,
  hasManifest,
  newestSnapshot,
  writeWhole,
  type ChangedInput,
  type Newest,
} from './between-processes.ts';
import { Coverage } from './coverage.ts';
import { judgeFailure } from './failed-process.ts';
import { FaultInjector, type Strike } from './fault-injector.ts';
import type { Gate } from './gate.ts';
import { Oracle, Violation } from './oracle.ts';
import { PhaseTracker } from './phase-tracker.ts';
import { ProcessLife, type LifeEnd, type LifeOptions } from './process-life.ts';
import { checkpointFolder, type Schedule } from './schedule.ts';
import { createOutput } from './kafka-output.ts';
import { filesOf, modulesOf, outputFolder, type DocumentOptions } from './workload-document.ts';

export interface ScheduleResult {
  readonly seed: number;
  /** Null: all was well. */
  readonly violation: string | null;
  readonly hits: number;
  readonly commits: number;
  /** Complete snapshots that hold rows in flight. */
  readonly inFlight: number;
  readonly lives: number;
  /** Of the scheduler: what a schedule costs. */
  readonly steps: number;
  readonly traceHash: string;
  readonly virtualMs: number;
  readonly coverage: Coverage;
}

/** From when the last fault is over. Source: the grace of Flink's own tests with Jepsen. */
const LIVENESS_MS = 180_000;
const LIVES_MAX = 60;
const STEPS_MAX = 200_000;
/** What a fault may leave undone for the next process, before nothing strikes any more. */
const SETTLE_STEPS_MAX = 20_000;

export async function runSchedule(
  schedule: Schedule,
  note?: (text: string) => void,
): Promise<ScheduleResult> {
  return withRealWorldShut(() => new ScheduleRun(schedule, note).run());
}

type End =
  LifeEnd | { readonly kind: 'failed'; readonly error: unknown } | { readonly kind: 'died' };

function describeEnd(end: End): string {
  switch (end.kind) {
    case 'ended':
      return end.summary.state;
    case 'failed':
      return end.error instanceof Error ? end.error.message : 'failed';
    case 'died':
    case 'nothing-left':
      return end.kind;
  }
}

function hiddenParts({ disk }: SimulatedPlatform): readonly string[] {
  const folder = `/work/${outputFolder}`;
  if (disk.find(folder) === null) return [];
  return disk.list(folder).filter((name) => name.includes('inprogress'));
}

class ScheduleRun {
  private readonly schedule: Schedule;
  private readonly note: ((text: string) => void) | undefined;
  private readonly coverage = new Coverage();
  private readonly tracker = new PhaseTracker();
  private readonly injector: FaultInjector;
  private readonly oracle: Oracle;
  private readonly random: SeededRandom;
  private platform: SimulatedPlatform;
  private parallelism: number;
  private document: DocumentOptions = {};
  private crash: CrashMode | null = null;
  /** Found by the present process. */
  private changedInput: ChangedInput | null = null;
  private isTakenOver = false;
  private wasTakenOver = false;
  private lives = 0;
  private readonly gates: Gate[] = [];

  constructor(schedule: Schedule, note?: (text: string) => void) {
    this.note = note;
    this.schedule = schedule;
    this.oracle = new Oracle(schedule);
    this.injector = new FaultInjector(schedule.faults, this.tracker, this.coverage);
    this.random = new SeededRandom(schedule.seed, 'run');
    this.parallelism = schedule.parallelism;
    const { kafka } = schedule.workload;
    const files = filesOf(schedule.workload);
    this.platform = createSimulatedPlatform({
      seed: schedule.seed,
      workingDirectory: '/work',
      fileLatencyMsMax: schedule.fileLatencyMsMax,
      files: Object.fromEntries(
        Object.entries(files).map(([path, content]) => [`/work/${path}`, content]),
      ),
      modules: modulesOf((moment) => {
        if (this.injector.failsAt(`user code: ${moment}`)) throw new Error('a mistake of the user');
      }, schedule.workload),
      ...(kafka === null ? {} : { kafka: { brokerCount: kafka.brokerCount } }),
    });
    if (kafka === null) return;
    const { kafkaCluster } = this.platform;
    this.oracle.kafkaInput.fill(kafkaCluster);
    createOutput(kafkaCluster, kafka);
  }

  async run(): Promise<ScheduleResult> {
    try {
      await this.runLives();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.oracle.report(error);
    }
    const { schedule, oracle, injector, coverage, platform } = this;
    return {
      seed: schedule.seed,
      violation: oracle.violation?.message ?? null,
      hits: injector.hits,
      commits: oracle.commits,
      inFlight: oracle.inFlight,
      lives: this.lives,
      steps: platform.scheduler.steps,
      traceHash: platform.scheduler.traceHash,
      virtualMs: platform.scheduler.nowMs,
      coverage,
    };
  }

  private async runLives(): Promise<void> {
    for (;;) {
      if (++this.lives > LIVES_MAX) throw new Violation(`not done after ${LIVES_MAX} processes`);
      const isOver = await this.runLife();
      if (this.oracle.violation !== null || isOver) return;
    }
  }

  /** True: the job is over. */
  private async runLife(): Promise<boolean> {
    await this.changeTheWorld();
    const { platform, injector, tracker } = this;
    const others = this.gates.filter(({ isDead }) => !isDead);
    const life: ProcessLife = new ProcessLife({
      ...this.lifeOptions(),
      isAlone: () => life.isWatched && others.every(({ isDead }) => isDead),
    });
    this.gates.push(life.gate);
    const hitsBefore = injector.hits;
    injector.begin({
      gate: life.gate,
      platform,
      strike: (strike) => {
        this.strike(strike, life);
      },
    });
    const end = await this.drive(life);
    life.isWatched = false;
    this.note?.(`process ${this.lives} at ${this.parallelism}: ${describeEnd(end)}`);
    if (this.oracle.violation !== null) return true;
    // As in Flink, nobody goes on from a job that was drained.
    if (life.isDrained) return true;
    if (end.kind === 'died') return this.died();
    tracker.closing();
    if (end.kind === 'failed') return this.failed(end.error, injector.hits > hitsBefore, life);
    if (end.kind === 'nothing-left') return this.finished(life);
    if (end.summary.state === 'FINISHED') return this.finished(life);
    return this.stopped(life);
  }

  private lifeOptions(): Omit<LifeOptions, 'isAlone'> {
    const { schedule, platform, oracle, tracker, injector, parallelism, document } = this;
    return {
      schedule,
      platform,
      oracle,
      tracker,
      injector,
      number: this.lives,
      parallelism,
      document,
      claims: this.random.chance(0.5),
      allowNonRestoredState: false,
      note: this.note,
    };
  }

  /** Between two processes: disks go bad, people change pipelines and parallelism. */
  private async changeTheWorld(): Promise<void> {
    const { changedInput } = this;
    if (changedInput !== null) {
      writeWhole(this.platform, changedInput.path, changedInput.content);
      this.changedInput = null;
    }
    const isLooked = this.injector.strikesBetween;
    // A process finds out by itself; else it is only told in which phase it is.
    const newest = isLooked ? await this.newest() : null;
    const taken = new Set<string>();
    const hasSnapshot = isLooked ? newest !== null : hasManifest(this.platform);
    let phase: 'nothing' | 'restoring' | 'rescaling' = hasSnapshot ? 'restoring' : 'nothing';
    while (newest !== null) {
      const fault = this.injector.takeBetween(taken);
      if (fault === null) break;
      taken.add(fault.kind);
      const { platform, schedule, parallelism, document } = this;
      const change = await applyBetween(fault, {
        platform,
        schedule,
        parallelism,
        document,
        location: newest.location,
        cut: this.oracle.cutOf(newest.jobId, newest.checkpointId) ?? null,
      });
      if (change.parallelism !== parallelism) phase = 'rescaling';
      this.parallelism = change.parallelism;
      this.document = change.document;
      this.changedInput ??= change.input;
      this.tracker.begin(fault.phase === 'rescaling' ? phase : 'restoring');
      if (change.hasStruck) this.injector.hit(fault);
    }
    this.tracker.begin(phase);
  }

  private newest(): Promise<Newest | null> {
    return newestSnapshot(this.platform).catch((error: unknown) => {
      throw new Violation(`refused its own state: ${String(error)}`);
    });
  }

  /** Steps until the process ends, dies, or is left behind. */
  private async drive(life: ProcessLife): Promise<End> {
    const { platform } = this;
    const { scheduler } = platform;
    let end: End | null = null;
    // One that slept and was left behind exits like any other: its timers go with it, and its lock.
    const exited = (found: End): void => {
      end = found;
      if (life.isWatched) return;
      life.gate.isDead = true;
      platform.kill();
    };
    await life.prepare();
    life.run().then(exited, (error: unknown) => {
      exited({ kind: 'failed', error });
    });
    const ended = (): End | null => end;
    await new Promise((resolve) => setImmediate(resolve));
    for (let steps = 0; ; steps++) {
      const found = ended();
      if (found !== null) return found;
      if (life.gate.isDead || this.isTakenOver) return { kind: 'died' };
      if (this.oracle.violation !== null) return { kind: 'died' };
      const lateMs = scheduler.nowMs - Math.max(this.injector.quietSinceMs, this.lifeStartedMs);
      if (lateMs > LIVENESS_MS || steps > STEPS_MAX) {
        throw new Violation(
          `the job hangs: ${Math.round(lateMs)} ms after the last fault, ${steps} steps`,
        );
      }
      if (!(await scheduler.step())) {
        if (ended() === null) throw new Violation('deadlock: the job waits for nothing');
      }
      this.injector.poll();
    }
  }

  private lifeStartedMs = 0;

  private strike(strike: Strike, life: ProcessLife): void {
    switch (strike.kind) {
      case 'death':
        life.gate.isDead = true;
        this.crash = strike.mode;
        return;
      case 'zombie':
        this.isTakenOver = true;
        this.wasTakenOver = true;
        return;
      case 'savepoint': {
        const { stop, drain } = strike;
        life.handle
          ?.triggerSavepoint({ targetDirectory: checkpointFolder, stop, drain })
          .catch((error: unknown) => {
            if (error instanceof DreyError && !(error instanceof BugError)) return;
            this.oracle.report(new Violation(`a savepoint failed: ${String(error)}`));
          });
        return;
      }
      case 'cancel':
        life.isCanceled = true;
        life.handle?.stop();
    }
  }

  private died(): boolean {
    if (this.isTakenOver) {
      this.isTakenOver = false;
      this.platform = this.platform.startAnother();
    } else {
      // The machine takes all of its processes with it.
      for (const gate of this.gates) gate.isDead = true;
      this.platform = this.platform.crash(this.crash ?? 'keep-all');
      this.oracle.crashed(this.platform);
    }
    this.crash = null;
    this.lifeStartedMs = this.platform.scheduler.nowMs;
    return false;
  }

  private async failed(error: unknown, hasStruck: boolean, life: ProcessLife): Promise<boolean> {
    const { document, changedInput, injector } = this;
    const hasCause = hasStruck || injector.quietSinceMs >= this.lifeStartedMs;
    const after = judgeFailure(error, { document, changedInput, hasCause });
    this.document = after.document ?? document;
    this.parallelism = after.parallelism ?? this.parallelism;
    if (after.waitMs !== undefined) await this.wait(after.waitMs);
    return this.next(life);
  }

  private next(life: ProcessLife): boolean {
    life.gate.isDead = true;
    this.platform.kill();
    this.platform = this.platform.startAnother();
    const { injector } = this;
    this.lifeStartedMs = this.platform.scheduler.nowMs;
    if (this.lives > LIVES_MAX / 2) injector.giveUp();
    return false;
  }

  private async wait(delayMs: number): Promise<void> {
    const { timers } = this.platform;
    await this.platform.drive(
      new Promise<void>((resolve) => {
        timers.after(delayMs, resolve);
      }),
    );
  }

  /** Stopped with or without a savepoint: another process goes on. */
  private stopped(life: ProcessLife): boolean {
    const { oracle, platform } = this;
    if (life.stoppedAt !== null && !life.isCanceled) {
      oracle.committed(platform, life.stoppedAt, 'stopped with a savepoint');
    }
    return this.next(life);
  }

  private async finished(life: ProcessLife): Promise<boolean> {
    const { oracle, platform, changedInput } = this;
    if (changedInput?.isRefused === true) throw new Violation(`took ${changedInput.path} as it is`);
    oracle.finished(platform);
    try {
      await platform.runUntilIdle(SETTLE_STEPS_MAX);
    } catch {
      throw new Violation('something goes on after the end of the job');
    }
    const { openTransactions } = platform.kafkaCluster.transactions.coordinator;
    // Of one that slept the broker itself ends what is open, in its time.
    if (openTransactions.length > 0 && !this.wasTakenOver)
      throw new Violation(`left open: transactions of ${openTransactions.join(', ')}`);
    const hidden = hiddenParts(platform);
    // One that slept may have begun a part before it heard that it was taken over.
    if (hidden.length > 0 && !this.wasTakenOver)
      throw new Violation(`left behind: ${hidden.join(', ')}`);
    if (platform.files.openFiles > 0) {
      throw new Violation(`${platform.files.openFiles} files are open at the end`);
    }
    oracle.finished(platform);
    life.gate.isDead = true;
    return true;
  }
}
