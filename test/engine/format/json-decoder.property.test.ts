/** The decoder against JSON.parse: the same lines are JSON, and their values are the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { decode as decodeJson } from './decode-json.ts';
import type { DecodePlan } from './decode-rows.ts';
import { runs } from '../../support/property-runs.ts';

const string: LogicalType = { root: 'VARCHAR', length: 2_147_483_647, nullable: true };
const schema: RowSchema = [
  { name: 'ts', type: { root: 'BIGINT', nullable: true } },
  { name: 'deviceId', type: string },
  { name: 'länge "x"', type: { root: 'DOUBLE', nullable: true } },
  { name: 'event', type: string },
  { name: 'n', type: { root: 'INT', nullable: true } },
];
const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(content: Uint8Array, plan?: DecodePlan) {
  return decodeJson(schema, content, plan === undefined ? {} : { plan });
}

/** White space that JSON allows and that ends no line. */
const space = fc.stringMatching(/^[ \t\r]{0,2}$/);
const noSpace = fc.constant('');

/** A JSON string with some characters escaped in one of the ways there are. */
function stringText(value: string, choices: readonly number[]): string {
  let text = '"';
  for (const [index, character] of Array.from(value).entries()) {
    const choice = choices[index % choices.length] ?? 0;
    if (character < ' ' || /^["\\\ud800-\udfff]$/.test(character) || choice === 0) {
      for (let at = 0; at < character.length; at++) {
        const hex = character.charCodeAt(at).toString(16).padStart(4, '0');
        text += `\\u${index % 2 === 0 ? hex : hex.toUpperCase()}`;
      }
    } else {
      text += character;
    }
  }
  return `${text}"`;
}

const anyText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 6 }),
);
const stringJson = fc
  .tuple(anyText, fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }))
  .map(([value, choices]) => stringText(value, choices));
const numberJson = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('0', '-0', '0.0', '1E5', '1e+5', '10e-2', '123456789012345678901234567890'),
);
/** No column has a name that starts like this. */
const unknownKey = stringJson.map((json) => `"?${json.slice(1)}`);
const { value: unknownJson } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('true', 'false', 'null'),
    numberJson,
    stringJson,
    fc
      .tuple(space, fc.array(tie('value'), { maxLength: 3 }), space)
      .map(([before, items, behind]) => `[${before}${items.join(`${behind},${before}`)}${behind}]`),
    fc
      .tuple(space, fc.array(fc.tuple(stringJson, tie('value')), { maxLength: 3 }), space)
      .map(([before, members, behind]) => {
        const texts = members.map(([key, value]) => `${key}${behind}:${before}${value}`);
        return `{${before}${texts.join(`${behind},${before}`)}${behind}}`;
      }),
  ),
}));
const valueFor: Readonly<Record<string, fc.Arbitrary<string>>> = {
  BIGINT: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.nat().map(String),
  ),
  DOUBLE: numberJson,
  INT: fc.integer().map(String),
  VARCHAR: stringJson,
};

/** Fields that fit the schema and unknown ones, in any order, and a missing one now and then. */
const row = fc
  .record({
    known: fc.subarray(schema.map((_, index) => index)),
    unknown: fc.array(fc.tuple(unknownKey, unknownJson), { maxLength: 3 }),
    values: fc.tuple(
      ...schema.map((field) => fc.oneof(valueFor[field.type.root]!, fc.constant('null'))),
    ),
    escapes: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 }),
    order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
    before: fc.oneof(noSpace, noSpace, space),
    behind: fc.oneof(noSpace, noSpace, space),
  })
  .map(({ known, unknown, values, escapes, order, before, behind }) => {
    const members = [
      ...known.map((index) => [stringText(schema[index]!.name, escapes), values[index]!] as const),
      ...unknown,
    ].map(([key, value], index) => ({
      text: `${before}${key}${behind}:${before}${value}${behind}`,
      place: order[index]!,
    }));
    members.sort((left, right) => left.place - right.place);
    return `${before}{${members.map((member) => member.text).join(',')}${behind}}${behind}`;
  });

/** What JSON.parse and a few lines say about the row. Integers are taken from the text. */
function reference(line: string): readonly Value[] {
  const parsed = JSON.parse(line) as Record<string, unknown>;
  return schema.map(({ name, type }) => {
    const value = Object.hasOwn(parsed, name) ? parsed[name] : null;
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return toUtf8Text(value);
    if (type.root === 'BIGINT') return lastInteger(line, name);
    return value as number;
  });
}

/** JSON.parse rounds large integers, so they are cut out of the line again. */
function lastInteger(line: string, name: string): bigint {
  const exact = line.replaceAll(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\]|\\.)*"/g, (token) =>
    /^-?\d{16,}$/.test(token) ? `"#${token}"` : token,
  );
  const value = (JSON.parse(exact) as Record<string, unknown>)[name];
  return typeof value === 'string' ? BigInt(value.slice(1)) : BigInt(value as number);
}

/** Lone surrogates as question marks. */
function toUtf8Text(text: string): string {
  return text.replaceAll(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '?',
  );
}

describe('against JSON.parse', () => {
  test('random rows have the values that JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (lines) => {
        const { records, lineCount } = decode(encoder.encode(`${lines.join('\n')}\n`));
        expect(records).toEqual(lines.map((line) => ({ values: reference(line) })));
        expect(lineCount).toBe(lines.length);
      }),
      { numRuns: runs(500) },
    );
  });

  test('where blocks are cut and how much room there is for text does not matter', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(60),
        fc.constantFrom('', '\n'),
        (lines, chunkBytes, scratchBytes, end) => {
          const content = encoder.encode(lines.join('\n') + end);
          const whole = decode(content);
          expect(decode(content, { chunkBytes })).toEqual(whole);
          expect(decode(content, { scratchBytes })).toEqual(whole);
          expect(decode(content, { isLineByLine: true })).toEqual(whole);
        },
      ),
      { numRuns: runs(200) },
    );
  });

  test('a damaged row is read exactly when JSON.parse reads it as an object', () => {
    const damage = fc.record({
      kind: fc.constantFrom('replace', 'insert', 'delete', 'truncate', 'swap'),
      at: fc.nat(),
      byte: fc.oneof(
        fc.nat(255),
        fc.constantFrom(...encoder.encode('{}[]",:\\0123456789.eE+-truefalsn \t\r')),
      ),
    });
    // All columns are text: what is JSON then fits.
    const texts: RowSchema = [
      { name: 'ts', type: string },
      { name: 'event', type: string },
    ];
    fc.assert(
      fc.property(row, fc.array(damage, { minLength: 1, maxLength: 3 }), (line, damages) => {
        let bytes: Uint8Array = encoder.encode(line);
        for (const one of damages) bytes = damaged(bytes, one);
        bytes = bytes.map((byte) => (byte === 0x0a ? 0x20 : byte));
        // A good row before it teaches the decoder what comes next.
        const good = encoder.encode(`${line}\n`);
        const content = new Uint8Array(good.length + bytes.length);
        content.set(good);
        content.set(bytes, good.length);
        const { records } = decodeJson(texts, content);
        const isRead = records.slice(1).every((record) => 'values' in record);
        expect(isRead).toBe(isObjectOrBlank(bytes));
      }),
      { numRuns: runs(3000) },
    );
  });
});

function damaged(
  bytes: Uint8Array,
  { kind, at, byte }: { readonly kind: string; readonly at: number; readonly byte: number },
): Uint8Array {
  const index = at % (bytes.length + 1);
  const copy = [...bytes];
  if (kind === 'replace') copy[Math.min(index, copy.length - 1)] = byte;
  else if (kind === 'insert') copy.splice(index, 0, byte);
  else if (kind === 'delete') copy.splice(index, 1);
  else if (kind === 'truncate') copy.length = index;
  else copy.splice(index, 2, ...copy.slice(index, index + 2).toReversed());
  return Uint8Array.from(copy);
}

function isObjectOrBlank(bytes: Uint8Array): boolean {
  try {
    const text = strict.decode(bytes);
    if (/^[ \t\r]*$/.test(text)) return true;
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
