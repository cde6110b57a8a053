/**
 * The address of a thread's entry module, the one place that knows it: from sources it is the
 * module itself, in the shipped bundle a file of its own below `dist/threads/`.
 */

/** Where the bundle has this file's code; its build puts entries at `dist/threads/NAME.js`. */
const BUNDLE_FOLDER = '/dist/';

/**
 * `entry`: the module's path below `src` without ending, such as `engine/task/task-thread`.
 * `from`: the address of this module; given by tests.
 */
export function threadEntry(entry: string, from: string = import.meta.url): URL {
  if (from.endsWith('.ts')) return new URL(`../../${entry}.ts`, from);
  const at = from.lastIndexOf(BUNDLE_FOLDER);
  const root = from.slice(0, at + BUNDLE_FOLDER.length);
  return new URL(`threads/${entry.replaceAll('/', '-')}.js`, root);
}
