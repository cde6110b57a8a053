/** Scalars that are canonical values (expression/value.ts) as text, without quotes. */
import type { LogicalType } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import { base64Length, writeBase64 } from './base64.ts';
import { asciiText, doubleText, floatText } from './number-text.ts';
import type { ScalarWriter } from './scalar-writer.ts';

const NANOS_PER_MILLI = 1_000_000n;

/** The text of a value that is neither NULL nor nested. */
export function canonicalText(scalars: ScalarWriter, type: LogicalType, value: Value): string {
  if (typeof value === 'number') return numberText(scalars, type, value);
  if (value instanceof Uint8Array) return base64Text(value);
  if (typeof value !== 'bigint') return String(value);
  switch (type.root) {
    case 'DECIMAL':
      return scalars.decimalText(value, type.scale);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      let millis = value / NANOS_PER_MILLI;
      if (value % NANOS_PER_MILLI < 0n) millis -= 1n;
      const nanos = Number(value - millis * NANOS_PER_MILLI);
      return scalars.timeText(type.root, { days: 0, millis: Number(millis), nanos });
    }
    default:
      return value.toString();
  }
}

function numberText(scalars: ScalarWriter, type: LogicalType, value: number): string {
  switch (type.root) {
    case 'DATE':
      return scalars.timeText('DATE', { days: value, millis: 0, nanos: 0 });
    case 'TIME':
      return scalars.timeText('TIME', { days: 0, millis: value, nanos: 0 });
    case 'FLOAT':
      return floatText(value);
    case 'DOUBLE':
      return doubleText(value);
    default:
      return value.toString();
  }
}

function base64Text(value: Uint8Array): string {
  const bytes = new Uint8Array(base64Length(value.length));
  writeBase64(value, { start: 0, end: value.length }, bytes, 0);
  return asciiText(bytes, 0, bytes.length);
}
