/**
 * How the sources become the shipped modules: one entry for the main module and one per command,
 * shared chunks between them. Used by the build and by the development entry.
 */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { withoutUnusedParts } from './unused-parts.ts';

/**
 * Bundled CommonJS parts call `require` and read `__dirname`; an ES module has neither. The names
 * are long so that they never meet a name of the bundle.
 */
const commonJsBanner = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileUrlToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileUrlToPath(import.meta.url);',
  "const __dirname = __fileUrlToPath(new URL('.', import.meta.url));",
].join('\n');

/** Every module of `src/` that the shipped package loads by its path. */
export function entryPoints(root: string): Record<string, string> {
  const source = join(root, 'src');
  const commands = readdirSync(join(source, 'commands'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('commands', path));
  const modules = [
    'cli/main.ts',
    'cli/help.ts',
    'cli/command-not-found.ts',
    'engine/api.ts',
    ...commands,
  ];
  return Object.fromEntries(
    modules.map((path) => [
      path === 'cli/main.ts' ? 'main' : path.replace(/\.ts$/, ''),
      relative(root, join(source, path)),
    ]),
  );
}

export interface BundleOptions {
  readonly root: string;
  readonly outputFolder: string;
  readonly minify: boolean;
}

/** Bundles into `outputFolder`; the files of earlier builds must be gone. */
export async function bundle(options: BundleOptions): Promise<Metafile> {
  const result = await build({
    absWorkingDir: options.root,
    entryPoints: entryPoints(options.root),
    outdir: options.outputFolder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Identifiers stay as they are: names of error classes are shown to users, and a stack trace
    // can be read. Shorter names would save a tenth of the package and no time.
    minifyWhitespace: options.minify,
    minifySyntax: options.minify,
    // oclif asks for it in development only.
    external: ['typescript'],
    legalComments: 'none',
    sourcemap: options.minify ? false : 'linked',
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: commonJsBanner },
    metafile: true,
    logLevel: 'warning',
    // In development oclif looks for commands itself, with parts that are left out otherwise.
    plugins: options.minify ? [withoutUnusedParts] : [],
  });
  return result.metafile;
}
