/**
 * Classes of characters: \d, \w, \p{...} and what stands in [ ], as java.util.regex defines them.
 * Without flags \d, \w and \s are ASCII.
 */
import { EvaluationError } from '../evaluation-error.ts';
import type { RegexScanner } from './scanner.ts';
import { GROUP_NESTING_MAX, type CharacterTest, type RegexFlags } from './syntax.ts';

const LINE_ENDS: ReadonlySet<number> = new Set([0x0a, 0x0d, 0x85, 0x2028, 0x2029]);

export function isLineEnd(point: number): boolean {
  return LINE_ENDS.has(point);
}

const isDigit: CharacterTest = (point) => point >= 0x30 && point <= 0x39;
const isUpper: CharacterTest = (point) => point >= 0x41 && point <= 0x5a;
const isLower: CharacterTest = (point) => point >= 0x61 && point <= 0x7a;
const isAlpha: CharacterTest = (point) => isUpper(point) || isLower(point);
const isWord: CharacterTest = (point) => isAlpha(point) || isDigit(point) || point === 0x5f;
const isSpace: CharacterTest = (point) => point === 0x20 || (point >= 0x09 && point <= 0x0d);
const isGraph: CharacterTest = (point) => point > 0x20 && point < 0x7f;
const isAlnum: CharacterTest = (point) => isAlpha(point) || isDigit(point);

/** Java's names of ASCII classes in \p{ }, which SQL's [:NAME:] uses too. */
const NAMED: Readonly<Record<string, CharacterTest>> = {
  Lower: isLower,
  Upper: isUpper,
  ASCII: (point) => point < 0x80,
  Alpha: isAlpha,
  Digit: isDigit,
  Alnum: isAlnum,
  Punct: (point) => isGraph(point) && !isAlnum(point),
  Graph: isGraph,
  Print: (point) => isGraph(point) || point === 0x20,
  Blank: (point) => point === 0x20 || point === 0x09,
  Cntrl: (point) => point < 0x20 || point === 0x7f,
  XDigit: (point) => isDigit(point) || /[a-fA-F]/.test(String.fromCodePoint(point)),
  Space: isSpace,
};

const PREDEFINED: Readonly<Record<string, CharacterTest>> = {
  d: isDigit,
  w: isWord,
  s: isSpace,
  h: (point) => point === 0x20 || point === 0x09 || point === 0xa0,
};

/** \d and the like; the capital letter is the opposite. Undefined for other letters. */
export function predefinedClass(letter: string): CharacterTest | undefined {
  const test = PREDEFINED[letter.toLowerCase()];
  if (test === undefined) return undefined;
  return letter === letter.toLowerCase() ? test : not(test);
}

/** The class of a name in \p{...}; Unicode categories and scripts go through JavaScript's. */
export function propertyClass(name: string): CharacterTest {
  const known = NAMED[name];
  if (known !== undefined) return known;
  const plain = name.replace(/^(?:Is|general_category=|gc=)/, '');
  if (/^[A-Za-z_=]{1,40}$/.test(plain)) {
    for (const property of [plain, `Script=${plain.replace(/^(?:script|sc)=/i, '')}`]) {
      const expression = unicodeProperty(property);
      if (expression !== undefined) {
        return (point) => expression.test(String.fromCodePoint(point));
      }
    }
  }
  throw new EvaluationError(`The regular expression names a class \\p{${name}} that is not known`);
}

function unicodeProperty(property: string): RegExp | undefined {
  try {
    return new RegExp(`^\\p{${property}}$`, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function not(test: CharacterTest): CharacterTest {
  return (point) => !test(point);
}

/** One character, in both cases when the flags say so. */
export function oneCharacter(expected: number, flags: RegexFlags): CharacterTest {
  if (!flags.ignoreCase || !isAlpha(expected)) return (point) => point === expected;
  const other = expected ^ 0x20;
  return (point) => point === expected || point === other;
}

/** Reads from after [ to the closing ]. */
export function readClass(scanner: RegexScanner, flags: RegexFlags, depth = 0): CharacterTest {
  if (depth > GROUP_NESTING_MAX) scanner.fail('its classes are nested too deeply');
  const isNegated = scanner.accept('^');
  let union: CharacterTest[] = [];
  const intersections: CharacterTest[] = [];
  let isFirst = true;
  for (;;) {
    if (scanner.atEnd) scanner.fail('a class in [ ] is not closed');
    if (!isFirst && scanner.accept(']')) break;
    if (scanner.accept('&&')) {
      intersections.push(anyOf(union));
      union = [];
    } else {
      union.push(readClassItem(scanner, flags, depth));
    }
    isFirst = false;
  }
  const parts = [...intersections, anyOf(union)];
  const test: CharacterTest = (point) => parts.every((part) => part(point));
  return isNegated ? not(test) : test;
}

function readClassItem(scanner: RegexScanner, flags: RegexFlags, depth: number): CharacterTest {
  if (scanner.accept('[')) return readClass(scanner, flags, depth + 1);
  if (scanner.accept('\\')) {
    const escaped = scanner.readEscape();
    if (typeof escaped !== 'number') return escaped;
    return readRange(scanner, flags, escaped);
  }
  return readRange(scanner, flags, scanner.next());
}

function readRange(scanner: RegexScanner, flags: RegexFlags, first: number): CharacterTest {
  if (!scanner.at('-') || scanner.at('-]') || scanner.at('-[') || scanner.at('-&&')) {
    return oneCharacter(first, flags);
  }
  scanner.accept('-');
  let last: number | CharacterTest = scanner.accept('\\') ? scanner.readEscape() : scanner.next();
  if (typeof last !== 'number') scanner.fail('a range ends with a class');
  last = Number(last);
  if (last < first) scanner.fail('a range ends before it starts');
  const end = last;
  const test: CharacterTest = (point) => point >= first && point <= end;
  if (!flags.ignoreCase) return test;
  return (point) => test(point) || (isAlpha(point) && test(point ^ 0x20));
}

function anyOf(tests: readonly CharacterTest[]): CharacterTest {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (point) => tests.some((test) => test(point));
}
