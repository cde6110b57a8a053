/**
 * Where real servers for tests lie: downloads, which runs share, and the data of each server that
 * was started. `DREY_PEERS` names the folder; else it is below the cache folder of the system.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, existsSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { dirname, join } from 'node:path';

export function peersFolder(): string {
  const named = process.env['DREY_PEERS'];
  return named === undefined || named === '' ? join(systemCacheFolder(), 'drey-peers') : named;
}

function systemCacheFolder(): string {
  const { XDG_CACHE_HOME: xdgCache, LOCALAPPDATA: localAppData } = process.env;
  switch (platform()) {
    case 'darwin':
      return join(homedir(), 'Library', 'Caches');
    case 'win32':
      return localAppData ?? join(homedir(), 'AppData', 'Local');
    default:
      return xdgCache === undefined || xdgCache === '' ? join(homedir(), '.cache') : xdgCache;
  }
}

/**
 * The folder `path` with what `fill` puts into it, made once. It appears under its name only when
 * it is complete, so an interrupted run leaves nothing half done and two runs do not disturb each
 * other: the later one drops its copy.
 */
export async function filledOnce(
  path: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const draft = mkdtempSync(`${path}.draft-`);
  try {
    await fill(draft);
    moveUnlessThere(draft, path);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return path;
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
