/**
 * Matches file names against shell patterns: `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`, `**` for any
 * number of folders, `\` to take a character as it is. Pure; walking folders is file-listing.ts.
 */

/** Patterns that braces may stand for; nested braces multiply. */
const BRACE_PATTERNS_MAX = 1000;

/** True when `path` has a character that means more than itself. */
export function isGlob(path: string): boolean {
  return /[*?[\]{}\\]/.test(path);
}

/**
 * The patterns without braces that `pattern` stands for, in order; null when there are more than
 * BRACE_PATTERNS_MAX. A brace without its partner or without a comma stands for itself.
 */
export function expandBraces(pattern: string): readonly string[] | null {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0) {
    const next = open.pop()!;
    const brace = findBrace(next);
    if (brace === null) {
      done.push(next);
    } else {
      const head = next.slice(0, brace.start);
      const tail = next.slice(brace.end + 1);
      // Pushed in reverse, so that the first alternative is expanded first.
      for (const choice of brace.choices.toReversed()) open.push(head + choice + tail);
    }
    if (done.length + open.length > BRACE_PATTERNS_MAX) return null;
  }
  return done;
}

/** Does one segment of a pattern (no slash, no braces) match a whole name? */
export function matchesSegment(segment: string, name: string): boolean {
  return matches(parseSegment(segment), Array.from(name));
}

/** The name that a segment without wildcards stands for; null when it has wildcards. */
export function literalSegment(segment: string): string | null {
  let literal = '';
  for (const part of parseSegment(segment)) {
    if (part.kind !== 'character') return null;
    literal += part.character;
  }
  return literal;
}

type SegmentPart =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly isNegated: boolean; readonly ranges: readonly Range[] };

interface Range {
  readonly low: string;
  readonly high: string;
}

function parseSegment(segment: string): readonly SegmentPart[] {
  const characters = Array.from(segment);
  const parts: SegmentPart[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === '*') {
      if (parts.at(-1)?.kind !== 'star') parts.push({ kind: 'star' });
    } else if (character === '?') {
      parts.push({ kind: 'any' });
    } else if (character === '\\' && at + 1 < characters.length) {
      parts.push({ kind: 'character', character: characters[++at]! });
    } else {
      const end = character === '[' ? classEnd(characters, at) : -1;
      if (end === -1) {
        parts.push({ kind: 'character', character });
      } else {
        parts.push(parseClass(characters.slice(at + 1, end)));
        at = end;
      }
    }
  }
  return parts;
}

/** Position of the bracket that closes the class at `start`; -1: it is a plain character. */
function classEnd(characters: readonly string[], start: number): number {
  let at = start + 1;
  if (isNegation(characters[at])) at++;
  // A bracket right after the opening is a member of the class.
  return characters.indexOf(']', at + 1);
}

function parseClass(body: readonly string[]): SegmentPart {
  const isNegated = isNegation(body[0]);
  const members = isNegated ? body.slice(1) : body;
  const ranges: Range[] = [];
  for (let at = 0; at < members.length; at++) {
    const low = members[at]!;
    const high = members[at + 2];
    if (members[at + 1] === '-' && high !== undefined) {
      ranges.push({ low, high });
      at += 2;
    } else {
      ranges.push({ low, high: low });
    }
  }
  return { kind: 'class', isNegated, ranges };
}

function isNegation(character: string | undefined): boolean {
  return character === '!' || character === '^';
}

/** Going back to the last star only is enough, so the work is at most parts times characters. */
function matches(parts: readonly SegmentPart[], name: readonly string[]): boolean {
  let part = 0;
  let at = 0;
  let starPart = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = parts[part];
    if (current?.kind === 'star') {
      starPart = part++;
      starAt = at;
    } else if (current !== undefined && matchesOne(current, name[at]!)) {
      part++;
      at++;
    } else if (starPart !== -1) {
      part = starPart + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (parts[part]?.kind === 'star') part++;
  return part === parts.length;
}

function matchesOne(part: SegmentPart, character: string): boolean {
  switch (part.kind) {
    case 'character':
      return part.character === character;
    case 'any':
      return true;
    case 'class':
      return part.ranges.some((r) => r.low <= character && character <= r.high) !== part.isNegated;
    case 'star':
      return false;
  }
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly choices: readonly string[];
}

/** The first outermost brace that has choices. */
function findBrace(pattern: string): Brace | null {
  for (let start = 0; start < pattern.length; start++) {
    if (pattern[start] === '\\') start++;
    else if (pattern[start] === '{') {
      const brace = readBrace(pattern, start);
      if (brace !== null) return brace;
    }
  }
  return null;
}

function readBrace(pattern: string, start: number): Brace | null {
  const choices: string[] = [];
  let depth = 0;
  let choiceStart = start + 1;
  for (let at = start + 1; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '{') depth++;
    else if (character === '}' && depth > 0) depth--;
    else if (character === '}') {
      choices.push(pattern.slice(choiceStart, at));
      return choices.length > 1 ? { start, end: at, choices } : null;
    } else if (character === ',' && depth === 0) {
      choices.push(pattern.slice(choiceStart, at));
      choiceStart = at + 1;
    }
  }
  return null;
}
