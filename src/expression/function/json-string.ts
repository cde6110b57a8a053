/** Values of SQL types as JSON, for JSON_STRING. */
import { decimalText } from '../decimal.ts';
import { doubleText, floatText } from '../number-text.ts';
import { timestampText } from '../temporal-text.ts';
import { toLocal } from '../time-zone.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import { JsonNumber, type Json } from './json-value.ts';
import { asBigint, asEntry, asList, asNumber, breach } from './operand.ts';
import { valueText } from './cast-text.ts';

/** Timestamps in ISO form; bytes in Base64; keys of a map as their text. */
export function jsonOf(value: Value, type: LogicalType, timeZone: string): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  switch (type.root) {
    case 'DECIMAL':
      return new JsonNumber(decimalText(asBigint(value), type.scale));
    case 'FLOAT':
      return numberOrText(asNumber(value), floatText(asNumber(value)));
    case 'DOUBLE':
      return numberOrText(asNumber(value), doubleText(asNumber(value)));
    case 'BINARY':
    case 'VARBINARY':
      return value instanceof Uint8Array
        ? Buffer.from(value).toString('base64')
        : breach('bytes', value);
    case 'TIMESTAMP':
      return isoText(asBigint(value), type.precision);
    case 'TIMESTAMP_LTZ':
      return `${isoText(toLocal(timeZone, asBigint(value)), type.precision)}Z`;
    case 'ARRAY':
      return asList(value).map((item) => jsonOf(item, type.element, timeZone));
    case 'ROW':
      return new Map(
        type.fields.map((field, index) => [
          field.name,
          jsonOf(asList(value)[index] ?? null, field.type, timeZone),
        ]),
      );
    case 'MAP':
      return new Map(
        asList(value).map((entry) => {
          const [key, item] = asEntry(entry);
          return [valueText(key, type.key, timeZone), jsonOf(item, type.value, timeZone)];
        }),
      );
    default:
      return new JsonNumber(String(value));
  }
}

/** NaN and the infinities are no JSON numbers. */
function numberOrText(value: number, text: string): Json {
  return Number.isFinite(value) ? new JsonNumber(text) : text;
}

function isoText(nanos: bigint, precision: number): string {
  return timestampText(nanos, precision)
    .replace(' ', 'T')
    .replace(/\.?0*$/, (zeros) => (zeros.startsWith('.') ? '' : zeros));
}
