/**
 * JSON texts -> values that keep numbers as they are written, so that a 20-digit number and 1.50
 * survive. Bounded in depth; duplicate keys keep the last.
 */

export type Json =
  null | boolean | string | JsonNumber | readonly Json[] | ReadonlyMap<string, Json>;

/** A number with its digits, as java.math.BigDecimal shows it. */
export class JsonNumber {
  readonly text: string;

  /** From a JSON text: 1e5 is 1E+5, 12.5e1 is 125. */
  static read(text: string): JsonNumber {
    return new JsonNumber(/[eE]/.test(text) ? bigDecimalText(text) : text);
  }

  constructor(text: string) {
    this.text = text;
  }
}

/** Deepest nesting of arrays and objects that is read. */
export const JSON_DEPTH_MAX = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Undefined for a text that is no JSON. As Flink, what follows the first value is not looked at. */
export function parseJson(text: string): Json | undefined {
  return new JsonReader(text).read(0);
}

/** Exponents beyond this stay as they are written. */
const EXPONENT_DIGITS_MAX = 9;
/** Source: java.math.BigDecimal.toString: below this adjusted exponent it uses E notation. */
const PLAIN_EXPONENT_MIN = -6;

function bigDecimalText(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(text) ?? [];
  if (exponent.replace(/^[+-]/, '').length > EXPONENT_DIGITS_MAX) return text;
  const scale = fraction.length - Number(exponent);
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const minus = /[1-9]/.test(digits) ? sign : '';
  const adjusted = digits.length - 1 - scale;
  if (scale === 0) return minus + digits;
  if (scale > 0 && adjusted >= PLAIN_EXPONENT_MIN) {
    const padded = digits.padStart(scale + 1, '0');
    return `${minus}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  }
  const mantissa = digits.length === 1 ? digits : `${digits.charAt(0)}.${digits.slice(1)}`;
  if (adjusted === 0) return minus + mantissa;
  return `${minus}${mantissa}E${adjusted > 0 ? '+' : ''}${adjusted}`;
}

class JsonReader {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(depth: number): Json | undefined {
    if (depth > JSON_DEPTH_MAX) return undefined;
    this.#match(SPACE);
    switch (this.#text.charAt(this.#index)) {
      case '{':
        return this.#readObject(depth);
      case '[':
        return this.#readArray(depth);
      case '"':
        return this.#readString();
      case 't':
        return this.#accept('true') ? true : undefined;
      case 'f':
        return this.#accept('false') ? false : undefined;
      case 'n':
        return this.#accept('null') ? null : undefined;
      default: {
        const number = this.#match(NUMBER);
        return number === null || number[0] === '' ? undefined : JsonNumber.read(number[0]);
      }
    }
  }

  #readObject(depth: number): Json | undefined {
    const members = new Map<string, Json>();
    this.#index += 1;
    this.#match(SPACE);
    if (this.#accept('}')) return members;
    for (;;) {
      this.#match(SPACE);
      const key = this.#readString();
      this.#match(SPACE);
      if (key === undefined || !this.#accept(':')) return undefined;
      const value = this.read(depth + 1);
      if (value === undefined) return undefined;
      members.set(key, value);
      this.#match(SPACE);
      if (this.#accept('}')) return members;
      if (!this.#accept(',')) return undefined;
    }
  }

  #readArray(depth: number): Json | undefined {
    const items: Json[] = [];
    this.#index += 1;
    this.#match(SPACE);
    if (this.#accept(']')) return items;
    for (;;) {
      const item = this.read(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      this.#match(SPACE);
      if (this.#accept(']')) return items;
      if (!this.#accept(',')) return undefined;
    }
  }

  /** The end is looked for by hand: a pattern would need a stack as deep as the string is long. */
  #readString(): string | undefined {
    if (this.#text.charAt(this.#index) !== '"') return undefined;
    let end = this.#index + 1;
    for (; end < this.#text.length; end += 1) {
      const unit = this.#text.charCodeAt(end);
      if (unit === QUOTE) break;
      if (unit === BACKSLASH) end += 1;
    }
    const literal = this.#text.slice(this.#index, end + 1);
    this.#index = end + 1;
    try {
      const value: unknown = JSON.parse(literal);
      return typeof value === 'string' ? value : undefined;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #accept(text: string): boolean {
    if (!this.#text.startsWith(text, this.#index)) return false;
    this.#index += text.length;
    return true;
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#index;
    const match = expression.exec(this.#text);
    if (match !== null) this.#index = expression.lastIndex;
    return match;
  }
}

/** Without spaces; keys in the order of their UTF-16 units, as Flink writes them. */
export function jsonText(value: Json): string {
  if (value instanceof JsonNumber) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(jsonText).join(',')}]`;
  const keys = [...value.keys()].sort();
  const members = keys.map((key) => `${JSON.stringify(key)}:${jsonText(value.get(key) ?? null)}`);
  return `{${members.join(',')}}`;
}

export function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isJsonObject(value: Json): value is ReadonlyMap<string, Json> {
  return value instanceof Map;
}
