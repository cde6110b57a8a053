/** Text functions on bytes and encodings: BASE64, HEX, ENCODE, ASCII, URL_ENCODE. */
import { codePoints } from '../text-units.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { bytesType, isInteger, isText, stringType } from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { Value } from '../value.ts';
import { decodeUtf8, encodeUtf8 } from './cast-bytes.ts';
import type { ScalarFunction } from './contract.ts';
import { bigintAt, bytesAt, textAt, valueAt } from './operand.ts';
import { parameters, results } from './signature.ts';
import { textFunction } from './string.ts';

const { text, bytes } = parameters;
const BASE64_TEXT = /^[A-Za-z0-9+/]*={0,2}$/;

/** Throws for a text that is no Base64, as java.util.Base64 does. */
function fromBase64(value: string): string {
  if (!BASE64_TEXT.test(value) || value.replace(/=+$/, '').length % 4 === 1) {
    throw new EvaluationError('FROM_BASE64 needs a Base64 text');
  }
  return decodeUtf8(Buffer.from(value, 'base64'));
}

function hexOf(data: Uint8Array): string {
  return Buffer.from(data).toString('hex').toUpperCase();
}

/** Hexadecimal digits as bytes; NULL for other characters. As Flink: an odd first digit is a 0. */
function unhex(value: string): Value {
  if (!/^[0-9a-fA-F]*$/.test(value)) return null;
  const digits = value.length % 2 === 0 ? value : `00${value.slice(1)}`;
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

const CHARACTER_SETS: readonly string[] = [
  'US-ASCII',
  'ISO-8859-1',
  'UTF-8',
  'UTF-16BE',
  'UTF-16LE',
  'UTF-16',
];

function characterSet(name: string): string {
  const upper = name.toUpperCase();
  if (CHARACTER_SETS.includes(upper)) return upper;
  throw new EvaluationError(
    `The character set '${name.slice(0, 40)}' is none of ${CHARACTER_SETS.join(', ')}`,
  );
}

/** Characters that a set lacks become a question mark; UTF-16 starts with a byte order mark. */
function encode(value: string, name: string): Uint8Array {
  switch (characterSet(name)) {
    case 'US-ASCII':
      return singleBytes(value, 0x7f);
    case 'ISO-8859-1':
      return singleBytes(value, 0xff);
    case 'UTF-16BE':
      return utf16(value, false, '');
    case 'UTF-16LE':
      return utf16(value, true, '');
    case 'UTF-16':
      return utf16(value, false, '\ufeff');
    default:
      return encodeUtf8(value);
  }
}

function singleBytes(value: string, last: number): Uint8Array {
  return Uint8Array.from(codePoints(value), (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point <= last ? point : 0x3f;
  });
}

function utf16(value: string, isLittle: boolean, mark: string): Uint8Array {
  const marked = mark + value;
  const data = new Uint8Array(marked.length * 2);
  const view = new DataView(data.buffer);
  for (let index = 0; index < marked.length; index += 1) {
    view.setUint16(index * 2, marked.charCodeAt(index), isLittle);
  }
  return data;
}

function decode(data: Uint8Array, name: string): string {
  const set = characterSet(name);
  if (set === 'UTF-8') return decodeUtf8(data);
  if (set === 'US-ASCII') {
    return Array.from(data, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : '\ufffd')).join(
      '',
    );
  }
  if (set === 'ISO-8859-1') return Buffer.from(data).toString('latin1');
  const isMarkedLittle = set === 'UTF-16' && data[0] === 0xff && data[1] === 0xfe;
  const isLittle = set === 'UTF-16LE' || isMarkedLittle;
  const decoder = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be', {
    ignoreBOM: set !== 'UTF-16',
  });
  return decoder.decode(data);
}

/** As Flink: the first byte of the UTF-8 text, with its sign; 0 for the empty text. */
function firstByte(value: string): number {
  const [first = 0] = encodeUtf8(value.slice(0, 2));
  return (first << 24) >> 24;
}

/** The character of the low 8 bits; none for a negative number. */
function characterOf(code: bigint): string {
  return code < 0n ? '' : String.fromCharCode(Number(code & 0xffn));
}

/** As java.net.URLEncoder. */
function urlEncode(value: string): string {
  let result = '';
  for (const byte of encodeUtf8(value)) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9.\-*_]/.test(character)) result += character;
    else if (character === ' ') result += '+';
    else result += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}

function urlDecode(value: string): Value {
  if (/%(?![0-9a-fA-F]{2})/.test(value)) return null;
  const spaced = value.replaceAll('+', ' ');
  return spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, (codes) =>
    decodeUtf8(Buffer.from(codes.replaceAll('%', ''), 'hex')),
  );
}

const hex: ScalarFunction = {
  name: 'HEX',
  category: 'arithmetic',
  syntax: ['HEX(integer)', 'HEX(string)'],
  summary: 'The hexadecimal digits of an integer, or of the UTF-8 bytes of a text.',
  deterministic: true,
  strict: true,
  resolve: ([operand, ...more]) => {
    if (operand === undefined || more.length > 0) return { mismatch: 'it takes 1 operand' };
    const result = stringType(operand.nullable);
    if (isText(operand)) return { operands: [operand], result };
    if (!isInteger(operand)) {
      return { mismatch: `it needs an integer or STRING, not ${bareTypeText(operand)}` };
    }
    return { operands: [{ root: 'BIGINT', nullable: operand.nullable }], result };
  },
  evaluate: (operands) => {
    const value = valueAt(operands, 0);
    if (typeof value === 'bigint') return BigInt.asUintN(64, value).toString(16).toUpperCase();
    return hexOf(encodeUtf8(textAt(operands, 0)));
  },
};

export const stringEncodingFunctions: readonly ScalarFunction[] = [
  textFunction({
    name: 'FROM_BASE64',
    syntax: ['FROM_BASE64(string)'],
    summary: 'The text that a Base64 text stands for.',
    operands: [text],
    result: results.string,
    evaluate: (operands) => fromBase64(textAt(operands, 0)),
  }),
  textFunction({
    name: 'TO_BASE64',
    syntax: ['TO_BASE64(string)', 'TO_BASE64(binary)'],
    summary: 'The Base64 of bytes, or of the UTF-8 bytes of a text.',
    operands: [parameters.textOrBytes],
    result: results.string,
    evaluate: (operands) => {
      const value = valueAt(operands, 0);
      const data = typeof value === 'string' ? encodeUtf8(value) : bytesAt(operands, 0);
      return Buffer.from(data).toString('base64');
    },
  }),
  hex,
  textFunction({
    name: 'UNHEX',
    syntax: ['UNHEX(string)'],
    summary: 'The bytes of hexadecimal digits; NULL when a character is none.',
    operands: [text],
    result: () => bytesType(true),
    evaluate: (operands) => unhex(textAt(operands, 0)),
  }),
  textFunction({
    name: 'ASCII',
    syntax: ['ASCII(string)'],
    summary:
      'The code of the first character; of one that is not ASCII its first UTF-8 byte, signed.',
    operands: [text],
    result: results.int,
    evaluate: (operands) => firstByte(textAt(operands, 0)),
  }),
  textFunction({
    name: 'CHR',
    syntax: ['CHR(integer)'],
    summary: 'The character of the low 8 bits of an integer.',
    operands: [parameters.bigint],
    result: results.nullableString,
    evaluate: (operands) => characterOf(bigintAt(operands, 0)),
  }),
  textFunction({
    name: 'ENCODE',
    syntax: ['ENCODE(string, characterSet)'],
    summary: `The bytes of a text in one of ${CHARACTER_SETS.join(', ')}.`,
    operands: [text, text],
    result: results.bytes,
    evaluate: (operands) => encode(textAt(operands, 0), textAt(operands, 1)),
  }),
  textFunction({
    name: 'DECODE',
    syntax: ['DECODE(binary, characterSet)'],
    summary: `The text of bytes in one of ${CHARACTER_SETS.join(', ')}.`,
    operands: [bytes, text],
    result: results.string,
    evaluate: (operands) => decode(bytesAt(operands, 0), textAt(operands, 1)),
  }),
  textFunction({
    name: 'URL_ENCODE',
    syntax: ['URL_ENCODE(string)'],
    summary: 'The text as it stands in a form of a URL.',
    operands: [text],
    result: results.nullableString,
    evaluate: (operands) => urlEncode(textAt(operands, 0)),
  }),
  textFunction({
    name: 'URL_DECODE',
    syntax: ['URL_DECODE(string)'],
    summary: 'The text that URL_ENCODE made; NULL when a % has no two digits.',
    operands: [text],
    result: results.nullableString,
    evaluate: (operands) => urlDecode(textAt(operands, 0)),
  }),
];
