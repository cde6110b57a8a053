/**
 * Fields that hold one scalar. The text comes as written: `0123` keeps its zero, `yes` is a text.
 * A boolean is `true` or `false` only, as in Flink's configuration.
 */
import { durationText } from '../../errors/duration-text.ts';
import type { DocumentNode } from '../../document/document-node.ts';
import { parseDurationMs } from './duration.ts';
import {
  isMismatch,
  type Field,
  type FieldReader,
  type FieldText,
  type Mismatch,
  type ScalarShape,
} from './field.ts';
import { parseSizeBytes } from './size.ts';

/** A field whose value depends on the text alone. */
export interface ScalarField<T> extends Field<T> {
  readonly shape: ScalarShape;
  readonly parse: (text: string) => T | Mismatch;
}

/** Longest text of a field that is no expression, in UTF-16 code units. */
const TEXT_LENGTH_MAX = 4_096;

export function textField(
  words: { readonly type?: string; readonly pattern?: RegExp; readonly expected?: string } = {},
): ScalarField<string> {
  const { type = 'text', pattern, expected = 'a text' } = words;
  return scalarField<string>({ kind: 'scalar', type, ...(pattern && { pattern }) }, (text) => {
    if (text.length > TEXT_LENGTH_MAX) {
      return {
        mismatch: `The text has ${text.length} characters; at most ${TEXT_LENGTH_MAX} are allowed.`,
      };
    }
    return pattern === undefined || pattern.test(text)
      ? text
      : { mismatch: `Expected ${expected}.` };
  });
}

/** A whole number that a double holds exactly. */
export function integerField(min: number, max = Number.MAX_SAFE_INTEGER): ScalarField<number> {
  return scalarField<number>({ kind: 'scalar', type: 'integer', min, max }, (text) => {
    const isWhole = /^[+-]?\d+$/.test(text);
    const value = Number(text);
    if (isWhole && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    return { mismatch: `Expected a whole number ${range(min, max)}.` };
  });
}

export function numberField(min: number, max: number): ScalarField<number> {
  return scalarField<number>({ kind: 'scalar', type: 'number', min, max }, (text) => {
    const value = Number(text);
    const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
    if (isNumber && value >= min && value <= max) return value;
    return { mismatch: `Expected a number ${range(min, max)}.` };
  });
}

export function booleanField(): ScalarField<boolean> {
  const shape: ScalarShape = { kind: 'scalar', type: 'boolean', values: ['true', 'false'] };
  return scalarField<boolean>(shape, (text) => {
    const lower = text.toLowerCase();
    if (lower === 'true') return true;
    if (lower === 'false') return false;
    return { mismatch: 'Expected true or false.' };
  });
}

/** Whole milliseconds. */
export function durationField(minMs = 0, maxMs = Number.MAX_SAFE_INTEGER): ScalarField<number> {
  return scalarField<number>({ kind: 'scalar', type: 'duration' }, (text) => {
    const value = parseDurationMs(text);
    if (isMismatch(value) || (value >= minMs && value <= maxMs)) return value;
    return {
      mismatch:
        value < minMs
          ? `Expected a duration of at least ${durationText(minMs)}.`
          : `The duration is too long.`,
    };
  });
}

/** Whole milliseconds; `-` in front is allowed. */
export function signedDurationField(): ScalarField<number> {
  return scalarField<number>({ kind: 'scalar', type: 'duration' }, (text) => {
    const isNegative = text.startsWith('-');
    const value = parseDurationMs(isNegative ? text.slice(1) : text);
    return isNegative && !isMismatch(value) ? -value : value;
  });
}

/** Bytes. */
export function sizeField(min: number, max: number): ScalarField<number> {
  return scalarField<number>({ kind: 'scalar', type: 'size' }, (text) => {
    const value = parseSizeBytes(text);
    if (isMismatch(value) || (value >= min && value <= max)) return value;
    return { mismatch: `Expected a size from ${min} to ${max} bytes.` };
  });
}

/** One of a closed set. `laterValues` belong to the format but cannot be run yet. */
export function choiceField<const V extends string>(
  values: readonly V[],
  laterValues: readonly string[] = [],
): ScalarField<V> {
  const shape: ScalarShape = { kind: 'scalar', type: 'choice', values };
  const parse = (text: string): V | Mismatch => {
    const found = values.find((value) => value === text);
    return found ?? { mismatch: `Expected ${values.join(' or ')}.` };
  };
  const read = (node: DocumentNode, reader: FieldReader): V | null => {
    const text = readText(node, reader);
    if (text === null) return null;
    if (laterValues.includes(text.text)) {
      reader.report(node, {
        code: 'DREY_PIPELINE_NOT_SUPPORTED',
        message: `"${text.text}" is not supported by this version of drey.`,
        hint: `Supported: ${values.join(', ')}.`,
      });
      return null;
    }
    return accept(parse(text.text), text, reader);
  };
  return { shape, parse, read };
}

/** One character, or its escape as in Java: `\t`, `\u0001`. As Flink's csv options. */
export function characterField(): ScalarField<string> {
  return scalarField<string>({ kind: 'scalar', type: 'character' }, (text) => {
    const unescaped = text
      .replace(/\\u([0-9a-fA-F]{4})/g, (_, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 16)),
      )
      .replace(/\\([tnrbf\\'"])/g, (_, kind: string) => ESCAPES[kind] ?? kind);
    return unescaped.length === 1 ? unescaped : { mismatch: 'Expected exactly one character.' };
  });
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f' };

/** A scalar that something else reads further, with its places: a path, a timestamp. */
export function sourceField(type: string): Field<FieldText> {
  return {
    shape: { kind: 'scalar', type },
    read: readText,
  };
}

/** Any scalar but an absent one; an empty quoted text is allowed. Reports what it refuses. */
export function readText(node: DocumentNode, reader: FieldReader): FieldText | null {
  if (node.kind !== 'scalar') {
    reader.report(node, {
      code: 'DREY_PIPELINE_VALUE',
      message: `Expected a single value, found a ${node.kind}.`,
    });
    return null;
  }
  if (node.unusedAnchorAt !== null) {
    reader.report(
      { start: node.unusedAnchorAt, end: node.end },
      {
        code: 'DREY_YAML_QUOTE',
        message: 'A value that starts with & is a YAML anchor.',
        hint: 'Put the whole value in quotes, or use a | block.',
      },
    );
    return null;
  }
  if (node.style === 'absent') {
    reader.report(node, { code: 'DREY_PIPELINE_VALUE', message: 'The value is missing.' });
    return null;
  }
  return reader.text(node);
}

function scalarField<T>(shape: ScalarShape, parse: (text: string) => T | Mismatch): ScalarField<T> {
  const read = (node: DocumentNode, reader: FieldReader): T | null => {
    const text = readText(node, reader);
    if (text === null) return null;
    if (text.text === '' && shape.type !== 'text') {
      reader.report(node, { code: 'DREY_PIPELINE_VALUE', message: 'The value is empty.' });
      return null;
    }
    return accept(parse(text.text), text, reader);
  };
  return { shape, parse, read };
}

function accept<T>(value: T | Mismatch, text: FieldText, reader: FieldReader): T | null {
  if (!isMismatch(value)) return value;
  reader.report(text.node, {
    code: 'DREY_PIPELINE_VALUE',
    message: `${value.mismatch.replace(/\.$/, '')}, found ${reader.shown(text)}.`,
    ...(value.hint !== undefined && { hint: value.hint }),
  });
  return null;
}

function range(min: number, max: number): string {
  return max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
}
