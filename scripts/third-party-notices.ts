/**
 * The licences of the packages whose code is in the bundle: they must travel with it, and minified
 * code has lost them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `inputs`: paths of the bundled modules, relative to `root`. */
export function thirdPartyNotices(root: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.map(packageFolderOf).filter((folder) => folder !== null));
  const notices = [...folders].sort().map((folder) => noticeOf(join(root, folder)));
  return `This package contains code of the packages below.\n\n${notices.join('\n')}`;
}

/** The last `node_modules/NAME` of a path; null for drey's own modules. */
function packageFolderOf(path: string): string | null {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll('\\', '/'));
  return found?.[1] ?? null;
}

function noticeOf(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license } = manifest as Record<string, unknown>;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text =
    file !== undefined && existsSync(join(folder, file))
      ? readFileSync(join(folder, file), 'utf8').trim()
      : 'The package contains no licence file.';
  const title = `${String(name)} ${String(version)} (${String(license)})`;
  return `${'-'.repeat(78)}\n${title}\n\n${text}\n`;
}
