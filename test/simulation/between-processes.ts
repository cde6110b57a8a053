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
import { checkpointFolder, type Schedule } from './schedule.ts';
import type { DocumentOptions } from './workload-document.ts';

export interface Between {
  readonly platform: SimulatedPlatform;
  readonly schedule: Schedule;
  readonly parallelism: number;
  readonly document: DocumentOptions;
  /** Of the newest snapshot. */
  readonly location: string;
  readonly readsDamaged: boolean;
}

export interface Change {
  readonly parallelism: number;
  readonly document: DocumentOptions;
  readonly hasStruck: boolean;
}

const PARALLELISM_MAX = 5;

export async function applyBetween(fault: Fault, between: Between): Promise<Change> {
  const random = new SeededRandom(fault.salt);
  const { parallelism, document } = between;
  const same = { parallelism, document, hasStruck: false };
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
    default:
      return same;
  }
}

const READS_MAX = 20;

/** Null: there is none. A process that lives on may remove an old one while it is read. */
export async function newestLocation(platform: SimulatedPlatform): Promise<string | null> {
  for (let read = 1; ; read++) {
    try {
      const reading = readLatestSnapshot(platform.files, checkpointFolder, 'simulated');
      const found = await platform.drive(reading);
      return found.kind === 'found' ? found.location : null;
    } catch (error) {
      if (!(error instanceof RefusedError) || read === READS_MAX) throw error;
    }
  }
}

async function damageAndUndo(
  fault: Fault,
  { platform, location, readsDamaged }: Between,
): Promise<void> {
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
  const isDeleted = what.kind === 'delete';
  if (readsDamaged && !isDeleted) throw new Violation(`${path} is damaged and was read`);
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
  const nowMs = platform.clock.nowMs();
  disk.write(disk.openToWrite(path, false, nowMs), 0, content, nowMs);
  disk.syncAll();
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
