/** Text functions that find, test and split: POSITION, INSTR, STARTSWITH, SPLIT_INDEX, PARSE_URL. */
import { codePointCountBefore, codePointSlice, codePoints } from '../text-units.ts';
import {
  commonType,
  isBytes,
  isInteger,
  isNumeric,
  isText,
  simple,
  stringType,
} from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import type { ScalarFunction } from './contract.ts';
import { bigintAt, bytesAt, numberAt, textAt, valueAt } from './operand.ts';
import { parameters, results, signature, type Parameter } from './signature.ts';
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

/** As Flink: the code of a separator is one of Latin-1 above 0. */
const SEPARATOR_CODE_MAX = 255;

/** Parts by a separator, a text or a code; an empty separator gives the whole text. */
function splitIndex(operands: readonly Value[]): Value {
  const given = valueAt(operands, 1);
  if (typeof given === 'number' && (given < 1 || given > SEPARATOR_CODE_MAX)) return null;
  const separator = typeof given === 'number' ? String.fromCharCode(given) : textAt(operands, 1);
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

const eltSignature = signature(
  [parameters.bigint, text],
  (operands) => {
    const common = commonType(operands.slice(1), 'function') ?? stringType(true);
    return { ...common, nullable: true };
  },
  { rest: text },
);

const elt: ScalarFunction = {
  name: 'ELT',
  category: 'string',
  syntax: ['ELT(index, string1, string2, ...)'],
  summary: 'The text at a one-based index; NULL when there is none.',
  deterministic: true,
  strict: false,
  resolve: (operands, literals) => {
    const [index] = literals;
    const isBelow = (typeof index === 'number' || typeof index === 'bigint') && index < 0;
    return isBelow ? { mismatch: 'its index is below 0' } : eltSignature(operands, literals);
  },
  evaluate: (operands) => {
    if (valueAt(operands, 0) === null) return null;
    const index = Number(bigintAt(operands, 0));
    return index < 1 || index >= operands.length ? null : valueAt(operands, index);
  },
};

const DECIMAL_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

interface TextTest {
  readonly name: string;
  readonly summary: string;
  readonly test: (value: string) => boolean;
  /** As Flink: the answer for a number is that of its type, and for NULL too. */
  readonly isNumberSo: (type: LogicalType) => boolean;
}

function textTest({ name, summary, test, isNumberSo }: TextTest): ScalarFunction {
  return {
    name,
    category: 'conditional',
    syntax: [`${name}(string)`, `${name}(numeric)`],
    summary,
    deterministic: true,
    strict: false,
    resolve: signature([textOrNumber], () => simple('BOOLEAN', false)),
    evaluate: (operands, { operands: [type] }) => {
      if (type !== undefined && isNumeric(type)) return isNumberSo(type);
      return valueAt(operands, 0) !== null && test(textAt(operands, 0));
    },
  };
}

const textOrNumber: Parameter = {
  label: 'STRING or a number',
  accepts: (type) => isText(type) || isNumeric(type),
  target: (type) => type,
};

const textOrInt: Parameter = {
  label: 'STRING or INT',
  accepts: (type) => isText(type) || int.accepts(type),
  target: (type) => (isText(type) ? type : int.target(type)),
};

/** Two texts, or two of bytes. */
function edgeTest(name: 'STARTSWITH' | 'ENDSWITH', part: 'prefix' | 'suffix'): ScalarFunction {
  const isStart = name === 'STARTSWITH';
  const resolve = signature([parameters.textOrBytes, parameters.textOrBytes], results.boolean);
  return {
    name,
    category: 'string',
    syntax: [`${name}(string, ${part})`, `${name}(binary, ${part})`],
    summary: `TRUE if a text, or bytes, ${isStart ? 'start' : 'end'} with ${part}.`,
    deterministic: true,
    strict: true,
    resolve: (operands, literals) => {
      const [whole, edge] = operands;
      if (whole !== undefined && edge !== undefined && isBytes(whole) !== isBytes(edge)) {
        const names = operands.map((type) => bareTypeText(type)).join(' and ');
        return { mismatch: `it takes two texts or two of bytes, not ${names}` };
      }
      return resolve(operands, literals);
    },
    evaluate: (operands) => {
      if (typeof valueAt(operands, 0) === 'string') {
        const whole = textAt(operands, 0);
        return isStart
          ? whole.startsWith(textAt(operands, 1))
          : whole.endsWith(textAt(operands, 1));
      }
      const whole = bytesAt(operands, 0);
      const edge = bytesAt(operands, 1);
      const from = isStart ? 0 : whole.length - edge.length;
      return from >= 0 && edge.every((byte, index) => whole[from + index] === byte);
    },
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
  edgeTest('STARTSWITH', 'prefix'),
  edgeTest('ENDSWITH', 'suffix'),
  textFunction({
    name: 'SPLIT_INDEX',
    syntax: ['SPLIT_INDEX(string, separator, index)'],
    summary:
      'The part at a zero-based index; NULL when there is none. separator may be a code, 1 to 255.',
    operands: [text, textOrInt, int],
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
  textTest({
    name: 'IS_DECIMAL',
    summary: 'TRUE if the text is a number.',
    test: (value) => DECIMAL_TEXT.test(value),
    isNumberSo: () => true,
  }),
  textTest({
    name: 'IS_DIGIT',
    summary: 'TRUE if all characters are digits.',
    test: (value) => /^\p{Nd}+$/u.test(value),
    isNumberSo: isInteger,
  }),
  textTest({
    name: 'IS_ALPHA',
    summary: 'TRUE if all characters are letters.',
    test: (value) => /^\p{L}+$/u.test(value),
    isNumberSo: () => false,
  }),
];
