/** Text functions that find, test and split: POSITION, INSTR, STARTSWITH, SPLIT_INDEX, PARSE_URL. */
import { codePointCountBefore, codePointSlice, codePoints } from '../text-units.ts';
import { commonType, simple, stringType } from '../type-relations.ts';
import type { Value } from '../value.ts';
import type { ScalarFunction } from './contract.ts';
import { bigintAt, numberAt, textAt, valueAt } from './operand.ts';
import { parameters, results, signature } from './signature.ts';
import { textFunction } from './string.ts';

const { text, int } = parameters;

/** One-based position of `needle` from the one-based `start` on; 0 when it is not there. */
function positionOf(needle: string, value: string, start: number): number {
  if (start <= 1) {
    const index = value.indexOf(needle);
    return index < 0 ? 0 : codePointCountBefore(value, index) + 1;
  }
  const rest = codePointSlice(value, start - 1, value.length);
  const index = rest.indexOf(needle);
  return index < 0 ? 0 : codePointCountBefore(rest, index) + start;
}

/** Parts by a separator; an empty separator gives the whole text. */
function splitIndex(operands: readonly Value[]): Value {
  const separator = textAt(operands, 1);
  const index = numberAt(operands, 2);
  const parts = separator === '' ? [textAt(operands, 0)] : textAt(operands, 0).split(separator);
  return index < 0 ? null : (parts[index] ?? null);
}

function split(operands: readonly Value[]): Value {
  const separator = textAt(operands, 1);
  return separator === '' ? codePoints(textAt(operands, 0)) : textAt(operands, 0).split(separator);
}

/** Source: java.net.URL, which PARSE_URL of Flink uses. */
const URL_PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
/** Protocols that java.net.URL knows without more. */
const PROTOCOLS: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'file', 'jar', 'mailto']);

function parseUrl(operands: readonly Value[]): string | null {
  const match = URL_PARTS.exec(textAt(operands, 0).trim());
  if (match === null || !PROTOCOLS.has((match[1] ?? '').toLowerCase())) return null;
  const [, protocol = '', authority, path = '', query, fragment] = match;
  const part = textAt(operands, 1);
  if (operands.length === 3) {
    return part === 'QUERY' && query !== undefined ? queryValue(query, textAt(operands, 2)) : null;
  }
  const at = authority?.lastIndexOf('@') ?? -1;
  switch (part) {
    case 'HOST':
      return hostOf(authority?.slice(at + 1) ?? '');
    case 'PATH':
      return path;
    case 'QUERY':
      return query ?? null;
    case 'REF':
      return fragment ?? null;
    case 'PROTOCOL':
      return protocol.toLowerCase();
    case 'AUTHORITY':
      return authority ?? null;
    case 'FILE':
      return query === undefined ? path : `${path}?${query}`;
    case 'USERINFO':
      return at < 0 ? null : (authority?.slice(0, at) ?? null);
    default:
      return null;
  }
}

function hostOf(hostAndPort: string): string {
  return hostAndPort.replace(/:\d*$/, '');
}

function queryValue(query: string, key: string): string | null {
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals) === key) return pair.slice(equals + 1);
  }
  return null;
}

const elt: ScalarFunction = {
  name: 'ELT',
  category: 'string',
  syntax: ['ELT(index, string1, string2, ...)'],
  summary: 'The text at a one-based index; NULL when there is none.',
  deterministic: true,
  strict: false,
  resolve: signature(
    [parameters.bigint, text],
    (operands) => {
      const common = commonType(operands.slice(1), 'function') ?? stringType(true);
      return { ...common, nullable: true };
    },
    { rest: text },
  ),
  evaluate: (operands) => {
    if (valueAt(operands, 0) === null) return null;
    const index = Number(bigintAt(operands, 0));
    return index < 1 || index >= operands.length ? null : valueAt(operands, index);
  },
};

const DECIMAL_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function textTest(name: string, summary: string, test: (value: string) => boolean): ScalarFunction {
  return {
    name,
    category: 'conditional',
    syntax: [`${name}(string)`],
    summary,
    deterministic: true,
    strict: false,
    resolve: signature([text], () => simple('BOOLEAN', false)),
    evaluate: (operands) => valueAt(operands, 0) !== null && test(textAt(operands, 0)),
  };
}

export const stringSearchFunctions: readonly ScalarFunction[] = [
  textFunction({
    name: 'POSITION',
    syntax: ['POSITION(string1 IN string2)'],
    summary: 'The one-based position of string1 in string2; 0 when it is not there.',
    operands: [text, text, parameters.integer],
    optional: 1,
    result: results.int,
    evaluate: (operands) => {
      const start = operands.length === 3 ? Number(valueAt(operands, 2)) : 1;
      return positionOf(textAt(operands, 0), textAt(operands, 1), start);
    },
  }),
  textFunction({
    name: 'LOCATE',
    syntax: ['LOCATE(string1, string2[, start])'],
    summary: 'The one-based position of string1 in string2 from start on; 0 when it is not there.',
    operands: [text, text, int],
    optional: 1,
    result: results.int,
    evaluate: (operands) => {
      const start = operands.length === 3 ? numberAt(operands, 2) : 1;
      return positionOf(textAt(operands, 0), textAt(operands, 1), start);
    },
  }),
  textFunction({
    name: 'INSTR',
    syntax: ['INSTR(string1, string2)'],
    summary: 'The one-based position of string2 in string1; 0 when it is not there.',
    operands: [text, text],
    result: results.int,
    evaluate: (operands) => positionOf(textAt(operands, 1), textAt(operands, 0), 1),
  }),
  textFunction({
    name: 'STARTSWITH',
    syntax: ['STARTSWITH(string, prefix)'],
    summary: 'TRUE if string starts with prefix.',
    operands: [text, text],
    result: results.boolean,
    evaluate: (operands) => textAt(operands, 0).startsWith(textAt(operands, 1)),
  }),
  textFunction({
    name: 'ENDSWITH',
    syntax: ['ENDSWITH(string, suffix)'],
    summary: 'TRUE if string ends with suffix.',
    operands: [text, text],
    result: results.boolean,
    evaluate: (operands) => textAt(operands, 0).endsWith(textAt(operands, 1)),
  }),
  textFunction({
    name: 'SPLIT_INDEX',
    syntax: ['SPLIT_INDEX(string, separator, index)'],
    summary: 'The part at a zero-based index; NULL when there is none.',
    operands: [text, text, int],
    result: results.nullableString,
    evaluate: splitIndex,
  }),
  textFunction({
    name: 'SPLIT',
    syntax: ['SPLIT(string, separator)'],
    summary: 'The parts as an array; an empty separator gives the characters.',
    operands: [text, text],
    result: (_operands, _literals, nullable) => ({
      root: 'ARRAY',
      element: stringType(true),
      nullable,
    }),
    evaluate: split,
  }),
  textFunction({
    name: 'PARSE_URL',
    syntax: ['PARSE_URL(url, part[, key])'],
    summary:
      'HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE or USERINFO of a URL, or one QUERY value.',
    operands: [text, text, text],
    optional: 1,
    result: results.nullableString,
    evaluate: parseUrl,
  }),
  elt,
  textTest('IS_DECIMAL', 'TRUE if the text is a number.', (value) => DECIMAL_TEXT.test(value)),
  textTest('IS_DIGIT', 'TRUE if all characters are digits.', (value) => /^\p{Nd}+$/u.test(value)),
  textTest('IS_ALPHA', 'TRUE if all characters are letters.', (value) => /^\p{L}+$/u.test(value)),
];
