/**
 * Writes the type declarations of `drey/engine` beside its module. The compiler leaves the imports
 * between declarations as they are in the sources; a package names them by what is shipped.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const API = 'src/engine/api.ts';

/** Into `outputFolder`, which then has `engine/api.d.ts` and what that imports. */
export function writeDeclarations(root: string, outputFolder: string): void {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = '--ignoreConfig --declaration --emitDeclarationOnly --strict';
  const modules = '--allowImportingTsExtensions --target es2023 --module nodenext';
  const options = [...`${flags} ${modules}`.split(' '), '--types', '', '--rootDir', 'src'];
  execFileSync(process.execPath, [compiler, ...options, '--outDir', outputFolder, API], {
    cwd: root,
    stdio: 'inherit',
  });
  const engine = join(outputFolder, 'engine');
  for (const path of readdirSync(engine, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts')) continue;
    const text = readFileSync(join(engine, path), 'utf8');
    writeFileSync(
      join(engine, path),
      text.replaceAll(/(from '\.[^']*)\.ts'/g, (_, start: string) => `${start}.js'`),
    );
  }
}
