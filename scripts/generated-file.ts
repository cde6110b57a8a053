/** Generated files that are kept in the repository: written, or compared with what is there. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface GeneratedFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Returns the exit status: 1 when `--check` is among the arguments and a file is stale. */
export function checkOrWrite(
  files: readonly GeneratedFile[],
  arguments_: readonly string[],
  command = 'npm run docs',
): number {
  const stale = files.filter(
    ({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
  );
  if (!arguments_.includes('--check')) {
    for (const { path, text } of stale) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      console.log(`wrote ${path}`);
    }
    return 0;
  }
  for (const { path } of stale) console.error(`${path} is stale: run ${command}`);
  return stale.length === 0 ? 0 : 1;
}
