/**
 * The faults that a schedule injects, as data, and which of them can strike in which phase. A fault
 * waits until its phase is entered for the nth time, then for some steps of the scheduler.
 */
import { crashModes, type CrashMode } from '../../src/platform/simulated/crash.ts';
import type { SeededRandom } from '../../src/platform/simulated/random.ts';
import { isKafkaFault, kafkaFaultKinds, kafkaImpossible } from './kafka-faults.ts';
import { phases, type Phase } from './phase-tracker.ts';

/** The id of the catalogue and what it is. */
export const faultKinds = {
  'death: keep-all': 'F01 the process dies; the machine goes on',
  'death: lose-unsynced': 'F06 power fails: unsynced writes are lost',
  'death: random-prefix': 'F06 power fails: some of the unsynced writes are lost',
  'death: torn-last-write': 'F05 power fails: last writes are torn',
  'death: rename-without-data': 'F06 power fails: names without data',
  'death: rename-lost': 'F06 power fails: renames are lost',
  'subtask dies': 'F02 a subtask throws between two steps',
  'user code: open': 'F03 open throws',
  'user code: row': 'F03 a call for a row throws',
  'user code: close': 'F03 close throws',
  'storage: begin': 'F03 a snapshot cannot be begun',
  'storage: add': 'F03 a part cannot be persisted',
  'storage: complete': 'F03 the manifest cannot be written',
  'storage: read': 'F03 a snapshot cannot be read',
  'sink fails': 'F03 F08 a call on the sink folder fails: write, sync, commit, close',
  hang: 'F04 a subtask hangs in a call on the sink; given up, it wakes as a zombie',
  'zombie process': 'F04 F15 a process stands still, another takes over, the first wakes',
  'sync fails': 'F07 a sync fails and loses what was pending',
  'disk fails': 'F08 a call on the checkpoints fails',
  'disk is full': 'F08 ENOSPC in the middle of a write, for a while',
  'input fails': 'F08 a call on the input fails',
  'file damaged': 'F09 a bit flips, an end is cut, files change places, in a snapshot',
  'checkpoint deleted': 'F10 the newest checkpoint is deleted, or half of it',
  'input changed': 'F29 an input file is cut, changed, deleted or grown while no process runs',
  'slow disk': 'F18 calls on files take longer for a while',
  'clock jumps': 'F19 the wall clock jumps by up to a day',
  savepoint: 'F23 a savepoint while the job runs',
  'stop with savepoint': 'F23 stop with a savepoint, and go on from it',
  drain: 'F23 stop with a savepoint and drain',
  'other parallelism': 'F24 restored at another parallelism',
  'changed pipeline': 'F24 an operator was added or renamed',
  stall: 'F27 the process stands still for up to 10 s',
  cancel: 'F28 the job is asked to stop',
  ...kafkaFaultKinds,
} as const;

export type FaultKind = keyof typeof faultKinds;
const allFaultKinds = Object.keys(faultKinds) as FaultKind[];

/** In which world a schedule runs: which faults there are, and which matrix they fill. */
export type WorldKind = 'files' | 'kafka';

/** Of files that such a schedule may not have. */
const OF_FILES_ALONE = new Set<FaultKind>(['input changed', 'input fails', 'sink fails', 'hang']);

export function kindsIn(world: WorldKind): readonly FaultKind[] {
  return allFaultKinds.filter((kind) => {
    return world === 'kafka' ? !OF_FILES_ALONE.has(kind) : !isKafkaFault(kind);
  });
}

export interface Fault {
  readonly kind: FaultKind;
  readonly phase: Phase;
  /** Which time that the phase is entered; 1 is the first. */
  readonly nth: number;
  readonly steps: number;
  /** Not before a checkpoint was complete: there is to be something to restore. */
  readonly isBehindCommit: boolean;
  /** For whatever else is drawn when it strikes. */
  readonly salt: number;
}

const FAULTS_MAX = 7;
const NTH_MAX = 4;
const STEPS_MAX = 12;
const KNOWN_SHARE = 0.4;
/** Of a schedule that goes through the cells of the matrix in their order. */
const CELLS_AT_ONCE = 8;

/** Every second seed goes through the matrix, so that no cell is left to luck; others draw. */
export function drawFaults(random: SeededRandom, seed: number, world: WorldKind): readonly Fault[] {
  const kinds = kindsIn(world);
  return seed % 2 === 0 ? inTurn(random, seed / 2, kinds) : drawn(random, kinds);
}

function inTurn(random: SeededRandom, turn: number, kinds: readonly FaultKind[]): readonly Fault[] {
  const all = cellsOf(kinds);
  const cells = [...all, ...all.filter(isHard)];
  return Array.from({ length: CELLS_AT_ONCE }, (_, at) => {
    const { kind, phase } = cells[(turn * CELLS_AT_ONCE + at) % cells.length]!;
    const soon = { ...drawFault(random, kind, phase), nth: 1, steps: random.index(3) };
    return [...leadingTo(kind, phase, random), soon];
  }).flat();
}

/** Hit in half of its turns or less. */
function isHard({ kind, phase }: Cell): boolean {
  // Each has one cell only, and a process to come from must have died.
  if (isBetween(kind)) return true;
  if (kind === 'subtask dies') return phase === 'snapshotting';
  // By then most of the input has been read, the last row is through, or the job ends soon.
  if (phase !== 'committing' && phase !== 'persisted, not acknowledged') return false;
  return ['input fails', 'user code: row', 'stop with savepoint', 'drain'].includes(kind);
}

function drawn(random: SeededRandom, kinds: readonly FaultKind[]): readonly Fault[] {
  // Swarm: each seed knows some kinds only, so that rare ones are not drowned by frequent ones.
  const cells = cellsOf(kinds.filter(() => random.chance(KNOWN_SHARE)));
  if (cells.length === 0) return [];
  return Array.from({ length: random.index(FAULTS_MAX + 1) }, () => {
    const { kind, phase } = drawCell(random, cells);
    return [...leadingTo(kind, phase, random), drawFault(random, kind, phase)];
  }).flat();
}

function cellsOf(kinds: readonly FaultKind[]): readonly Cell[] {
  return kinds.flatMap((kind) =>
    phases.filter((phase) => impossible(kind, phase) === null).map((phase) => ({ kind, phase })),
  );
}

interface Cell {
  readonly kind: FaultKind;
  readonly phase: Phase;
}

/** Phases that are short, or come only after something else, are drawn more often. */
function drawCell(random: SeededRandom, cells: readonly Cell[]): Cell {
  const rare = cells.filter(({ kind, phase }) => isRare(phase) || isOnlyThere(kind));
  const among = rare.length > 0 && random.chance(0.7) ? rare : cells;
  return among[random.index(among.length)]!;
}

function isRare(phase: Phase): boolean {
  return phase !== 'idle' && phase !== 'barrier in flight' && phase !== 'committing';
}

/** A kind that strikes in one phase only has few chances to be drawn. */
function isOnlyThere(kind: FaultKind): boolean {
  return phases.filter((phase) => impossible(kind, phase) === null).length === 1;
}

/** Takes effect with a call that comes once in a life: it is armed whenever it is drawn. */
export function isArmedAtOnce(kind: FaultKind): boolean {
  return kind === 'user code: close';
}

/** What must happen first, so that the phase is reached at all. */
function leadingTo(kind: FaultKind, phase: Phase, random: SeededRandom): readonly Fault[] {
  // A process reads through the storage when it starts again by itself.
  if (kind === 'storage: read') return [drawFault(random, 'subtask dies', 'committing')];
  if (phase !== 'restoring' && phase !== 'rescaling') return [];
  const deaths = allFaultKinds.filter((kind) => crashModeOf(kind) !== null);
  const death = deaths[random.index(deaths.length)]!;
  const phaseOfDeath = midway[random.index(midway.length)]!;
  const dies = { ...drawFault(random, death, phaseOfDeath), nth: 1, isBehindCommit: true };
  if (phase === 'restoring') return [dies];
  return [dies, drawFault(random, 'other parallelism', 'rescaling')];
}

const midway = ['idle', 'barrier in flight', 'committing'] as const;

function drawFault(random: SeededRandom, kind: FaultKind, phase: Phase): Fault {
  return {
    kind,
    phase,
    nth: random.chance(0.6) ? 1 : 1 + random.index(NTH_MAX),
    steps: random.chance(0.5) ? 0 : random.index(STEPS_MAX),
    isBehindCommit: false,
    salt: random.index(2 ** 31),
  };
}

export function crashModeOf(kind: FaultKind): CrashMode | null {
  return crashModes.find((mode) => kind === `death: ${mode}`) ?? null;
}

/** Between two processes: what is done to the disk or to the job then. */
const BETWEEN = new Set<FaultKind>([
  'file damaged',
  'checkpoint deleted',
  'other parallelism',
  'changed pipeline',
  'input changed',
  'long outage',
]);

export function isBetween(kind: FaultKind): boolean {
  return BETWEEN.has(kind);
}

/** Why this kind cannot strike in this phase; null: it can. */
export function impossible(kind: FaultKind, phase: Phase): string | null {
  if (isKafkaFault(kind)) return kafkaImpossible(kind, phase);
  const isRestore = phase === 'restoring' || phase === 'rescaling';
  switch (kind) {
    case 'file damaged':
    case 'checkpoint deleted':
    case 'changed pipeline':
    case 'input changed':
      return phase === 'restoring' ? null : 'is found out when a process restores';
    case 'other parallelism':
      return phase === 'rescaling' ? null : 'is what rescaling means';
    case 'user code: open':
      return isRestore ? null : 'open is called before the first row';
    case 'user code: close':
      return phase === 'closing' ? null : 'close is called at the end of an attempt';
    case 'user code: row':
    case 'subtask dies':
      return isRestore || phase === 'closing' ? 'no subtask steps' : null;
    case 'storage: begin':
      return phase === 'barrier in flight' ? null : 'a snapshot begins with its trigger';
    case 'storage: add':
      return phase === 'snapshotting' || phase === 'persisting' || phase === 'barrier in flight'
        ? null
        : 'parts are added while subtasks write';
    case 'storage: complete':
      return phase === 'acknowledged, not committed' ? null : 'the manifest comes last';
    case 'storage: read':
      return phase === 'restoring' ? null : 'is read when a process starts an attempt again';
    case 'savepoint':
    case 'stop with savepoint':
    case 'drain':
      return isRestore || phase === 'closing' ? 'is asked of a running job' : null;
    case 'input fails':
      return phase === 'closing' ? 'input is closed, not read' : null;
    case 'disk fails':
    case 'disk is full':
    case 'sync fails':
    case 'sink fails':
    case 'hang':
    case 'zombie process':
    case 'slow disk':
    case 'clock jumps':
    case 'stall':
    case 'cancel':
    case 'death: keep-all':
    case 'death: lose-unsynced':
    case 'death: random-prefix':
    case 'death: torn-last-write':
    case 'death: rename-without-data':
    case 'death: rename-lost':
      return null;
  }
}
