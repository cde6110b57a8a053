/** The embedded cluster that runs on this machine, if one does: a file in DREY_STATE_DIR says so. */
import { join } from 'node:path';
import type { Platform } from '../../platform/platform.ts';
import { normaliseBaseUrl } from '../../flink/rest/rest-target.ts';

const FILE_BYTES_MAX = 64 * 1024;

/** Its address; null where none is noted. */
export async function embeddedClusterUrl({ environment, files }: Platform): Promise<string | null> {
  const folder = environment['DREY_STATE_DIR'];
  if (folder === undefined || folder === '') return null;
  const path = join(folder, 'cluster.json');
  if ((await files.status(path)) === null) return null;
  const text = new TextDecoder().decode(await files.readAll(path, FILE_BYTES_MAX));
  try {
    const url: unknown = (JSON.parse(text) as { readonly url?: unknown }).url;
    return typeof url === 'string' ? normaliseBaseUrl(url) : null;
  } catch {
    // Half written by one that is just starting: it is not running yet.
    return null;
  }
}
