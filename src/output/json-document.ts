/**
 * Results as JSON text: one indented document, or one line per value. Whole numbers beyond 2^53
 * come out digit by digit; characters that steer a terminal come out as JSON escapes.
 */
import { visibleJson } from './visible-text.ts';

/** The version of all JSON that drey prints; a key that changes its meaning raises it. */
const SCHEMA_VERSION = 1;

/** The document of a result, its version first, with a newline at the end. */
export function jsonDocument(result: object): string {
  return `${jsonText({ schemaVersion: SCHEMA_VERSION, ...result }, 2)}\n`;
}

/** The same on one line. */
export function versionedLine(result: object): string {
  return `${jsonText({ schemaVersion: SCHEMA_VERSION, ...result }, 0)}\n`;
}

/** A row on one line: rows carry no version. */
export function jsonLine(row: object): string {
  return `${jsonText(row, 0)}\n`;
}

/** A number whose digits are shown as they are: a DECIMAL that no float holds. */
export class JsonNumber {
  private readonly text: string;

  /** `text`: a number as JSON has it. */
  constructor(text: string) {
    this.text = text;
  }

  /** For whoever knows no such numbers. */
  toJSON(): string {
    return this.text;
  }
}

/** Stands before the digits of a number while they are a string. */
const MARK = '\ue000number:';
const MARKED = /"\ue000number:(-?\d[\d.eE+-]*)"/g;

function jsonText(value: object, indentation: number): string {
  let hasMarks = false;
  const text = JSON.stringify(
    value,
    function markNumbers(this: Readonly<Record<string, unknown>>, key, member: unknown) {
      const isExact = typeof member === 'bigint' || this[key] instanceof JsonNumber;
      if (!isExact) return member;
      hasMarks = true;
      return `${MARK}${String(member)}`;
    },
    indentation,
  );
  return visibleJson(hasMarks ? text.replaceAll(MARKED, '$1') : text);
}
