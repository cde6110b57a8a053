/**
 * The text of a java.util.regex pattern -> tree. What a search in bounded time cannot do is
 * refused: back-references, look-around, atomic groups and possessive quantifiers.
 */
import {
  isLineEnd,
  not,
  oneCharacter,
  predefinedClass,
  propertyClass,
  readClass,
} from './character-class.ts';
import { RegexScanner } from './scanner.ts';
import {
  GROUP_NESTING_MAX,
  PATTERN_LENGTH_MAX,
  REPEAT_MAX,
  type PlaceTest,
  type RegexFlags,
  type RegexNode,
} from './syntax.ts';

export interface ParsedRegex {
  readonly root: RegexNode;
  /** Capturing groups, without the whole match. */
  readonly groupCount: number;
}

/** Throws EvaluationError for a pattern that is wrong or not supported. */
export function parseRegex(pattern: string): ParsedRegex {
  const scanner = new RegexScanner(pattern, predefinedClass, propertyClass);
  if (pattern.length > PATTERN_LENGTH_MAX) scanner.fail(`it is longer than ${PATTERN_LENGTH_MAX}`);
  const state: ParserState = {
    scanner,
    flags: { ignoreCase: false, dotAll: false, multiline: false },
    groupCount: 0,
    depth: 0,
  };
  const root = readChoice(state);
  if (!scanner.atEnd) scanner.fail('a closing bracket has no opening one');
  return { root, groupCount: state.groupCount };
}

interface ParserState {
  readonly scanner: RegexScanner;
  flags: RegexFlags;
  groupCount: number;
  depth: number;
}

function readChoice(state: ParserState): RegexNode {
  state.depth += 1;
  if (state.depth > GROUP_NESTING_MAX) state.scanner.fail('its groups are nested too deeply');
  const parts = [readSequence(state)];
  while (state.scanner.accept('|')) parts.push(readSequence(state));
  state.depth -= 1;
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'choice', parts };
}

function readSequence(state: ParserState): RegexNode {
  const { scanner } = state;
  const parts: RegexNode[] = [];
  while (!scanner.atEnd && !scanner.at('|') && !scanner.at(')')) {
    if (scanner.accept('\\Q')) {
      parts.push(...readQuoted(state));
      continue;
    }
    const atom = readAtom(state);
    parts.push(readQuantifiers(state, atom));
  }
  return { kind: 'sequence', parts };
}

function readQuoted({ scanner, flags }: ParserState): RegexNode[] {
  const parts: RegexNode[] = [];
  while (!scanner.atEnd && !scanner.accept('\\E')) {
    parts.push({ kind: 'character', test: oneCharacter(scanner.next(), flags) });
  }
  return parts;
}

function readQuantifiers(state: ParserState, atom: RegexNode): RegexNode {
  const { scanner } = state;
  const match = scanner.match(/([*+?])|\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/y);
  if (match === null) return atom;
  const [, sign, least, comma, most] = match;
  let min = sign === '+' ? 1 : 0;
  let max = sign === '?' ? 1 : Infinity;
  if (least !== undefined) {
    min = Number(least);
    max = comma === undefined ? min : most === undefined ? Infinity : Number(most);
  }
  if (max < min) scanner.fail('a repetition ends before it starts');
  if (min > REPEAT_MAX || (max !== Infinity && max > REPEAT_MAX)) {
    scanner.fail(`a repetition is longer than ${REPEAT_MAX}`);
  }
  if (scanner.accept('+')) scanner.fail('possessive quantifiers are not supported');
  const isGreedy = !scanner.accept('?');
  if (scanner.at('*') || scanner.at('+') || scanner.at('?')) {
    scanner.fail('a quantifier follows a quantifier');
  }
  return { kind: 'repeat', body: atom, min, max, isGreedy };
}

function readAtom(state: ParserState): RegexNode {
  const { scanner, flags } = state;
  if (scanner.accept('(')) return readGroup(state);
  if (scanner.accept('[')) return { kind: 'character', test: readClass(scanner, flags) };
  if (scanner.accept('.')) {
    return { kind: 'character', test: flags.dotAll ? () => true : not(isLineEnd) };
  }
  if (scanner.accept('^')) return { kind: 'place', test: flags.multiline ? isLineStart : isStart };
  if (scanner.accept('$')) {
    return { kind: 'place', test: flags.multiline ? isLineFinish : isFinish };
  }
  if (scanner.accept('\\')) return readEscapedAtom(state);
  if (scanner.at('*') || scanner.at('+') || scanner.at('?')) {
    scanner.fail('a quantifier has nothing to repeat');
  }
  return { kind: 'character', test: oneCharacter(scanner.next(), flags) };
}

const PLACES: Readonly<Record<string, PlaceTest>> = {
  b: (text, index) => isWordBefore(text, index) !== isWordAt(text, index),
  B: (text, index) => isWordBefore(text, index) === isWordAt(text, index),
  A: (_text, index) => index === 0,
  z: (text, index) => index === text.length,
  Z: (text, index) => isFinish(text, index),
};

function readEscapedAtom({ scanner, flags }: ParserState): RegexNode {
  const place = scanner.match(/[bBAzZ]/y);
  if (place !== null) {
    const test = PLACES[place[0]];
    if (test !== undefined) return { kind: 'place', test };
  }
  if (scanner.match(/[1-9k]/y) !== null) scanner.fail('back-references are not supported');
  const escaped = scanner.readEscape();
  const test = typeof escaped === 'number' ? oneCharacter(escaped, flags) : escaped;
  return { kind: 'character', test };
}

function readGroup(state: ParserState): RegexNode {
  const { scanner } = state;
  const before = state.flags;
  if (scanner.match(/\?(?:=|!|<=|<!)/y) !== null) scanner.fail('look-around is not supported');
  if (scanner.accept('?>')) scanner.fail('atomic groups are not supported');
  let index: number | null = null;
  if (scanner.match(/\?<[A-Za-z][A-Za-z0-9]*>/y) !== null || !scanner.at('?')) {
    state.groupCount += 1;
    index = state.groupCount;
  } else {
    const flags = scanner.match(/\?([ims]*)(?:-([ims]+))?([:)])/y);
    if (flags === null) scanner.fail('a group starts with (? and something unknown');
    state.flags = withFlags(before, flags?.[1] ?? '', flags?.[2] ?? '');
    // (?i) without a body holds until the group around it ends.
    if (flags?.[3] === ')') return { kind: 'empty' };
  }
  const body = readChoice(state);
  if (!scanner.accept(')')) scanner.fail('a group is not closed');
  state.flags = before;
  return index === null ? body : { kind: 'group', index, body };
}

function withFlags(flags: RegexFlags, on: string, off: string): RegexFlags {
  const valueOf = (letter: string, before: boolean): boolean =>
    (before || on.includes(letter)) && !off.includes(letter);
  return {
    ignoreCase: valueOf('i', flags.ignoreCase),
    dotAll: valueOf('s', flags.dotAll),
    multiline: valueOf('m', flags.multiline),
  };
}

const WORD = /[\p{L}\p{Nd}_]/u;

function isWordAt(text: string, index: number): boolean {
  const point = text.codePointAt(index);
  return point !== undefined && WORD.test(String.fromCodePoint(point));
}

function isWordBefore(text: string, index: number): boolean {
  if (index === 0) return false;
  const isPair = index > 1 && (text.codePointAt(index - 2) ?? 0) > 0xffff;
  return isWordAt(text, isPair ? index - 2 : index - 1);
}

function isStart(_text: string, index: number): boolean {
  return index === 0;
}

/** At the end, or before the line end that ends the text. */
function isFinish(text: string, index: number): boolean {
  const rest = text.slice(index, index + 3);
  if (rest === '' || rest === '\r\n') return true;
  if (rest.length !== 1 || !isLineEnd(rest.charCodeAt(0))) return false;
  return !(rest === '\n' && text.charAt(index - 1) === '\r');
}

function isLineStart(text: string, index: number): boolean {
  if (index === 0) return true;
  if (index === text.length) return false;
  const before = text.charCodeAt(index - 1);
  return isLineEnd(before) && !(before === 0x0d && text.charAt(index) === '\n');
}

function isLineFinish(text: string, index: number): boolean {
  if (index === text.length) return true;
  const isInPair = text.charAt(index) === '\n' && text.charAt(index - 1) === '\r';
  return isLineEnd(text.charCodeAt(index)) && !isInPair;
}
