/** Scalars inside nested values: from their text to canonical values. */
import type { LogicalType } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import { readBase64 } from './base64.ts';
import type { TextValue } from './text-value.ts';

const NANOS_PER_MILLI = 1_000_000n;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Undefined when the text is no value of the type. */
export function scalarValue(text: TextValue, type: LogicalType): Value | undefined {
  switch (type.root) {
    case 'NULL':
      return null;
    case 'BOOLEAN':
      return text.isTrue();
    case 'CHAR':
    case 'VARCHAR':
      return textString(text);
    case 'BINARY':
    case 'VARBINARY':
      return binaryValue(text);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return text.toLong() ? text.long : undefined;
    case 'DECIMAL':
      return text.toDecimal(type) ? text.decimal : undefined;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      if (!text.toTimestamp(type.root === 'TIMESTAMP_LTZ', type.precision)) return undefined;
      return BigInt(text.millis) * NANOS_PER_MILLI + BigInt(text.nanos);
    default:
      return text.toNumber(type) ? text.number : undefined;
  }
}

/** The text itself. */
export function textString(text: TextValue): string {
  return decoder.decode(text.bytes.subarray(text.start, text.end));
}

function binaryValue(text: TextValue): Uint8Array | undefined {
  if (text.kind !== 'string') return undefined;
  const bytes = text.bytes.slice(text.start, text.end);
  const end = readBase64(bytes, { start: 0, end: bytes.length }, 0);
  return end < 0 ? undefined : bytes.subarray(0, end);
}
