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

/** Stands before the digits of a bigint while they are a string. */
const MARK = '\ue000bigint:';
const MARKED = /"\ue000bigint:(-?\d+)"/g;

function jsonText(value: object, indentation: number): string {
  let hasBigints = false;
  const text = JSON.stringify(
    value,
    (_key, member: unknown) => {
      if (typeof member !== 'bigint') return member;
      hasBigints = true;
      return `${MARK}${member}`;
    },
    indentation,
  );
  return visibleJson(hasBigints ? text.replaceAll(MARKED, '$1') : text);
}
