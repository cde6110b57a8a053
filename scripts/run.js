/**
 * Runs a TypeScript script of this repository on any supported Node: `node scripts/run.js
 * scripts/x.ts arguments`. The script is bundled into one file first; npm packages stay outside.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const script = process.argv[2];
if (script === undefined) {
  process.stderr.write('usage: node scripts/run.js SCRIPT.ts [ARGUMENT...]\n');
  process.exit(2);
}

// Inside node_modules, so that the bundle finds the packages; one file per process, so that two
// runs do not meet.
const folder = join(root, 'node_modules', '.cache', 'scripts');
const bundle = join(folder, `${basename(script, '.ts')}-${process.pid}.mjs`);
mkdirSync(folder, { recursive: true });
process.on('exit', () => {
  rmSync(bundle, { force: true });
  rmSync(`${bundle}.map`, { force: true });
});

await build({
  entryPoints: [resolve(script)],
  outfile: bundle,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
});
process.setSourceMapsEnabled(true);
// The script sees the arguments as if Node had started it itself.
process.argv.splice(1, 2, resolve(script));
await import(pathToFileURL(bundle).href);
