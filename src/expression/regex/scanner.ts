/** A cursor over the code points of a pattern, and the escapes that classes and the rest share. */
import { EvaluationError } from '../evaluation-error.ts';
import type { CharacterTest } from './syntax.ts';

export type ClassReader = (letter: string) => CharacterTest | undefined;
export type PropertyReader = (name: string) => CharacterTest;

const CONTROLS: Readonly<Record<string, number>> = {
  t: 0x09,
  n: 0x0a,
  r: 0x0d,
  f: 0x0c,
  a: 0x07,
  e: 0x1b,
};

export class RegexScanner {
  readonly pattern: string;
  readonly #classOf: ClassReader;
  readonly #propertyOf: PropertyReader;
  #index = 0;

  constructor(pattern: string, classOf: ClassReader, propertyOf: PropertyReader) {
    this.pattern = pattern;
    this.#classOf = classOf;
    this.#propertyOf = propertyOf;
  }

  get atEnd(): boolean {
    return this.#index >= this.pattern.length;
  }

  at(text: string): boolean {
    return this.pattern.startsWith(text, this.#index);
  }

  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.#index += text.length;
    return true;
  }

  /** The code point at the cursor, which moves on. */
  next(): number {
    const point = this.pattern.codePointAt(this.#index);
    if (point === undefined) return this.fail('it ends too early');
    this.#index += point > 0xffff ? 2 : 1;
    return point;
  }

  /** Takes what a sticky expression matches. */
  match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#index;
    const match = expression.exec(this.pattern);
    if (match !== null) this.#index = expression.lastIndex;
    return match;
  }

  /** After a backslash: a character, or a class such as \d or \p{L}. */
  readEscape(): number | CharacterTest {
    const code = this.match(/u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,6})\}/y);
    if (code !== null) {
      const point = Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16);
      return point <= 0x10ffff ? point : this.fail('a code point is too large');
    }
    const octal = this.match(/0([0-3]?[0-7]{1,2})/y);
    if (octal !== null) return Number.parseInt(octal[1] ?? '', 8);
    const property = this.match(/([pP])(?:\{([^}]{1,60})\}|([A-Za-z]))/y);
    if (property !== null) {
      const test = this.#propertyOf(property[2] ?? property[3] ?? '');
      return property[1] === 'p' ? test : (point) => !test(point);
    }
    const point = this.next();
    const letter = String.fromCodePoint(point);
    const control = CONTROLS[letter];
    if (control !== undefined) return control;
    const named = this.#classOf(letter);
    if (named !== undefined) return named;
    if (/[A-Za-z0-9]/.test(letter)) return this.fail(`\\${letter} is not supported`);
    return point;
  }

  fail(reason: string): never {
    const shown = this.pattern.length > 80 ? `${this.pattern.slice(0, 77)}...` : this.pattern;
    throw new EvaluationError(`The regular expression '${shown}' cannot be used: ${reason}`);
  }
}
