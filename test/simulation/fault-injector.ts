/**
 * Decides when each fault of a schedule strikes, and carries out those that strike a running
 * process. Faults of calls are armed first and take effect with the next call that they are for; when
 * none comes in time they wait for their phase again.
 * Invariant: a hit is counted only when the fault has taken effect, under the phases of that moment.
 */
import { EngineError } from '../../src/errors/drey-error.ts';
import type { CrashMode } from '../../src/platform/simulated/crash.ts';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import type { SimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';
import type { Coverage } from './coverage.ts';
import { crashModeOf, impossible, isArmedAtOnce, isBetween, type Fault } from './faults.ts';
import type { FileCall, FileFate, Gate } from './gate.ts';
import { KafkaStrikes } from './kafka-strikes.ts';
import type { Phase, PhaseTracker } from './phase-tracker.ts';
import { checkpointFolder } from './schedule.ts';
import type { StorageMoment } from './watched-storage.ts';
import { outputFolder, type UserMoment } from './workload-document.ts';

/** What a fault does to the process as a whole. */
export type Strike =
  | { readonly kind: 'death'; readonly mode: CrashMode }
  | { readonly kind: 'zombie'; readonly sleepMs: number }
  | { readonly kind: 'savepoint'; readonly stop: boolean; readonly drain: boolean }
  | { readonly kind: 'cancel' };

export interface Victim {
  readonly gate: Gate;
  readonly platform: SimulatedPlatform;
  readonly strike: (strike: Strike) => void;
}

interface Armed {
  readonly fault: Fault;
  readonly matches: (call: FileCall) => boolean;
  readonly fate: FileFate;
  /** Null: the next call only. */
  readonly untilMs: number | null;
  isCounted: boolean;
}

interface Waiting {
  readonly fault: Fault;
  waited: number;
}

interface ArmedMoment {
  readonly fault: Fault;
  readonly moment: string;
}

const ERRNOS = ['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EMFILE', 'EDQUOT'] as const;
const HANG_MS_MAX = 15_000;
/** Calls that change the folder, and the one with which each start of a sink begins. */
const HANGING = new Set<FileCall['kind']>([
  'write',
  'rename',
  'remove',
  'sync',
  'sync-folder',
  'close',
  'list',
]);
const SLOW_MS = 40;
const SLOW_FOR_MS = 1_000;
const FULL_FOR_MS = 300;
/** Of a lock, and of a part of a snapshot. */
const SMALL_WRITE_BYTES = 30;
const LARGE_WRITE_BYTES = 300;
/** A call that fails within this time was under way, or next, when the fault struck. */
const SOON_MS = 30;
/** What meets no call so often is lost: some jobs make no such call in that phase. */
const MISSES_MAX = 20;
const WELL_TIMER = { label: 'the disk is well', keepAlive: false } as const;
const MISS_TIMER = { label: 'the disk was well', keepAlive: false } as const;
/** Of the scheduler, without a fault: what still waits is for phases that may never come. */
const CALM_STEPS = 800;
const STALL_MS_MAX = 10_000;
const CLOCK_JUMP_MS_MAX = 86_400_000;
const ZOMBIE_MS_MIN = 60_000;

export class FaultInjector {
  private readonly tracker: PhaseTracker;
  private readonly coverage: Coverage;
  private waiting: Waiting[];
  private armed: Armed[] = [];
  private armedMoments: ArmedMoment[] = [];
  private entered = new Map<Phase, number>();
  private before: ReadonlySet<Phase> = new Set();
  private readonly struckAtMs = new Map<Fault, number>();
  private victim: Victim | null = null;
  /** Virtual time at which the last fault was over. */
  quietSinceMs = 0;
  hits = 0;
  private stepsAtHit = 0;
  private isStepFailing: Fault | null = null;
  private onDisk: { readonly fault: Fault; readonly hits: number } | null = null;
  /** How often each was armed and met no call. */
  private readonly misses = new Map<Fault, number>();

  private readonly kafka = new KafkaStrikes({
    hit: (fault) => this.hit(fault),
    waitAgain: (fault) => this.waitAgain(fault),
    lasts: (forMs) => {
      this.quietSinceMs = Math.max(this.quietSinceMs, this.nowMs + forMs);
    },
  });

  constructor(faults: readonly Fault[], tracker: PhaseTracker, coverage: Coverage) {
    this.tracker = tracker;
    this.coverage = coverage;
    this.waiting = faults.map((fault) => ({ fault, waited: 0 }));
  }

  /** What was armed in the process before, and met no call, waits again. */
  begin(victim: Victim): void {
    this.victim = victim;
    this.disarm(() => true);
    this.armed = [];
    for (const { fault } of this.waiting) {
      if (isArmedAtOnce(fault.kind)) this.armedMoments.push({ fault, moment: fault.kind });
    }
    this.waiting = this.waiting.filter(({ fault }) => !isArmedAtOnce(fault.kind));
    this.isStepFailing = null;
    if (this.onDisk !== null) this.waitAgain(this.onDisk.fault);
    this.onDisk = null;
    this.before = new Set();
    victim.platform.fileFaults.clear();
    this.kafka.begin(victim.platform.kafkaCluster);
  }

  /** Of the faults that strike between two processes, the next one of a kind that is not `but`. */
  takeBetween(but: ReadonlySet<string>): Fault | null {
    const next = this.waiting.find(({ fault }) => isBetween(fault.kind) && !but.has(fault.kind));
    if (next === undefined) return null;
    this.waiting.splice(this.waiting.indexOf(next), 1);
    return next.fault;
  }

  get strikesBetween(): boolean {
    return this.waiting.some(({ fault }) => isBetween(fault.kind));
  }

  /** All faults have struck, or none did for long: the job only has to come to its end. */
  get isCalm(): boolean {
    if (this.hits === 0 || this.onDisk !== null) return false;
    if (this.steps - this.stepsAtHit > CALM_STEPS) return true;
    const { waiting, armed, armedMoments, kafka } = this;
    return waiting.length + armed.length + armedMoments.length + kafka.armedCount === 0;
  }

  /** What is left will not strike: the world is well from now on. */
  giveUp(): void {
    this.waiting = [];
    this.armed = [];
    this.armedMoments = [];
    this.onDisk = null;
    this.kafka.giveUp();
    this.victim?.platform.fileFaults.clear();
  }

  /** Between two steps of anything. */
  poll(): void {
    const { victim } = this;
    if (victim === null || victim.gate.isDead) return;
    this.lookAtDisk(victim);
    const active = this.tracker.active;
    if (this.armed.length + this.armedMoments.length + this.kafka.armedCount > 0) {
      this.disarm((fault) => !this.isTimely(fault, active));
    }
    if (this.waiting.length === 0) return;
    for (const phase of active) {
      if (!this.before.has(phase)) this.entered.set(phase, this.times(phase) + 1);
    }
    this.before = active;
    const due = this.waiting.filter((waiting) => this.isDue(waiting, active));
    for (const waiting of due) {
      if (victim.gate.isDead) return;
      this.waiting.splice(this.waiting.indexOf(waiting), 1);
      this.strike(waiting.fault, victim);
    }
  }

  private isDue(waiting: Waiting, active: ReadonlySet<Phase>): boolean {
    const { phase, nth, steps, kind, isBehindCommit } = waiting.fault;
    if (isBetween(kind) || !active.has(phase) || this.times(phase) < nth) return false;
    if (isBehindCommit && this.times('committing') === 0) return false;
    return waiting.waited++ >= steps;
  }

  private times(phase: Phase): number {
    return this.entered.get(phase) ?? 0;
  }

  /** A call would still be one of the phase. */
  private isTimely(fault: Fault, active: ReadonlySet<Phase>): boolean {
    if (isArmedAtOnce(fault.kind) || active.has(fault.phase)) return true;
    return this.nowMs - (this.struckAtMs.get(fault) ?? -Infinity) <= SOON_MS;
  }

  /** Those that have met no call and are to wait again. */
  private disarm(isOver: (fault: Fault) => boolean): void {
    this.kafka.disarm(isOver);
    const over = (one: Armed): boolean => !one.isCounted && isOver(one.fault);
    const overMoment = ({ fault }: ArmedMoment): boolean =>
      !isArmedAtOnce(fault.kind) && isOver(fault);
    const faults = [...this.armed.filter(over), ...this.armedMoments.filter(overMoment)];
    if (faults.length === 0) return;
    this.armed = this.armed.filter((one) => !over(one));
    this.armedMoments = this.armedMoments.filter((one) => !overMoment(one));
    for (const { fault } of faults) this.waitAgain(fault);
  }

  private waitAgain(fault: Fault): void {
    const misses = (this.misses.get(fault) ?? 0) + 1;
    this.misses.set(fault, misses);
    if (misses < MISSES_MAX) this.waiting.push({ fault, waited: fault.steps });
  }

  /** In a step of a subtask. */
  failStep(): void {
    const fault = this.isStepFailing;
    if (fault === null) return;
    this.isStepFailing = null;
    this.hit(fault);
    this.tracker.closing();
    throw new EngineError('DREY_PROCESS_FAILED', 'a subtask dies');
  }

  /** True: the storage or the user's code fails now. */
  failsAt(moment: `storage: ${StorageMoment}` | `user code: ${UserMoment}`): boolean {
    const at = this.armedMoments.findIndex((one) => one.moment === moment);
    const [armed] = at < 0 ? [] : this.armedMoments.splice(at, 1);
    if (armed === undefined) return false;
    this.hit(armed.fault);
    if (armed.fault.kind === 'user code: row') this.tracker.closing();
    return true;
  }

  fateOf(call: FileCall): FileFate | null {
    const nowMs = this.nowMs;
    this.armed = this.armed.filter(({ untilMs }) => untilMs === null || untilMs > nowMs);
    const armed = this.armed.find(({ matches }) => matches(call));
    if (armed === undefined) return null;
    if (!armed.isCounted) this.hit(armed.fault);
    armed.isCounted = true;
    if (armed.untilMs === null) this.armed.splice(this.armed.indexOf(armed), 1);
    this.quietSinceMs = Math.max(this.quietSinceMs, nowMs + armed.fate.delayMs);
    return armed.fate;
  }

  hit(fault: Fault): void {
    const { kind, phase } = fault;
    this.hits++;
    this.stepsAtHit = this.steps;
    this.quietSinceMs = Math.max(this.quietSinceMs, this.nowMs);
    if (kind === 'user code: close') {
      // An attempt is closed before anybody hears that it is over.
      this.coverage.count(kind, 'closing');
      return;
    }
    const { active } = this.tracker;
    for (const now of active) if (impossible(kind, now) === null) this.coverage.count(kind, now);
    // Of a call that came right behind: it was in the phase of the fault that it was made to fail.
    const sinceMs = this.nowMs - (this.struckAtMs.get(fault) ?? -Infinity);
    if (!active.has(phase) && sinceMs <= SOON_MS) this.coverage.count(kind, phase);
  }

  private lookAtDisk({ platform }: Victim): void {
    const { onDisk } = this;
    if (onDisk === null || platform.fileFaults.hits === onDisk.hits) return;
    this.onDisk = null;
    this.hit(onDisk.fault);
    // From the first call that meets it on, however long it had to wait for that.
    this.quietSinceMs = Math.max(this.quietSinceMs, this.nowMs + FULL_FOR_MS);
    platform.scheduler.schedule(FULL_FOR_MS, WELL_TIMER, () => {
      if (this.onDisk === null) platform.fileFaults.clear();
    });
  }

  private get steps(): number {
    return this.victim?.platform.scheduler.steps ?? 0;
  }

  private get nowMs(): number {
    return this.victim?.platform.clock.monotonicMs() ?? 0;
  }

  private strike(fault: Fault, victim: Victim): void {
    this.struckAtMs.set(fault, this.nowMs);
    const random = new SeededRandom(fault.salt);
    const mode = crashModeOf(fault.kind);
    if (mode !== null) {
      this.hit(fault);
      victim.strike({ kind: 'death', mode });
      return;
    }
    if (fault.kind.startsWith('storage: ') || fault.kind.startsWith('user code: ')) {
      this.armedMoments.push({ fault, moment: fault.kind });
      return;
    }
    if (!this.kafka.strike(fault, random)) this.strikeProcess(fault, victim, random);
  }

  private strikeProcess(fault: Fault, victim: Victim, random: SeededRandom): void {
    const { platform, gate } = victim;
    switch (fault.kind) {
      case 'subtask dies':
        this.isStepFailing = fault;
        return;
      case 'clock jumps':
        this.hit(fault);
        platform.clock.jumpWall(Math.round((random.next() * 2 - 1) * CLOCK_JUMP_MS_MAX));
        return;
      case 'stall':
      case 'zombie process': {
        this.hit(fault);
        const isZombie = fault.kind === 'zombie process';
        // Long enough for another one to take over the lock, whose lease is 30 s.
        const sleepMs = isZombie
          ? ZOMBIE_MS_MIN + random.next() * ZOMBIE_MS_MIN
          : random.next() * STALL_MS_MAX;
        this.quietSinceMs += sleepMs;
        gate.freeze();
        if (isZombie) victim.strike({ kind: 'zombie', sleepMs });
        platform.scheduler.schedule(sleepMs, { label: 'wakes' }, () => {
          gate.thaw();
        });
        return;
      }
      case 'savepoint':
      case 'stop with savepoint':
      case 'drain':
        this.hit(fault);
        victim.strike({
          kind: 'savepoint',
          stop: fault.kind !== 'savepoint',
          drain: fault.kind === 'drain',
        });
        return;
      case 'cancel':
        this.hit(fault);
        victim.strike({ kind: 'cancel' });
        return;
      default:
        this.arm(fault, random);
    }
  }

  private arm(fault: Fault, random: SeededRandom): void {
    const errno = ERRNOS[random.index(ERRNOS.length)] ?? ERRNOS[0];
    const below = (folder: string) => (call: FileCall) => call.path.startsWith(folder);
    const once = (matches: Armed['matches'], fate: FileFate): void => {
      this.armed.push({ fault, matches, fate, untilMs: null, isCounted: false });
    };
    const output = below(`/work/${outputFolder}`);
    const failing = { delayMs: 0, errno };
    if (fault.kind === 'sink fails') once(output, failing);
    if (fault.kind === 'disk fails') once(below(checkpointFolder), failing);
    if (fault.kind === 'input fails') once(below('/work/in'), failing);
    if (fault.kind === 'hang') {
      const fate = { delayMs: random.next() * HANG_MS_MAX, errno: null };
      once((call) => output(call) && HANGING.has(call.kind), fate);
    }
    if (fault.kind === 'slow disk') {
      const untilMs = this.nowMs + SLOW_FOR_MS;
      const fate = { delayMs: SLOW_MS, errno: null };
      this.armed.push({ fault, matches: () => true, fate, untilMs, isCounted: false });
    }
    if (fault.kind === 'disk is full' || fault.kind === 'sync fails') this.armDisk(fault, random);
  }

  /** These belong to the disk itself: part of a write stays, what was pending is gone. */
  private armDisk(fault: Fault, random: SeededRandom): void {
    const { victim } = this;
    if (victim === null) return;
    const { fileFaults, scheduler } = victim.platform;
    if (this.onDisk !== null) this.waitAgain(this.onDisk.fault);
    this.onDisk = { fault, hits: fileFaults.hits };
    if (fault.kind === 'disk is full') {
      const afterBytes = random.index(random.chance(0.5) ? SMALL_WRITE_BYTES : LARGE_WRITE_BYTES);
      fileFaults.add({ kind: 'full', afterBytes });
    } else {
      const operation = random.chance(0.5) ? 'sync' : 'sync-folder';
      fileFaults.add({ kind: 'nth', nth: 1, errno: 'EIO', isPersistent: false, operation });
    }
    const miss = (): void => {
      if (this.victim !== victim || this.onDisk?.fault !== fault) return;
      if (this.tracker.active.has(fault.phase)) {
        scheduler.schedule(SOON_MS, MISS_TIMER, miss);
        return;
      }
      this.onDisk = null;
      fileFaults.clear();
      this.waitAgain(fault);
    };
    scheduler.schedule(SOON_MS, MISS_TIMER, miss);
  }
}
