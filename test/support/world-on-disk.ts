/** The next process, on a disk as a crash left it. */
import { createHash } from 'node:crypto';
import { crashStates, describeDisk } from '../../src/platform/simulated/crash-states.ts';
import type { SimulatedDisk } from '../../src/platform/simulated/disk.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../src/platform/simulated/simulated-platform.ts';

/** More than any test starts. */
const PROCESSES_BEFORE = 100;

export function worldOnDisk(disk: SimulatedDisk, seed = 1): SimulatedPlatform {
  const files: Record<string, Uint8Array> = {};
  const folders: string[] = [];
  const visit = (path: string): void => {
    for (const name of disk.list(path === '' ? '/' : path)) {
      const below = `${path}/${name}`;
      const node = disk.find(below);
      if (node?.kind === 'folder') {
        folders.push(below);
        visit(below);
      } else if (node?.kind === 'file') {
        files[below] = disk.content(node).slice();
      }
    }
  };
  visit('');
  const options = { seed, files, fileLatencyMsMax: 0, processesBefore: PROCESSES_BEFORE };
  const world = createSimulatedPlatform(options);
  for (const folder of folders) world.disk.createFolder(folder);
  world.disk.syncAll();
  return world;
}

export interface CrashCheck {
  /** The state in which the disk may be after a crash. */
  readonly disk: SimulatedDisk;
  /** The work had resolved when the power failed. */
  readonly isDone: boolean;
}

/**
 * Runs `work`, and after each of its steps calls `check` for every state that a crash at this moment
 * can leave, each state once. Returns how many there were.
 */
export async function checkAllCrashes(
  world: SimulatedPlatform,
  work: () => Promise<unknown>,
  check: (crash: CrashCheck) => Promise<void>,
): Promise<number> {
  world.disk.syncAll();
  const seen = new Set<string>();
  let isDone = false;
  const look = async (): Promise<void> => {
    for (const disk of crashStates(world.disk)) {
      const text = `${isDone ? 'done' : 'under way'}\n${describeDisk(disk)}`;
      const key = createHash('sha256').update(text).digest('hex');
      if (seen.has(key)) continue;
      seen.add(key);
      await check({ disk, isDone });
    }
  };
  const working = work().then(() => {
    isDone = true;
  });
  await look();
  while (!isDone && (await world.scheduler.step())) await look();
  await working;
  return seen.size;
}
