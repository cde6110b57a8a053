/** The embedded cluster that runs on this machine, if one does: a file in drey's folder says so. */
import { join } from 'node:path';
import { normaliseBaseUrl } from '../../flink/rest/rest-target.ts';
import type { Platform } from '../../platform/platform.ts';
import { urlProblem } from './url-problem.ts';

const FILE_BYTES_MAX = 64 * 1024;

/** Its address; null where none is noted. */
export async function embeddedClusterUrl({ environment, files }: Platform): Promise<string | null> {
  const folder = stateFolder(environment);
  if (folder === null) return null;
  const path = join(folder, 'cluster.json');
  if ((await files.status(path)) === null) return null;
  const text = new TextDecoder().decode(await files.readAll(path, FILE_BYTES_MAX));
  try {
    const url: unknown = (JSON.parse(text) as { readonly url?: unknown }).url;
    return typeof url === 'string' && urlProblem(url) === null ? normaliseBaseUrl(url) : null;
  } catch {
    // Half written by one that is just starting: it is not running yet.
    return null;
  }
}

/** DREY_STATE_DIR, else the place that the system has for such files; null where it has none. */
function stateFolder(environment: Platform['environment']): string | null {
  const given = environment['DREY_STATE_DIR'] ?? '';
  if (given !== '') return given;
  const local = environment['LOCALAPPDATA'] ?? '';
  if (local !== '') return join(local, 'drey');
  const xdg = environment['XDG_STATE_HOME'] ?? '';
  if (xdg.startsWith('/')) return join(xdg, 'drey');
  const home = environment['HOME'] ?? '';
  return home === '' ? null : join(home, '.local', 'state', 'drey');
}
