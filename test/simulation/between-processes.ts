/**
 * What happens to a job while none of its processes runs: damage to its newest checkpoint, changed
 * input, another pipeline or parallelism. Damage must be noticed and named; then it is undone, so
 * that the rest of the schedule can be judged.
 */
import { DreyError, RefusedError, VerificationError } from '../../src/errors/drey-error.ts';
import { readLatestSnapshot } from '../../src/engine/checkpoint/storage/latest-snapshot.ts';
import { damage, type Damage } from '../../src/platform/simulated/damage.ts';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import type { SimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';
import type { Fault } from './faults.ts';
import { Violation } from './oracle.ts';
import type { Cut } from './reference.ts';
import { checkpointFolder, type Schedule } from './schedule.ts';
import type { DocumentOptions } from './workload-document.ts';

export interface Between {
  readonly platform: SimulatedPlatform;
  readonly schedule: Schedule;
  readonly parallelism: number;
  readonly document: DocumentOptions;
  /** Of the newest snapshot. */
  readonly location: string;
  /** Where it cuts the input; null: it is not known. */
  readonly cut: Cut | null;
}

export interface Change {
  readonly parallelism: number;
  readonly document: DocumentOptions;
  readonly hasStruck: boolean;
  /** To be put back before the next process but one. */
  readonly input: ChangedInput | null;
}

export interface ChangedInput {
  readonly path: string;
  readonly content: Uint8Array;
  /** By the rule for files that have changed: a process that restores ends, and names it. */
  readonly isRefused: boolean;
  readonly isGrown: boolean;
}

const PARALLELISM_MAX = 5;

export async function applyBetween(fault: Fault, between: Between): Promise<Change> {
  const random = new SeededRandom(fault.salt);
  const { parallelism, document } = between;
  const same = { parallelism, document, hasStruck: false, input: null };
  switch (fault.kind) {
    case 'other parallelism': {
      const other = 1 + ((parallelism + random.index(PARALLELISM_MAX - 1)) % PARALLELISM_MAX);
      return { ...same, parallelism: other, hasStruck: other !== parallelism };
    }
    case 'changed pipeline':
      return {
        ...same,
        document: { extra: random.chance(0.5) ? 'added' : 'renamed' },
        hasStruck: true,
      };
    case 'file damaged':
    case 'checkpoint deleted':
      await damageAndUndo(fault, between);
      return { ...same, hasStruck: true };
    case 'input changed': {
      const input = changeInput(random, between);
      // A file that has grown stays as it is: the next process may have read to its end.
      return { ...same, input: input?.isGrown === true ? null : input, hasStruck: input !== null };
    }
    case 'long outage': {
      const { timers } = between.platform;
      const forMs = random.next() ** OUTAGE_EXPONENT * OUTAGE_MS_MAX;
      await between.platform.drive(
        new Promise<void>((resolve) => void timers.after(forMs, resolve)),
      );
      return { ...same, hasStruck: true };
    }
    default:
      return same;
  }
}

/** Below the retention of offsets: after that nothing tells what a sink has committed. */
const OUTAGE_MS_MAX = 6 * 86_400_000;
/** Minutes as well as days. */
const OUTAGE_EXPONENT = 6;

/** A file that the snapshot has begun, or is through with. Null: there is none. */
function changeInput(
  random: SeededRandom,
  { platform, schedule, cut }: Between,
): ChangedInput | null {
  const { files } = schedule.workload;
  const begun = files.filter(({ path }) => cut !== null && cut.lines.get(path) !== 0);
  const file = begun[random.index(begun.length)];
  if (file === undefined || cut === null) return null;
  const path = `/work/${file.path}`;
  const { disk } = platform;
  const node = disk.find(path);
  if (node?.kind !== 'file') throw new Violation(`the input ${path} is gone`);
  const content = disk.content(node).slice();
  if (content.length === 0) return null;
  const lines = cut.lines.get(file.path);
  // Behind the last line that was read; null: the file is not looked at any more.
  const positionBytes = lines === undefined ? null : endOfLine(content, lines);
  const readBytes = positionBytes ?? content.length;
  const what = random.index(4);
  if (what === 0) damage(disk, { kind: 'delete', path });
  if (what === 1) damage(disk, { kind: 'cut', path, sizeBytes: random.index(readBytes) });
  if (what === 2) {
    const at = readBytes - 1 - random.index(Math.min(readBytes, TAIL_BYTES));
    damage(disk, { kind: 'flip-bit', path, bit: at * 8 + random.index(8) });
  }
  if (what === 3) writeWhole(platform, path, Buffer.concat([content, GROWN]));
  const isGrown = what === 3;
  return { path, content, isRefused: positionBytes !== null && !isGrown, isGrown };
}

/** A line more, which becomes no row. */
const GROWN = Buffer.from('nothing\n');
/** A restored reader compares what lies so close before its position. */
const TAIL_BYTES = 64;
const LINE_END = 10;

function endOfLine(content: Uint8Array, lines: number): number {
  let end = 0;
  for (let left = lines; left > 0; left--) end = content.indexOf(LINE_END, end) + 1;
  return end;
}

export function writeWhole(platform: SimulatedPlatform, path: string, content: Uint8Array): void {
  const { disk, clock } = platform;
  const nowMs = clock.nowMs();
  disk.write(disk.openToWrite(path, false, nowMs), 0, content, nowMs);
  disk.syncAll();
}

/** Without a look at what is in it. */
export function hasManifest({ disk }: SimulatedPlatform): boolean {
  const foldersIn = (path: string): readonly string[] =>
    disk
      .list(path)
      .map((name) => `${path}/${name}`)
      .filter((at) => disk.find(at)?.kind === 'folder');
  const isSnapshot = (path: string): boolean => disk.find(`${path}/_metadata`) !== null;
  if (disk.find(checkpointFolder) === null) return false;
  // Savepoints lie beside the folders of jobs, checkpoints in them.
  return foldersIn(checkpointFolder).some((at) => isSnapshot(at) || foldersIn(at).some(isSnapshot));
}

const READS_MAX = 20;

export interface Newest {
  readonly location: string;
  readonly jobId: string;
  readonly checkpointId: number;
}

/** Null: there is none. A process that lives on may remove an old one while it is read. */
export async function newestSnapshot(platform: SimulatedPlatform): Promise<Newest | null> {
  for (let read = 1; ; read++) {
    try {
      const reading = readLatestSnapshot(platform.files, checkpointFolder, 'simulated');
      const found = await platform.drive(reading);
      if (found.kind !== 'found') return null;
      const { jobId, checkpointId } = found.snapshot;
      return { location: found.location, jobId, checkpointId };
    } catch (error) {
      if (!(error instanceof RefusedError) || read === READS_MAX) throw error;
    }
  }
}

async function damageAndUndo(fault: Fault, { platform, location }: Between): Promise<void> {
  const random = new SeededRandom(fault.salt, 'damage');
  const { disk } = platform;
  const names = disk
    .list(location)
    .filter((name) => name === '_metadata' || name.startsWith('state-'));
  const name = names[random.index(names.length)] ?? '_metadata';
  const path = `${location}/${name}`;
  const node = disk.find(path);
  if (node?.kind !== 'file') throw new Violation(`the newest snapshot has no ${path}`);
  const content = disk.content(node).slice();
  if (content.length === 0) return;
  const what = drawDamage(fault, { path, content, random });
  damage(disk, what);
  try {
    const found = await platform.drive(
      readLatestSnapshot(platform.files, checkpointFolder, 'simulated'),
    );
    // Without its manifest a snapshot is none.
    const isHidden = what.kind === 'delete' && name === '_metadata';
    const isSame = found.kind === 'found' && found.location === location;
    if (!isHidden || isSame) throw new Violation(`${path} is damaged (${what.kind}) and was read`);
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    if (!(error instanceof VerificationError) || !error.message.includes(location)) {
      throw new Violation(`${path} is damaged (${what.kind}): ${error.message}`);
    }
  }
  writeWhole(platform, path, content);
}

interface Target {
  readonly path: string;
  readonly content: Uint8Array;
  readonly random: SeededRandom;
}

function drawDamage(fault: Fault, { path, content, random }: Target): Damage {
  if (fault.kind === 'checkpoint deleted') return { kind: 'delete', path };
  switch (random.index(3)) {
    case 0:
      return { kind: 'flip-bit', path, bit: random.index(content.length * 8) };
    case 1:
      return { kind: 'cut', path, sizeBytes: random.index(content.length) };
    default:
      return { kind: 'replace', path, content: random.bytes(content.length) };
  }
}
