/** Types of Flink's configuration values, and whether a text fits one. As Flink 2.3 reads them. */
import { parseDurationNanoseconds } from '../duration.ts';
import { isMismatch, type Mismatch } from '../field.ts';
import { parseSizeBytes } from '../size.ts';

/** A list of values stands for an enumeration, compared without regard to letter case. */
export type ConfigurationType =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'long'
  | 'decimal'
  | 'duration'
  | 'size'
  | 'list'
  | 'map'
  | readonly string[];

const INTEGER_MAX = 2_147_483_647n;
const LONG_MAX = 9_223_372_036_854_775_807n;

/** Null when the text fits. */
export function configurationMismatch(type: ConfigurationType, text: string): Mismatch | null {
  if (typeof type !== 'string') {
    const isKnown = type.some((value) => value.toLowerCase() === text.toLowerCase());
    return isKnown ? null : { mismatch: `Expected ${type.join(' or ')}` };
  }
  switch (type) {
    case 'text':
    case 'list':
      return null;
    case 'boolean':
      return /^(?:true|false)$/i.test(text) ? null : { mismatch: 'Expected true or false' };
    case 'integer':
      return wholeNumber(text, INTEGER_MAX);
    case 'long':
      return wholeNumber(text, LONG_MAX);
    case 'decimal':
      return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(text)
        ? null
        : { mismatch: 'Expected a number' };
    case 'duration':
      return mismatchOf(parseDurationNanoseconds(text));
    case 'size':
      return mismatchOf(parseSizeBytes(text));
    case 'map':
      return /^\s*(?:[^:,]+:[^,]*(?:,|$))*$/.test(text)
        ? null
        : { mismatch: 'Expected pairs such as key1:value1,key2:value2' };
  }
}

function wholeNumber(text: string, max: bigint): Mismatch | null {
  const isWhole = /^[+-]?\d{1,20}$/.test(text);
  if (isWhole) {
    const value = BigInt(text.replace(/^\+/, ''));
    if (value <= max && value >= -max - 1n) return null;
  }
  return { mismatch: `Expected a whole number up to ${max}` };
}

function mismatchOf(value: unknown): Mismatch | null {
  return isMismatch(value) ? { ...value, mismatch: value.mismatch.replace(/\.$/, '') } : null;
}
