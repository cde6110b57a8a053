/**
 * Runs drey from its sources: `node bin/dev.js run pipeline.yaml`. Bundles them, readable and with
 * source maps, into a package folder of their own below node_modules/.cache.
 */
import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.ts';

interface MainModule {
  main(this: void, root: string, argv: string[]): Promise<number>;
}

const [, script = '', ...argv] = process.argv;
const root = dirname(dirname(script));
const folder = join(root, 'node_modules', '.cache', 'dev');
const outputFolder = join(folder, 'dist');
rmSync(outputFolder, { recursive: true, force: true });
await bundle({ root, outputFolder, minify: false });
// Without the manifest, so that new commands and flags are seen at once.
copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));

const { main } = (await import(pathToFileURL(join(outputFolder, 'main.js')).href)) as MainModule;
const exitStatus = await main(folder, argv);
process.stdout.write('', () => process.exit(exitStatus));
