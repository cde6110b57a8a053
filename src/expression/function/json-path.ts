/**
 * The part of SQL/JSON paths that Flink's JSON functions are used with: `$.a.b[0]`, `$['a b']`,
 * `[-1]` from the end, `[*]` and `.*`, after an optional `lax` or `strict`, the default as in Flink.
 */
import { EvaluationError } from '../evaluation-error.ts';

export type PathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' };

export interface JsonPath {
  readonly isStrict: boolean;
  readonly steps: readonly PathStep[];
}

/** Paths kept parsed. */
const PATHS_MAX = 256;
const PATH_LENGTH_MAX = 4096;
const parsedPaths = new Map<string, JsonPath>();

const STEP =
  /\.?\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d{1,9})|(\*))\s*\]|\.(\*)|\.([\p{L}_$][\p{L}\p{N}_$-]*)/uy;

/** Throws EvaluationError for a path that is wrong or uses more than the above. */
export function parseJsonPath(text: string): JsonPath {
  const known = parsedPaths.get(text);
  if (known !== undefined) return known;
  const path = readPath(text);
  if (parsedPaths.size >= PATHS_MAX) parsedPaths.clear();
  parsedPaths.set(text, path);
  return path;
}

function readPath(text: string): JsonPath {
  const head = /^\s*(?:(lax|strict)\s+)?\$/i.exec(text);
  if (head === null || text.length > PATH_LENGTH_MAX) return fail(text);
  const steps: PathStep[] = [];
  let position = head[0].length;
  const end = text.trimEnd().length;
  while (position < end) {
    STEP.lastIndex = position;
    const match = STEP.exec(text);
    if (match === null) return fail(text);
    position = STEP.lastIndex;
    const [, single, double, index, every, everyMember, name] = match;
    const member = name ?? (single ?? double)?.replace(/\\(.)/g, '$1');
    if (member !== undefined) steps.push({ kind: 'member', name: member });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (every !== undefined || everyMember !== undefined) steps.push({ kind: 'all' });
  }
  return { isStrict: head[1]?.toLowerCase() !== 'lax', steps };
}

function fail(text: string): never {
  throw new EvaluationError(
    `The JSON path '${text.slice(0, 80)}' is not supported; paths look like $.a.b[0] or $['a b']`,
  );
}
