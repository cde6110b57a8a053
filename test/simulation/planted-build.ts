/**
 * The test build: a script of this repository with mistakes planted in the engine, as one file that
 * runs beside others. An edit whose text is not there exactly once fails the build, naming the file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { SourceEdit } from './planted-bugs.ts';

export interface PlantedBuild {
  /** Of the repository, absolute. */
  readonly root: string;
  /** The script, from the root. */
  readonly script: string;
  readonly edits: readonly SourceEdit[];
  /** Absolute; below node_modules, so that packages are found from there. */
  readonly output: string;
}

export async function buildPlanted({ root, script, edits, output }: PlantedBuild): Promise<void> {
  await build({
    entryPoints: [join(root, script)],
    outfile: output,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [planting(root, edits)],
  });
}

/** The text with all edits of the file made. */
export function edited(file: string, text: string, edits: readonly SourceEdit[]): string {
  let result = text;
  for (const { find, put } of edits.filter((edit) => edit.file === file)) {
    const pieces = result.split(find);
    if (pieces.length !== 2) {
      throw new Error(`${file} has ${pieces.length - 1} times, not once: ${find}`);
    }
    result = pieces.join(put);
  }
  return result;
}

function planting(root: string, edits: readonly SourceEdit[]): Plugin {
  const files = new Map(edits.map(({ file }) => [join(root, file), file]));
  return {
    name: 'planting',
    setup(bundle) {
      const seen = new Set<string>();
      bundle.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = files.get(path);
        if (file === undefined) return null;
        seen.add(path);
        return { contents: edited(file, readFileSync(path, 'utf8'), edits), loader: 'ts' };
      });
      bundle.onEnd(() => {
        const unused = [...files].find(([path]) => !seen.has(path));
        return unused === undefined ? null : { errors: [{ text: `${unused[1]} is in no bundle` }] };
      });
    },
  };
}
