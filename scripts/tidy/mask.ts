/**
 * Blanks out comments and literals of a TypeScript text, so that a rule can search the code alone.
 * Every blanked character becomes a space and line ends stay: positions and lines are those of the
 * text. It reads tokens, not grammar; whether a slash begins a regular expression is told by what
 * stands before it.
 */
export interface MaskedText {
  /** Without comments and without the inside of strings, templates and regular expressions. */
  readonly code: string;
  /** Without comments. */
  readonly codeWithLiterals: string;
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly start: number;
  readonly text: string;
}

/** After these a slash begins a regular expression. */
const BEFORE_REGEX =
  /(?:^|[({[,;=:?!&|+\-*%<>~^}]|\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield))$/;

export function maskText(text: string): MaskedText {
  return new Masker(text).run();
}

class Masker {
  private readonly text: string;
  private readonly code: string[];
  private readonly codeWithLiterals: string[];
  private readonly comments: Comment[] = [];
  /** For each template that is open: how many braces are open in its current `${}`. */
  private readonly templates: number[] = [];
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.code = text.split('');
    this.codeWithLiterals = text.split('');
  }

  run(): MaskedText {
    if (this.text.startsWith('#!')) this.comment(this.lineEnd());
    while (this.at < this.text.length) this.token();
    return {
      code: this.code.join(''),
      codeWithLiterals: this.codeWithLiterals.join(''),
      comments: this.comments,
    };
  }

  private token(): void {
    const char = this.text[this.at];
    const next = this.text[this.at + 1];
    if (char === '/' && next === '/') this.comment(this.lineEnd());
    else if (char === '/' && next === '*') this.comment(this.endAfter('*/'));
    else if (char === "'" || char === '"') this.quoted(char);
    else if (char === '`') this.template();
    else if (char === '/' && this.isRegexNext()) this.regex();
    else if (char === '{') this.brace(1);
    else if (char === '}') this.brace(-1);
    else this.at++;
  }

  private comment(end: number): void {
    this.comments.push({ start: this.at, text: this.text.slice(this.at, end) });
    blank(this.code, this.at, end);
    blank(this.codeWithLiterals, this.at, end);
    this.at = end;
  }

  private quoted(quote: string): void {
    this.literal((char) => char === quote || char === '\n');
  }

  private regex(): void {
    let isInClass = false;
    this.literal((char) => {
      if (char === '[') isInClass = true;
      if (char === ']') isInClass = false;
      return (char === '/' && !isInClass) || char === '\n';
    });
  }

  /** The delimiters stay, the inside is blanked. */
  private literal(isEnd: (char: string) => boolean): void {
    const start = this.at + 1;
    let end = start;
    while (end < this.text.length && !isEnd(this.text[end] ?? '')) {
      end += this.text[end] === '\\' ? 2 : 1;
    }
    blank(this.code, start, Math.min(end, this.text.length));
    this.at = end + 1;
  }

  /** From a backtick, or from the brace that closes an insertion, to the next insertion or end. */
  private template(): void {
    const start = this.at + 1;
    let end = start;
    while (end < this.text.length) {
      const char = this.text[end];
      if (char === '`') break;
      if (char === '$' && this.text[end + 1] === '{') break;
      end += char === '\\' ? 2 : 1;
    }
    blank(this.code, start, Math.min(end, this.text.length));
    if (this.text[end] === '$') {
      this.templates.push(0);
      this.at = end + 2;
    } else {
      this.at = end + 1;
    }
  }

  private brace(change: 1 | -1): void {
    const open = this.templates.at(-1);
    if (open === undefined) {
      this.at++;
    } else if (open === 0 && change === -1) {
      this.templates.pop();
      this.template();
    } else {
      this.templates[this.templates.length - 1] = open + change;
      this.at++;
    }
  }

  private isRegexNext(): boolean {
    // Only what stands close before matters; comments before it are blanked already.
    const before = this.code.slice(Math.max(0, this.at - 200), this.at).join('');
    return BEFORE_REGEX.test(before.trimEnd());
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end === -1 ? this.text.length : end;
  }

  private endAfter(closing: string): number {
    const end = this.text.indexOf(closing, this.at + 2);
    return end === -1 ? this.text.length : end + closing.length;
  }
}

function blank(characters: string[], start: number, end: number): void {
  for (let at = start; at < end; at++) if (characters[at] !== '\n') characters[at] = ' ';
}
