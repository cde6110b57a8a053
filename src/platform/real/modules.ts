/** Modules by Node's own loader; a module is loaded once in a process. */
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { InputError } from '../../errors/drey-error.ts';
import type { Modules } from '../modules.ts';

export const realModules: Modules = {
  async load(path) {
    await requireFile(path);
    try {
      const namespace = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
      return namespace.default;
    } catch (error) {
      throw loadFailure(path, error);
    }
  },
};

async function requireFile(path: string): Promise<void> {
  try {
    if ((await stat(path)).isFile()) return;
  } catch {
    // Whatever keeps us from it, the module cannot be loaded; the path is what can be corrected.
  }
  throw new InputError('DREY_MODULE_NOT_FOUND', `there is no module ${path}`, {
    hint: "Correct the path; a relative one starts at the pipeline file's folder.",
    details: { path },
  });
}

function loadFailure(path: string, error: unknown): InputError {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const at = error instanceof Error ? placeIn(error.stack ?? '', pathToFileURL(path).href) : null;
  const where = at === null ? '' : ` (line ${at})`;
  return new InputError('DREY_MODULE_FAILED', `${path} cannot be loaded: ${text}${where}`, {
    hint: hintFor(error, path),
    details: { path },
    cause: error,
  });
}

/** `12:5` of the innermost frame in the module. */
function placeIn(stack: string, url: string): string | null {
  const from = stack.indexOf(`${url}:`);
  if (from < 0) return null;
  return /^\d+(?::\d+)?/.exec(stack.slice(from + url.length + 1))?.[0] ?? null;
}

function hintFor(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return 'Write the module in JavaScript (.js, .mjs), or use a Node that loads TypeScript (22.18 or later).';
  }
  if (error instanceof SyntaxError) return `Run \`node --check ${path}\` to see the place.`;
  return `Correct the module; \`node ${path}\` shows the same.`;
}
